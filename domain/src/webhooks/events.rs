//! What has happened to a webhook, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Definition, Disablement, Replay};
use crate::{DecodeError, DomainEvent, EventName, Sealed, users::UserId};

/// An event in the stream of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookEvent {
    Created(Created),
    Changed(Changed),
    SecretRotated(SecretRotated),
    Disabled(Disabled),
    Enabled(Enabled),
    Deleted(Deleted),
    TestRequested(TestRequested),
    ReplayRequested(ReplayRequested),
}

/// `webhook.created`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    #[serde(flatten)]
    pub definition: Definition,
    pub secret: Sealed,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

/// `webhook.changed`, version 1: the whole definition as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    #[serde(flatten)]
    pub definition: Definition,
    pub at: DateTime<Utc>,
}

/// `webhook.secret_rotated`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRotated {
    pub secret: Sealed,
    /// How long the secret before is good too.
    pub previous_until: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// `webhook.disabled`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    pub reason: Disablement,
    pub at: DateTime<Utc>,
}

/// `webhook.enabled`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enabled {
    pub at: DateTime<Utc>,
}

/// `webhook.deleted`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub at: DateTime<Utc>,
}

/// `webhook.test_requested`, version 1: it is itself what is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRequested {
    pub at: DateTime<Utc>,
}

/// `webhook.replay_requested`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayRequested {
    pub what: Replay,
    pub at: DateTime<Utc>,
}

impl WebhookEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const CREATED: &'static str = "webhook.created";
    pub const CHANGED: &'static str = "webhook.changed";
    pub const SECRET_ROTATED: &'static str = "webhook.secret_rotated";
    pub const DISABLED: &'static str = "webhook.disabled";
    pub const ENABLED: &'static str = "webhook.enabled";
    pub const DELETED: &'static str = "webhook.deleted";
    pub const TEST_REQUESTED: &'static str = "webhook.test_requested";
    pub const REPLAY_REQUESTED: &'static str = "webhook.replay_requested";
}

impl DomainEvent for WebhookEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Created(_) => Self::CREATED,
            Self::Changed(_) => Self::CHANGED,
            Self::SecretRotated(_) => Self::SECRET_ROTATED,
            Self::Disabled(_) => Self::DISABLED,
            Self::Enabled(_) => Self::ENABLED,
            Self::Deleted(_) => Self::DELETED,
            Self::TestRequested(_) => Self::TEST_REQUESTED,
            Self::ReplayRequested(_) => Self::REPLAY_REQUESTED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Created(event) => to_raw_value(event),
            Self::Changed(event) => to_raw_value(event),
            Self::SecretRotated(event) => to_raw_value(event),
            Self::Disabled(event) => to_raw_value(event),
            Self::Enabled(event) => to_raw_value(event),
            Self::Deleted(event) => to_raw_value(event),
            Self::TestRequested(event) => to_raw_value(event),
            Self::ReplayRequested(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::CREATED, 1) => serde_json::from_str(json).map(Self::Created),
            (Self::CHANGED, 1) => serde_json::from_str(json).map(Self::Changed),
            (Self::SECRET_ROTATED, 1) => serde_json::from_str(json).map(Self::SecretRotated),
            (Self::DISABLED, 1) => serde_json::from_str(json).map(Self::Disabled),
            (Self::ENABLED, 1) => serde_json::from_str(json).map(Self::Enabled),
            (Self::DELETED, 1) => serde_json::from_str(json).map(Self::Deleted),
            (Self::TEST_REQUESTED, 1) => serde_json::from_str(json).map(Self::TestRequested),
            (Self::REPLAY_REQUESTED, 1) => serde_json::from_str(json).map(Self::ReplayRequested),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        super::{EventSelection, WebhookDescription, WebhookFilter, definition::tests::of_posts},
        *,
    };
    use crate::golden;

    fn definition() -> Definition {
        Definition::new(
            Sealed::from_ciphertext("s1.url".to_owned()),
            EventSelection::parse(["record.created", "record.changed"]).unwrap(),
            Some(of_posts()),
            Some(WebhookFilter::parse("record.rank > 3").unwrap()),
            WebhookDescription::parse("Tells the shop").unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn every_shipped_event_has_the_shape_of_its_golden_file() {
        let at = golden::at();
        let secret = || Sealed::from_ciphertext("s1.secret".to_owned());
        let all = EventSelection::parse(["*"]).unwrap();
        let bare = Definition { events: all, collection: None, filter: None, ..definition() };
        golden::check(
            "webhook",
            &[
                WebhookEvent::Created(Created {
                    definition: definition(),
                    secret: secret(),
                    by: UserId::from_uuid(Uuid::from_u128(1)),
                    at,
                }),
                WebhookEvent::Changed(Changed { definition: bare, at }),
                WebhookEvent::SecretRotated(SecretRotated { secret: secret(), previous_until: at, at }),
                WebhookEvent::Disabled(Disabled { reason: Disablement::FilterNotApplicable, at }),
                WebhookEvent::Enabled(Enabled { at }),
                WebhookEvent::Deleted(Deleted { at }),
                WebhookEvent::TestRequested(TestRequested { at }),
                WebhookEvent::ReplayRequested(ReplayRequested { what: Replay::Delivery(Uuid::from_u128(9)), at }),
            ],
        );
    }
}
