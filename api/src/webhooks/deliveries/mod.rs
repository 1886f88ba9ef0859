//! What came of sending events to webhooks.

pub mod list;
pub mod replay;
pub mod replay_since;
pub mod show;
mod store;
mod view;

use domain::webhooks::request_replay::RequestWebhookReplayRefused;
use uuid::Uuid;

pub use view::{DeliveryDetails, DeliveryView};

use crate::error::{ApiError, ApiResult};

/// What the beginning of an answer is sealed for, under the webhook's own key.
const RESPONSE: &str = "webhook.response";

/// Nothing but a UUID names a delivery.
fn parse_id(text: &str) -> ApiResult<Uuid> {
    Uuid::try_parse(text).map_err(|_| ApiError::NotFound)
}

impl From<RequestWebhookReplayRefused> for ApiError {
    fn from(refused: RequestWebhookReplayRefused) -> Self {
        match refused {
            RequestWebhookReplayRefused::UnknownWebhook => Self::NotFound,
            RequestWebhookReplayRefused::Disabled => Self::WebhookDisabled,
        }
    }
}
