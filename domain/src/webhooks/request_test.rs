//! Asking for an event that is sent to one webhook alone, whatever it selects, also while it is disabled.

use chrono::{DateTime, Utc};

use super::{UnknownWebhook, Webhook, WebhookEvent, events::TestRequested};
use crate::Command;

#[derive(Clone, Debug)]
pub struct RequestWebhookTest {
    pub at: DateTime<Utc>,
}

impl Command for RequestWebhookTest {
    type Aggregate = Webhook;
    type Refusal = UnknownWebhook;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, UnknownWebhook> {
        webhook.endpoint()?;
        Ok(vec![WebhookEvent::TestRequested(TestRequested { at: self.at })])
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
    fn a_test_can_be_asked_for_while_the_webhook_is_there() {
        let request = RequestWebhookTest { at: at(2) };
        let requested = WebhookEvent::TestRequested(TestRequested { at: at(2) });
        given([created()]).when(request.clone()).then([requested.clone()]);
        given([created(), disabled(Disablement::Failing)]).when(request.clone()).then([requested]);
        given([created(), deleted()]).when(request.clone()).then_refused(UnknownWebhook);
        given([]).when(request).then_refused(UnknownWebhook);
    }
}
