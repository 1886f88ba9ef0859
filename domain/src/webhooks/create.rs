//! Making a webhook.

use chrono::{DateTime, Utc};

use super::{Definition, Webhook, WebhookEvent, events::Created};
use crate::{Command, Sealed, users::UserId};

/// That there are not too many, a claim of the scope [`super::SLOT`] says, in the same append.
#[derive(Clone, Debug)]
pub struct CreateWebhook {
    pub definition: Definition,
    pub secret: Sealed,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateWebhookRefused {
    #[error("there is this webhook already")]
    AlreadyCreated,
}

impl Command for CreateWebhook {
    type Aggregate = Webhook;
    type Refusal = CreateWebhookRefused;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, CreateWebhookRefused> {
        match webhook {
            Webhook::Unknown => {}
            Webhook::Present(_) | Webhook::Deleted => return Err(CreateWebhookRefused::AlreadyCreated),
        }
        let Self { definition, secret, by, at } = self;
        Ok(vec![WebhookEvent::Created(Created { definition, secret, by, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::{
        super::{definition::tests::definition, delete::tests::deleted},
        *,
    };
    use crate::testing::given;

    pub(in crate::webhooks) fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + hours * 3600, 0).unwrap()
    }

    pub(in crate::webhooks) fn sealed(text: &str) -> Sealed {
        Sealed::from_ciphertext(text.to_owned())
    }

    fn create() -> CreateWebhook {
        let by = UserId::from_uuid(Uuid::from_u128(1));
        CreateWebhook { definition: definition("record.*"), secret: sealed("first"), by, at: at(0) }
    }

    pub(in crate::webhooks) fn created() -> WebhookEvent {
        create().decide(&Webhook::Unknown).unwrap().remove(0)
    }

    #[test]
    fn a_webhook_is_created_once() {
        given([]).when(create()).then([created()]);
        given([created()]).when(create()).then_refused(CreateWebhookRefused::AlreadyCreated);
        given([created(), deleted()]).when(create()).then_refused(CreateWebhookRefused::AlreadyCreated);
    }
}
