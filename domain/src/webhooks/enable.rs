//! Sending to a webhook again. What happened meanwhile is not sent by itself.

use chrono::{DateTime, Utc};

use super::{UnknownWebhook, Webhook, WebhookEvent, events::Enabled};
use crate::Command;

#[derive(Clone, Debug)]
pub struct EnableWebhook {
    pub at: DateTime<Utc>,
}

impl Command for EnableWebhook {
    type Aggregate = Webhook;
    type Refusal = UnknownWebhook;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, UnknownWebhook> {
        if webhook.endpoint()?.disabled.is_none() {
            return Ok(vec![]);
        }
        Ok(vec![WebhookEvent::Enabled(Enabled { at: self.at })])
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

    fn enabled() -> WebhookEvent {
        WebhookEvent::Enabled(Enabled { at: at(2) })
    }

    #[test]
    fn a_disabled_webhook_is_enabled() {
        let enable = EnableWebhook { at: at(2) };
        let gone = disabled(Disablement::Gone);
        given([created(), gone.clone()]).when(enable.clone()).then([enabled()]);
        given([created(), gone, enabled()]).when(enable.clone()).then([]);
        given([created()]).when(enable).then([]);
    }

    #[test]
    fn only_a_webhook_that_is_there_is_enabled() {
        given([]).when(EnableWebhook { at: at(2) }).then_refused(UnknownWebhook);
        given([created(), deleted()]).when(EnableWebhook { at: at(2) }).then_refused(UnknownWebhook);
    }
}
