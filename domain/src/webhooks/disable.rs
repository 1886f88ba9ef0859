//! Sending nothing to a webhook any more, for one reason or another.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{UnknownWebhook, Webhook, WebhookEvent, events::Disabled};
use crate::Command;

/// One that is disabled already stays so for the reason it had.
#[derive(Clone, Debug)]
pub struct DisableWebhook {
    pub reason: Disablement,
    pub at: DateTime<Utc>,
}

/// Why nothing is sent to a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disablement {
    /// Somebody wants it.
    ByRequest,
    /// The receiver said that it is gone for good.
    Gone,
    /// It has only failed for days.
    Failing,
    /// Its collection was changed so that its filter means nothing any more.
    FilterNotApplicable,
}

impl Disablement {
    /// As it is stored and as clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByRequest => "by_request",
            Self::Gone => "gone",
            Self::Failing => "failing",
            Self::FilterNotApplicable => "filter_not_applicable",
        }
    }
}

impl Command for DisableWebhook {
    type Aggregate = Webhook;
    type Refusal = UnknownWebhook;

    fn decide(self, webhook: &Webhook) -> Result<Vec<WebhookEvent>, UnknownWebhook> {
        if webhook.endpoint()?.disabled.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![WebhookEvent::Disabled(Disabled { reason: self.reason, at: self.at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{
            create::tests::{at, created},
            delete::tests::deleted,
        },
        *,
    };
    use crate::testing::given;

    fn disable(reason: Disablement) -> DisableWebhook {
        DisableWebhook { reason, at: at(1) }
    }

    pub(in crate::webhooks) fn disabled(reason: Disablement) -> WebhookEvent {
        WebhookEvent::Disabled(Disabled { reason, at: at(1) })
    }

    #[test]
    fn a_webhook_is_disabled_for_the_first_reason_there_is() {
        let reasons =
            [Disablement::ByRequest, Disablement::Gone, Disablement::Failing, Disablement::FilterNotApplicable];
        for reason in reasons {
            given([created()]).when(disable(reason)).then([disabled(reason)]);
            given([created(), disabled(Disablement::Gone)]).when(disable(reason)).then([]);
        }
    }

    #[test]
    fn only_a_webhook_that_is_there_is_disabled() {
        given([]).when(disable(Disablement::Gone)).then_refused(UnknownWebhook);
        given([created(), deleted()]).when(disable(Disablement::Gone)).then_refused(UnknownWebhook);
    }

    #[test]
    fn reasons_are_stored_as_they_are_shown() {
        for reason in [Disablement::ByRequest, Disablement::FilterNotApplicable] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
