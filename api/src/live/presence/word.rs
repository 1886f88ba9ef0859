//! What api processes tell each other of who is there.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Somebody in a room: one for each subscription to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) key: Uuid,
    pub(crate) room: String,
    pub(crate) user_id: Uuid,
    pub(crate) joined_at: DateTime<Utc>,
    /// Grows with every change of the state.
    pub(crate) version: i64,
    /// What the client says of itself.
    pub(crate) state: Value,
}

/// A message of one process.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) node: Uuid,
    /// How many members the process has told to have come, changed or gone, this message included.
    pub(super) number: u64,
    #[serde(flatten)]
    pub(super) word: Word,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub(super) enum Word {
    /// Asks one process, or every one, who is there.
    Who {
        whom: Option<Uuid>,
    },
    /// A part of all who are there.
    All {
        first: bool,
        last: bool,
        members: Vec<Member>,
    },
    /// Somebody has come or changed.
    Here {
        member: Member,
    },
    Gone {
        key: Uuid,
    },
    /// The process is there, and nothing else has happened.
    Alive {},
    /// The process ends.
    Bye {},
}

impl Message {
    pub(super) fn encode(&self) -> Bytes {
        // Holds nothing that could fail to be serialised.
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// `None` for what is no such message.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let id = Uuid::from_u128;
        let (room, joined_at, state) = ("lobby".to_owned(), DateTime::UNIX_EPOCH, json!({"typing": true}));
        let member = Member { key: id(2), room, user_id: id(3), joined_at, version: 1, state };
        for word in [
            Word::Who { whom: None },
            Word::Who { whom: Some(id(4)) },
            Word::All { first: true, last: false, members: vec![member.clone()] },
            Word::Here { member },
            Word::Gone { key: id(2) },
            Word::Alive {},
            Word::Bye {},
        ] {
            let message = Message { node: id(1), number: 7, word };
            assert_eq!(Message::decode(&message.encode()), Some(message));
        }
        assert_eq!(Message::decode(b"{}"), None);
    }
}
