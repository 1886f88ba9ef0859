//! What has happened to the sessions of everybody, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{DecodeError, DomainEvent, EventName};

/// An event in the stream of all sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionsEvent {
    AllEnded(AllEnded),
}

/// `sessions.all_ended`, version 1. Begins another era.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllEnded {
    pub at: DateTime<Utc>,
}

impl SessionsEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const ALL_ENDED: &'static str = "sessions.all_ended";
}

impl DomainEvent for SessionsEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::AllEnded(_) => Self::ALL_ENDED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::AllEnded(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        match (name, version) {
            (Self::ALL_ENDED, 1) => serde_json::from_str(payload.get()).map(Self::AllEnded),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;

    #[test]
    fn every_shipped_event_has_the_shape_of_its_golden_file() {
        golden::check("sessions", &[SessionsEvent::AllEnded(AllEnded { at: golden::at() })]);
    }
}
