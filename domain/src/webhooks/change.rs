//! Changing what a webhook sends, and where to.

use chrono::{DateTime, Utc};

use super::{Definition, UnknownWebhook, Webhook, WebhookEvent, events::Changed};
use crate::Command;

/// The whole definition. An address that stays is sealed as it was, so that it is seen to be the same.
#[derive(Clone, Debug)]
pub struct ChangeWebhook {
    pub definition: Definition,
    pub at: DateTime<Utc>,
}

impl Command for ChangeWebhook {
    type Aggregate = Webhook;
    type Refusal = UnknownWebhook;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, UnknownWebhook> {
        if webhook.endpoint()?.definition == self.definition {
            return Ok(vec![]);
        }
        Ok(vec![WebhookEvent::Changed(Changed { definition: self.definition, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            create::tests::{at, created},
            definition::tests::definition,
            delete::tests::deleted,
        },
        *,
    };
    use crate::testing::given;

    fn change(events: &str) -> ChangeWebhook {
        ChangeWebhook { definition: definition(events), at: at(1) }
    }

    fn changed(events: &str) -> WebhookEvent {
        WebhookEvent::Changed(Changed { definition: definition(events), at: at(1) })
    }

    #[test]
    fn a_change_says_the_whole_definition() {
        given([created()]).when(change("user.*")).then([changed("user.*")]);
        given([created(), changed("user.*")]).when(change("record.*")).then([changed("record.*")]);
    }

    #[test]
    fn nothing_happens_when_nothing_changes() {
        given([created()]).when(change("record.*")).then([]);
        given([created(), changed("user.*")]).when(change("user.*")).then([]);
    }

    #[test]
    fn only_a_webhook_that_is_there_is_changed() {
        given([]).when(change("user.*")).then_refused(UnknownWebhook);
        given([created(), deleted()]).when(change("user.*")).then_refused(UnknownWebhook);
    }
}
