//! Deleting a webhook. The key under which its address and secrets are sealed goes after that.

use chrono::{DateTime, Utc};

use super::{UnknownWebhook, Webhook, WebhookEvent, events::Deleted};
use crate::Command;

#[derive(Clone, Debug)]
pub struct DeleteWebhook {
    pub at: DateTime<Utc>,
}

impl Command for DeleteWebhook {
    type Aggregate = Webhook;
    type Refusal = UnknownWebhook;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, UnknownWebhook> {
        webhook.endpoint()?;
        Ok(vec![WebhookEvent::Deleted(Deleted { at: self.at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::create::tests::{at, created},
        *,
    };
    use crate::testing::given;

    pub(in crate::webhooks) fn deleted() -> WebhookEvent {
        WebhookEvent::Deleted(Deleted { at: at(3) })
    }

    #[test]
    fn a_webhook_is_deleted_once() {
        let delete = DeleteWebhook { at: at(3) };
        given([created()]).when(delete.clone()).then([deleted()]);
        given([created(), deleted()]).when(delete.clone()).then_refused(UnknownWebhook);
        given([]).when(delete).then_refused(UnknownWebhook);
    }
}
