//! What has happened to roles, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Permission, RoleDescription, RoleName};
use crate::{DecodeError, DomainEvent, EventName};

/// An event in the stream of roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RolesEvent {
    Defined(Defined),
    Changed(Changed),
    Deleted(Deleted),
}

/// `roles.defined`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defined {
    pub role: RoleName,
    pub description: RoleDescription,
    pub permissions: Vec<Permission>,
    pub at: DateTime<Utc>,
}

/// `roles.changed`, version 1: the whole definition as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub role: RoleName,
    pub description: RoleDescription,
    pub permissions: Vec<Permission>,
    pub at: DateTime<Utc>,
}

/// `roles.deleted`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub role: RoleName,
    pub at: DateTime<Utc>,
}

impl RolesEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const DEFINED: &'static str = "roles.defined";
    pub const CHANGED: &'static str = "roles.changed";
    pub const DELETED: &'static str = "roles.deleted";
}

impl DomainEvent for RolesEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Defined(_) => Self::DEFINED,
            Self::Changed(_) => Self::CHANGED,
            Self::Deleted(_) => Self::DELETED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Defined(event) => to_raw_value(event),
            Self::Changed(event) => to_raw_value(event),
            Self::Deleted(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::DEFINED, 1) => serde_json::from_str(json).map(Self::Defined),
            (Self::CHANGED, 1) => serde_json::from_str(json).map(Self::Changed),
            (Self::DELETED, 1) => serde_json::from_str(json).map(Self::Deleted),
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
        let at = golden::at();
        let role = || RoleName::parse("support").unwrap();
        let description = || RoleDescription::parse("Answers mails").unwrap();
        let permissions = |texts: &[&str]| texts.iter().map(|text| Permission::parse(text).unwrap()).collect();
        golden::check(
            "roles",
            &[
                RolesEvent::Defined(Defined {
                    role: role(),
                    description: description(),
                    permissions: permissions(&["audit:read:own", "users:read:all"]),
                    at,
                }),
                RolesEvent::Changed(Changed {
                    role: role(),
                    description: description(),
                    permissions: permissions(&[]),
                    at,
                }),
                RolesEvent::Deleted(Deleted { role: role(), at }),
            ],
        );
    }
}
