//! What has happened to a user, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Locale, Role};
use crate::{DecodeError, DomainEvent, EventName, Sealed};

/// An event in a user's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvent {
    Registered(Registered),
    RegistrationRepeated(RegistrationRepeated),
    ProfileChanged(ProfileChanged),
    RoleGranted(RoleGranted),
}

/// `user.registered`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub email: Sealed,
    pub password_hash: Sealed,
    pub display_name: Option<Sealed>,
    pub locale: Locale,
    pub at: DateTime<Utc>,
}

/// `user.registration_repeated`, version 1: somebody tried to register with this user's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRepeated {
    pub at: DateTime<Utc>,
}

/// `user.profile_changed`, version 1: the whole profile as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChanged {
    pub display_name: Option<Sealed>,
    pub locale: Locale,
    pub at: DateTime<Utc>,
}

/// `user.role_granted`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGranted {
    pub role: Role,
    pub at: DateTime<Utc>,
}

impl UserEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const REGISTERED: &'static str = "user.registered";
    pub const REGISTRATION_REPEATED: &'static str = "user.registration_repeated";
    pub const PROFILE_CHANGED: &'static str = "user.profile_changed";
    pub const ROLE_GRANTED: &'static str = "user.role_granted";
}

impl DomainEvent for UserEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Registered(_) => Self::REGISTERED,
            Self::RegistrationRepeated(_) => Self::REGISTRATION_REPEATED,
            Self::ProfileChanged(_) => Self::PROFILE_CHANGED,
            Self::RoleGranted(_) => Self::ROLE_GRANTED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Registered(event) => to_raw_value(event),
            Self::RegistrationRepeated(event) => to_raw_value(event),
            Self::ProfileChanged(event) => to_raw_value(event),
            Self::RoleGranted(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::REGISTERED, 1) => serde_json::from_str(json).map(Self::Registered),
            (Self::REGISTRATION_REPEATED, 1) => serde_json::from_str(json).map(Self::RegistrationRepeated),
            (Self::PROFILE_CHANGED, 1) => serde_json::from_str(json).map(Self::ProfileChanged),
            (Self::ROLE_GRANTED, 1) => serde_json::from_str(json).map(Self::RoleGranted),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::Value;

    use super::*;

    /// Every event as it is shipped today. A new version keeps the old golden file and adds one.
    fn shipped() -> Vec<UserEvent> {
        let at = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        let sealed = |text: &str| Sealed::from_ciphertext(text.to_owned());
        vec![
            UserEvent::Registered(Registered {
                email: sealed("c1.email"),
                password_hash: sealed("c1.hash"),
                display_name: Some(sealed("c1.name")),
                locale: Locale::De,
                at,
            }),
            UserEvent::RegistrationRepeated(RegistrationRepeated { at }),
            UserEvent::ProfileChanged(ProfileChanged { display_name: None, locale: Locale::En, at }),
            UserEvent::RoleGranted(RoleGranted { role: Role::Admin, at }),
        ]
    }

    fn golden(name: EventName) -> Value {
        let file = format!("golden/{}.v{}.json", name.name, name.version);
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).expect(&file);
        serde_json::from_str(&text).expect(&file)
    }

    #[test]
    fn every_shipped_event_is_written_as_its_golden_file_says() {
        for event in shipped() {
            let written: Value = serde_json::from_str(event.encode().unwrap().get()).unwrap();
            assert_eq!(written, golden(event.name()), "{:?}", event.name());
        }
    }

    #[test]
    fn every_golden_file_is_read_as_the_event_it_was() {
        for event in shipped() {
            let EventName { name, version } = event.name();
            let payload = to_raw_value(&golden(event.name())).unwrap();
            assert_eq!(UserEvent::decode(name, version, &payload).unwrap(), event);
        }
    }

    #[test]
    fn every_golden_file_belongs_to_a_shipped_event() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
        assert_eq!(fs::read_dir(folder).unwrap().count(), shipped().len());
    }

    #[test]
    fn an_unknown_event_or_version_is_an_error_and_not_skipped() {
        let payload = RawValue::from_string("{}".to_owned()).unwrap();
        for (name, version) in [("user.vanished", 1), (UserEvent::REGISTERED, 99)] {
            assert!(matches!(UserEvent::decode(name, version, &payload), Err(DecodeError::Unknown { .. })));
        }
        assert!(matches!(UserEvent::decode(UserEvent::REGISTERED, 1, &payload), Err(DecodeError::Malformed { .. })));
    }
}
