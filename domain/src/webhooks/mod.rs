//! Webhooks: addresses of other systems to which events are sent.

pub mod change;
pub mod create;
pub mod definition;
pub mod delete;
pub mod description;
pub mod disable;
pub mod enable;
pub mod events;
pub mod filter;
pub mod request_replay;
pub mod request_test;
pub mod rotate_secret;
pub mod secret;
pub mod selection;
pub mod url;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use change::ChangeWebhook;
pub use create::CreateWebhook;
pub use definition::{Definition, OfCollection};
pub use delete::DeleteWebhook;
pub use description::WebhookDescription;
pub use disable::{DisableWebhook, Disablement};
pub use enable::EnableWebhook;
pub use events::WebhookEvent;
pub use filter::WebhookFilter;
pub use request_replay::{Replay, RequestWebhookReplay};
pub use request_test::RequestWebhookTest;
pub use rotate_secret::RotateWebhookSecret;
pub use secret::WebhookSecret;
pub use selection::EventSelection;
pub use url::WebhookUrl;

use crate::{Aggregate, Sealed, users::UserId};

/// Scope of the claims that webhooks hold, by which they are counted.
pub const SLOT: &str = "webhook.slot";
/// Webhooks that there are at most at once.
pub const MOST: usize = 100;
/// What [`Definition::url`] is sealed for, under the webhook's own key.
pub const URL_PURPOSE: &str = "webhook.url";
/// What [`Endpoint::secret`] and the one before it are sealed for, under the webhook's own key.
pub const SECRET_PURPOSE: &str = "webhook.secret";
/// How long a secret is good for beside the one that has taken its place.
pub const PREVIOUS_SECRET_LASTS: TimeDelta = TimeDelta::hours(24);

/// Identifies a webhook, and the key under which its secrets are sealed. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookId(Uuid);

impl WebhookId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for WebhookId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Webhook {
    #[default]
    Unknown,
    Present(Box<Endpoint>),
    Deleted,
}

/// What is known of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub definition: Definition,
    /// What deliveries are signed with.
    pub secret: Sealed,
    /// What they are signed with too.
    pub previous: Option<PreviousSecret>,
    /// Why nothing is sent, where nothing is.
    pub disabled: Option<Disablement>,
    pub by: UserId,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A secret that another one has taken the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    pub secret: Sealed,
    pub until: DateTime<Utc>,
}

/// The webhook is not there, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such webhook")]
pub struct UnknownWebhook;

impl Webhook {
    /// The webhook, if it is there.
    pub fn endpoint(&self) -> Result<&Endpoint, UnknownWebhook> {
        match self {
            Self::Present(endpoint) => Ok(endpoint),
            Self::Unknown | Self::Deleted => Err(UnknownWebhook),
        }
    }
}

impl Endpoint {
    /// Sealed secrets with each of which a delivery is signed at this time, the newest first.
    pub fn secrets_at(&self, time: DateTime<Utc>) -> impl Iterator<Item = &Sealed> {
        let previous = self.previous.as_ref().filter(move |previous| time < previous.until);
        std::iter::once(&self.secret).chain(previous.map(|previous| &previous.secret))
    }
}

impl Aggregate for Webhook {
    type Event = WebhookEvent;
    const CATEGORY: &'static str = "webhook";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &WebhookEvent) -> Self {
        match (event, self) {
            (_, Self::Deleted) | (WebhookEvent::Deleted(_), _) => Self::Deleted,
            (WebhookEvent::Created(created), _) => Self::Present(Box::new(Endpoint {
                definition: created.definition.clone(),
                secret: created.secret.clone(),
                previous: None,
                disabled: None,
                by: created.by,
                created_at: created.at,
                updated_at: created.at,
            })),
            (WebhookEvent::Changed(changed), Self::Present(before)) => {
                let definition = changed.definition.clone();
                Self::Present(Box::new(Endpoint { definition, updated_at: changed.at, ..*before }))
            }
            (WebhookEvent::SecretRotated(rotated), Self::Present(before)) => {
                let previous = Some(PreviousSecret { secret: before.secret, until: rotated.previous_until });
                let secret = rotated.secret.clone();
                Self::Present(Box::new(Endpoint { secret, previous, updated_at: rotated.at, ..*before }))
            }
            (WebhookEvent::Disabled(disabled), Self::Present(before)) => Self::Present(Box::new(Endpoint {
                disabled: Some(disabled.reason),
                updated_at: disabled.at,
                ..*before
            })),
            (WebhookEvent::Enabled(enabled), Self::Present(before)) => {
                Self::Present(Box::new(Endpoint { disabled: None, updated_at: enabled.at, ..*before }))
            }
            (WebhookEvent::TestRequested(_) | WebhookEvent::ReplayRequested(_), same @ Self::Present(_)) => same,
            (
                WebhookEvent::Changed(_)
                | WebhookEvent::SecretRotated(_)
                | WebhookEvent::Disabled(_)
                | WebhookEvent::Enabled(_)
                | WebhookEvent::TestRequested(_)
                | WebhookEvent::ReplayRequested(_),
                Self::Unknown,
            ) => Self::Unknown,
        }
    }
}
