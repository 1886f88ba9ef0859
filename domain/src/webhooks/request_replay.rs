//! Asking for what was sent once to be sent again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{UnknownWebhook, Webhook, WebhookEvent, events::ReplayRequested};
use crate::Command;

#[derive(Clone, Debug)]
pub struct RequestWebhookReplay {
    pub what: Replay,
    pub at: DateTime<Utc>,
}

/// What is to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// The delivery of this id.
    Delivery(Uuid),
    /// All deliveries that were made at this time or later.
    Since(DateTime<Utc>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestWebhookReplayRefused {
    #[error("there is no such webhook")]
    UnknownWebhook,
    /// Nothing would be sent.
    #[error("the webhook is disabled")]
    Disabled,
}

impl From<UnknownWebhook> for RequestWebhookReplayRefused {
    fn from(UnknownWebhook: UnknownWebhook) -> Self {
        Self::UnknownWebhook
    }
}

impl Command for RequestWebhookReplay {
    type Aggregate = Webhook;
    type Refusal = RequestWebhookReplayRefused;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, RequestWebhookReplayRefused> {
        if webhook.endpoint()?.disabled.is_some() {
            return Err(RequestWebhookReplayRefused::Disabled);
        }
        Ok(vec![WebhookEvent::ReplayRequested(ReplayRequested { what: self.what, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Disablement,
            create::tests::{at, created},
            delete::tests::deleted,
            disable::tests::disabled,
        },
        *,
    };
    use crate::testing::given;

    #[test]
    fn what_was_sent_can_be_asked_for_again() {
        for what in [Replay::Delivery(Uuid::from_u128(9)), Replay::Since(at(0))] {
            let request = RequestWebhookReplay { what, at: at(2) };
            let requested = WebhookEvent::ReplayRequested(ReplayRequested { what, at: at(2) });
            given([created()]).when(request.clone()).then([requested]);
            let disabled = [created(), disabled(Disablement::Failing)];
            given(disabled).when(request.clone()).then_refused(RequestWebhookReplayRefused::Disabled);
            for events in [vec![], vec![created(), deleted()]] {
                given(events).when(request.clone()).then_refused(RequestWebhookReplayRefused::UnknownWebhook);
            }
        }
    }
}
