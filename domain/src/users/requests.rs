//! What was begun and waits for a token that was mailed to the user. Tokens are not stored: whoever has the key makes
//! them from the id of the request.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::NotActive;
use crate::Sealed;

/// More changes of the address than can be undone are not made.
pub(super) const MAX_UNDOS: usize = 5;

/// Something that was asked for, to be confirmed once and in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// UUIDv7, made at the edge.
    pub id: Uuid,
    pub expires_at: DateTime<Utc>,
}

/// The pending requests of an account: one of each kind, a later one in the place of an earlier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    pub verification: Option<Request>,
    pub password_reset: Option<Request>,
    pub email_change: Option<EmailChange>,
    /// From the oldest to the newest. Not one only: whoever has taken an account over must not get rid of its owner's
    /// way back by changing the address once more.
    pub email_undos: Vec<EmailUndo>,
}

/// The wish for another address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    pub request: Request,
    /// The new address.
    pub email: Sealed,
}

/// The way back to an earlier address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailUndo {
    pub request: Request,
    /// The earlier address.
    pub email: Sealed,
}

/// Why a request cannot be fulfilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// Never made, fulfilled, replaced by another one, or void since the account's generation was raised.
    #[error("no such request is pending")]
    NoSuchRequest,
    #[error("the request has expired")]
    Expired,
}

impl Request {
    pub fn is_over(&self, at: DateTime<Utc>) -> bool {
        self.expires_at <= at
    }

    /// Whether this pending request is the one with the id, in time.
    pub(super) fn confirm(pending: Option<&Self>, id: Uuid, at: DateTime<Utc>) -> Result<(), RequestRefused> {
        match pending {
            Some(request) if request.id != id => Err(RequestRefused::NoSuchRequest),
            Some(request) if request.is_over(at) => Err(RequestRefused::Expired),
            Some(_) => Ok(()),
            None => Err(RequestRefused::NoSuchRequest),
        }
    }
}

impl Requests {
    /// The way back that was offered by this request.
    pub fn email_undo(&self, request_id: Uuid) -> Option<&EmailUndo> {
        self.email_undos.iter().find(|undo| undo.request.id == request_id)
    }

    /// Everything that was begun in an earlier generation is void. What an e-mail change took from the owner can be
    /// undone all the same: the generation may have been raised by whoever took it.
    pub(super) fn clear(&mut self) {
        (self.verification, self.password_reset, self.email_change) = (None, None, None);
    }

    pub(super) fn count_undos(&self, at: DateTime<Utc>) -> usize {
        self.email_undos.iter().filter(|undo| !undo.request.is_over(at)).count()
    }
}
