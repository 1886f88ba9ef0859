//! Tells whoever has made a webhook that it was disabled, and why.

use std::time::Duration;

use domain::{
    Aggregate,
    webhooks::{Disablement, Webhook},
};
use event_store::StreamId;
use jobs::{Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::{Instrument, info_span};
use uuid::Uuid;

use crate::users::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing};

/// The kind of the mail; its texts are in `templates/`.
const KIND: &str = "webhook_disabled";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendWebhookDisabledEmail {
    pub webhook_id: Uuid,
    /// The id of the event that has disabled it.
    pub cause: Uuid,
    pub reason: Disablement,
}

impl Job for SendWebhookDisabledEmail {
    const KIND: &'static str = "email.webhook_disabled";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("webhooks.send_disabled_email", webhook_id = %self.webhook_id, cause = %self.cause);
        self.send(&ctx.state).instrument(span).await
    }
}

impl SendWebhookDisabledEmail {
    async fn send(self, mailing: &Mailing) -> JobResult {
        let stream = StreamId::new(Webhook::CATEGORY, self.webhook_id);
        // As it was then: a repeat says the same, whatever has changed since.
        let webhook: Option<Webhook> =
            mailing.store.load_as_of(&stream, self.cause).await.map_err(|_| JobError::failed("log_unavailable"))?;
        let webhook = webhook.unwrap_or_default();
        let endpoint = webhook.endpoint().map_err(|_| JobError::cancelled("webhook_gone"))?;
        let values = json!({
            "webhook_id": self.webhook_id,
            "description": endpoint.definition.description.as_str(),
            "reason": self.reason.as_str(),
        });
        mailing.notify(endpoint.by.as_uuid(), self.cause, KIND, values).await
    }
}
