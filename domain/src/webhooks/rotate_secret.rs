//! Giving a webhook another secret.

use chrono::{DateTime, Utc};

use super::{PREVIOUS_SECRET_LASTS, UnknownWebhook, Webhook, WebhookEvent, events::SecretRotated};
use crate::{Command, Sealed};

/// The one before is good for some time more, so that the receiver can be told of the new one; one before that is not.
#[derive(Clone, Debug)]
pub struct RotateWebhookSecret {
    pub secret: Sealed,
    pub at: DateTime<Utc>,
}

impl Command for RotateWebhookSecret {
    type Aggregate = Webhook;
    type Refusal = UnknownWebhook;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, UnknownWebhook> {
        webhook.endpoint()?;
        let previous_until = self.at + PREVIOUS_SECRET_LASTS;
        Ok(vec![WebhookEvent::SecretRotated(SecretRotated { secret: self.secret, previous_until, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            create::tests::{at, created, sealed},
            delete::tests::deleted,
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    fn rotate(secret: &str, hours: i64) -> RotateWebhookSecret {
        RotateWebhookSecret { secret: sealed(secret), at: at(hours) }
    }

    fn rotated(secret: &str, hours: i64) -> WebhookEvent {
        let (secret, previous_until) = (sealed(secret), at(hours + 24));
        WebhookEvent::SecretRotated(SecretRotated { secret, previous_until, at: at(hours) })
    }

    fn secrets(events: &[WebhookEvent], hours: i64) -> Vec<String> {
        let webhook = events.iter().fold(Webhook::Unknown, Aggregate::apply);
        let secrets = webhook.endpoint().unwrap().secrets_at(at(hours));
        secrets.map(|secret| secret.as_str().to_owned()).collect()
    }

    #[test]
    fn the_secret_before_is_good_for_a_day() {
        given([created()]).when(rotate("second", 1)).then([rotated("second", 1)]);
        assert_eq!(secrets(&[created()], 0), ["first"]);
        let once = [created(), rotated("second", 1)];
        assert_eq!(secrets(&once, 24), ["second", "first"]);
        assert_eq!(secrets(&once, 25), ["second"]);
    }

    #[test]
    fn two_secrets_are_good_at_most() {
        assert_eq!(secrets(&[created(), rotated("second", 1), rotated("third", 2)], 3), ["third", "second"]);
    }

    #[test]
    fn only_a_webhook_that_is_there_gets_another_secret() {
        given([]).when(rotate("second", 1)).then_refused(UnknownWebhook);
        given([created(), deleted()]).when(rotate("second", 1)).then_refused(UnknownWebhook);
    }
}
