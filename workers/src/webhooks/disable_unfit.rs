//! Disables a webhook whose filter means nothing for its collection any more.

use chrono::Utc;
use domain::webhooks::{DisableWebhook, Disablement};
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{UPKEEP_QUEUE, Webhooks};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisableUnfit {
    pub webhook_id: Uuid,
}

impl Job for DisableUnfit {
    const KIND: &'static str = "webhooks.disable_unfit";
    const QUEUE: &'static str = UPKEEP_QUEUE;

    type State = Webhooks;

    fn key(&self) -> Option<String> {
        Some(self.webhook_id.to_string())
    }

    async fn run(self, ctx: JobContext<Webhooks>) -> JobResult {
        let span = info_span!("webhooks.disable_unfit", webhook_id = %self.webhook_id);
        self.disable(&ctx.state).instrument(span).await
    }
}

impl DisableUnfit {
    /// Also when it fits again by now: an event was not told of, and somebody has to know.
    async fn disable(&self, webhooks: &Webhooks) -> JobResult {
        let reason = Disablement::FilterNotApplicable;
        webhooks.execute(self.webhook_id, DisableWebhook { reason, at: Utc::now() }, None).await?;
        Ok(())
    }
}
