//! Sends events again that a webhook was sent, or was not sent while it was disabled: one delivery, or all since a time.

use std::{sync::Arc, time::Duration};

use bootstrap::db::Connection;
use diesel::QueryResult;
use diesel_async::AsyncConnection;
use domain::{
    Aggregate,
    webhooks::{Replay, Webhook, WebhookEvent},
};
use event_store::{StreamId, log};
use jobs::{EnqueueOptions, Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{
    UPKEEP_QUEUE, Webhooks,
    deliveries::{self, Repeat},
    matching::Candidates,
    replays,
    routes::{self, Route},
};
use crate::reactions::ReactionError;

/// Events looked at in one go; the next ones are another job's, so that a worker that is killed repeats few.
const PAGE: i64 = 1000;
/// While more deliveries of the webhook than these are still to be made, there is no hurry to make others.
const MOST_PENDING: i64 = 5000;
/// Until a replay looks again whether its time has come.
const PAUSE: Duration = Duration::from_secs(30);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayEvents {
    pub webhook_id: Uuid,
    /// Of the event that asks for it, and says for what.
    pub position: i64,
    /// What was looked at already; `None` at first.
    pub after: Option<i64>,
}

impl Job for ReplayEvents {
    const KIND: &'static str = "webhooks.replay";
    const QUEUE: &'static str = UPKEEP_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(300);
    /// One that runs again after its successor was enqueued makes no other.
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Webhooks;

    fn key(&self) -> Option<String> {
        Some(format!("{}:{}", self.position, self.after.unwrap_or_default()))
    }

    async fn run(self, ctx: JobContext<Webhooks>) -> JobResult {
        let span = info_span!("webhooks.replay", webhook_id = %self.webhook_id, position = self.position);
        self.replay(&ctx.state).instrument(span).await
    }
}

impl ReplayEvents {
    async fn replay(&self, webhooks: &Webhooks) -> JobResult {
        let stream = StreamId::new(Webhook::CATEGORY, self.webhook_id);
        let loaded = webhooks.events.load::<Webhook>(&stream).await.map_err(|_| JobError::failed("log_unavailable"))?;
        let endpoint = loaded.state.endpoint().map_err(|_| JobError::cancelled("webhook_gone"))?;
        if endpoint.disabled.is_some() {
            return Err(JobError::cancelled("disabled"));
        }
        let mut conn = webhooks.events.pool().get().await?;
        let asked = log::at(&mut conn, self.position).await?.filter(|event| event.stream_id == stream.as_str());
        let asked = asked.ok_or_else(|| JobError::discarded("no_such_event"))?;
        let Ok(WebhookEvent::ReplayRequested(asked)) = asked.decode() else {
            return Err(JobError::discarded("not_readable"));
        };
        match asked.what {
            Replay::Delivery(id) => {
                let again = async |conn: &mut Connection| deliveries::send_again(conn, self.webhook_id, id).await;
                Ok((*conn).transaction(again).await?)
            }
            Replay::Since(time) => {
                if self.has_to_wait(&mut conn).await? {
                    return Err(JobError::snoozed(PAUSE));
                }
                let after = match self.after {
                    Some(after) => after,
                    None => log::before(&mut conn, time).await?,
                };
                let route = Arc::new(Route::of(self.webhook_id, endpoint));
                let page = async |conn: &mut Connection| self.page(conn, webhooks, &route, after).await;
                (*conn).transaction(page).await.map_err(|error| failure(&error))
            }
        }
    }

    /// One replay of a webhook since a time follows the other, and none gets far ahead of the deliveries.
    async fn has_to_wait(&self, conn: &mut Connection) -> QueryResult<bool> {
        if deliveries::are_pending(conn, self.webhook_id, MOST_PENDING).await? {
            return Ok(true);
        }
        replays::are_before(conn, self).await
    }

    /// Some events from the log, with the job for those that come after them.
    async fn page(
        &self,
        conn: &mut Connection,
        webhooks: &Webhooks,
        route: &Arc<Route>,
        after: i64,
    ) -> Result<(), ReactionError> {
        let limit = PAGE.min(self.position - after - 1);
        if limit <= 0 {
            return Ok(());
        }
        // One that is deleted meanwhile has its deliveries removed after this transaction, or gets none.
        if !routes::hold(conn, self.webhook_id).await? {
            return Ok(());
        }
        let events = log::tail(conn, after, limit).await?;
        let mut candidates = Candidates::default();
        events.iter().for_each(|event| candidates.add_for(route, event));
        let matched = candidates.judge(conn, &webhooks.conditions).await?;
        deliveries::enqueue(conn, &matched.deliveries, Repeat::SendAgain).await?;
        if let Some(last) = events.last() {
            let next = Self { after: Some(last.position), ..self.clone() };
            jobs::enqueue(conn, &next, &EnqueueOptions::default()).await?;
        }
        Ok(())
    }
}

fn failure(error: &ReactionError) -> JobError {
    match error {
        ReactionError::NoAggregate | ReactionError::NoRoute | ReactionError::Decode(_) => {
            JobError::failed("not_readable")
        }
        ReactionError::Query(_) => JobError::failed("database_error"),
    }
}
