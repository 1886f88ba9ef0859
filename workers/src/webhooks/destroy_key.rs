//! Ends what is left of a webhook that was deleted: the key of its address and secrets, and its deliveries.

use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{UPKEEP_QUEUE, Webhooks, deliveries, key_failure};

/// Rows per statement.
const BATCH: i64 = 1000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestroyKey {
    pub webhook_id: Uuid,
}

impl Job for DestroyKey {
    const KIND: &'static str = "webhooks.destroy_key";
    const QUEUE: &'static str = UPKEEP_QUEUE;

    type State = Webhooks;

    fn key(&self) -> Option<String> {
        Some(self.webhook_id.to_string())
    }

    async fn run(self, ctx: JobContext<Webhooks>) -> JobResult {
        let span = info_span!("webhooks.destroy_key", webhook_id = %self.webhook_id);
        self.destroy(&ctx.state).instrument(span).await
    }
}

impl DestroyKey {
    async fn destroy(&self, webhooks: &Webhooks) -> JobResult {
        webhooks.keys.destroy(self.webhook_id).await.map_err(|error| key_failure(&error))?;
        webhooks.endpoints.forget(self.webhook_id);
        loop {
            let mut conn = webhooks.events.pool().get().await?;
            let removed = deliveries::remove_some(&mut conn, self.webhook_id, BATCH).await?;
            if (removed as i64) < BATCH {
                return Ok(());
            }
        }
    }
}
