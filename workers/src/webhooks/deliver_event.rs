//! Sends one event to one webhook, signed, and writes down what came of it.

use std::time::{Duration, Instant};

use ::metrics::{counter, histogram};
use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use domain::{
    Aggregate,
    webhooks::{DisableWebhook, Disablement, Webhook, WebhookEvent},
};
use event_store::StreamId;
use jobs::{Backoff, Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, debug, info_span, warn};
use uuid::Uuid;

use super::{
    RESPONSE_PURPOSE, WEBHOOK_QUEUE, Webhooks,
    deliveries::{self, Attempt, Delivery, Standing},
    endpoints::Admitted,
    health,
    sender::{Answer, Outcome},
    sending::Sending,
};
use crate::metrics::{WEBHOOK_ATTEMPTS, WEBHOOK_SECONDS};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// Between attempts: about three days in all.
const STEPS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(5 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(14 * HOUR),
    Duration::from_secs(20 * HOUR),
    Duration::from_secs(24 * HOUR),
];
/// Until a delivery is tried again that trouble of our own has stopped; up to twice that.
const TROUBLE_PAUSE: Duration = Duration::from_secs(30);
/// A delivery that is that old, and cannot be attempted, is given up.
const LONGEST_TROUBLE: Duration = Duration::from_secs(7 * 24 * HOUR);
/// What is added at most to a pause that a server asks for, as a share of it.
const SPREAD: f64 = 0.1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverEvent {
    pub delivery_id: Uuid,
    /// Of the delivery: in a later one this job has nothing to do.
    pub round: i32,
}

impl Job for DeliverEvent {
    const KIND: &'static str = "webhooks.deliver";
    const QUEUE: &'static str = WEBHOOK_QUEUE;
    const MAX_ATTEMPTS: u16 = STEPS.len() as u16 + 1;
    const BACKOFF: Backoff = Backoff::Steps(&STEPS);

    type State = Webhooks;

    async fn run(self, ctx: JobContext<Webhooks>) -> JobResult {
        let span = info_span!("webhooks.deliver", delivery_id = %self.delivery_id, attempt = ctx.attempt);
        self.deliver(&ctx).instrument(span).await
    }
}

/// A delivery that can be attempted.
struct Ready {
    delivery: Delivery,
    /// Of the webhook, as it is known.
    version: i64,
    changed_at: DateTime<Utc>,
    sending: Sending,
    admitted: Admitted,
}

impl DeliverEvent {
    async fn deliver(&self, ctx: &JobContext<Webhooks>) -> JobResult {
        let ready = match self.prepare(ctx).await {
            Ok(Some(ready)) => ready,
            Ok(None) => return Ok(()),
            Err(JobError::Failed { reason, .. }) => return self.put_off(ctx, &reason).await,
            Err(ended @ (JobError::Snoozed(_) | JobError::Discarded(_) | JobError::Cancelled(_))) => return Err(ended),
        };
        self.attempt(ctx, ready).await
    }

    /// `None` when there is nothing to do. A failure is one of our own, of the database or the keys.
    async fn prepare(&self, ctx: &JobContext<Webhooks>) -> Result<Option<Ready>, JobError> {
        let webhooks = &ctx.state;
        let mut conn = webhooks.events.pool().get().await?;
        let Some(delivery) = deliveries::pending(&mut conn, self).await? else { return Ok(None) };
        let webhook_id = delivery.webhook_id;
        let admitted = webhooks.endpoints.admit(webhook_id, Instant::now()).map_err(JobError::snoozed)?;
        if ctx.attempt >= ctx.max_attempts {
            // A run that is cut off leaves a delivery that has ended; one that goes on takes it up again.
            deliveries::give_up(&mut conn, self, "abandoned").await?;
        }
        drop(conn);
        let stream = StreamId::new(Webhook::CATEGORY, webhook_id);
        let loaded = webhooks.events.load::<Webhook>(&stream).await.map_err(|_| JobError::failed("log_unavailable"))?;
        let Ok(endpoint) = loaded.state.endpoint() else {
            webhooks.endpoints.forget(webhook_id);
            let mut conn = webhooks.events.pool().get().await?;
            deliveries::remove(&mut conn, self.delivery_id).await?;
            return Err(JobError::cancelled("webhook_gone"));
        };
        if endpoint.disabled.is_some() && delivery.event_type != WebhookEvent::TEST_REQUESTED {
            webhooks.endpoints.forget(webhook_id);
            return Err(self.give_up(webhooks, "disabled").await?);
        }
        let Some(sending) = Sending::prepare(webhooks, &delivery, endpoint).await? else {
            return Err(self.give_up(webhooks, "not_readable").await?);
        };
        Ok(Some(Ready { delivery, version: loaded.version, changed_at: endpoint.updated_at, sending, admitted }))
    }

    /// After trouble of our own, which costs the delivery no attempt.
    async fn put_off(&self, ctx: &JobContext<Webhooks>, reason: &str) -> JobResult {
        warn!(reason, "a delivery is put off");
        if ctx.age() >= LONGEST_TROUBLE
            && let Ok(ended) = self.give_up(&ctx.state, "abandoned").await
        {
            return Err(ended);
        }
        Err(JobError::snoozed(TROUBLE_PAUSE.mul_f64(1.0 + rand::random::<f64>())))
    }

    /// Ends the delivery; answers how the job ends with it.
    async fn give_up(&self, webhooks: &Webhooks, why: &'static str) -> Result<JobError, JobError> {
        let mut conn = webhooks.events.pool().get().await?;
        deliveries::give_up(&mut conn, self, why).await?;
        Ok(JobError::cancelled(why))
    }

    /// Sends once, and writes down what came of it.
    async fn attempt(&self, ctx: &JobContext<Webhooks>, ready: Ready) -> JobResult {
        let Ready { delivery, version, changed_at, sending, admitted } = ready;
        let at = Utc::now();
        let answer = ctx.state.sender.send(&sending.url, sending.message).await;
        if answer.outcome == Outcome::Delivered {
            admitted.succeeded();
        } else {
            admitted.failed(Instant::now());
        }
        counter!(WEBHOOK_ATTEMPTS, "outcome" => answer.outcome.as_str()).increment(1);
        histogram!(WEBHOOK_SECONDS).record(answer.took.as_secs_f64());
        let response = Some(&answer.response).filter(|text| !text.is_empty());
        let attempt = Attempt {
            at,
            took: answer.took,
            status: answer.status,
            outcome: answer.outcome.as_str(),
            response: response.map(|text| sending.key.seal(RESPONSE_PURPOSE, text)),
        };
        let (webhook_id, event_id, status) = (delivery.webhook_id, delivery.event_id, attempt.status);
        if answer.outcome == Outcome::Delivered {
            debug!(%webhook_id, %event_id, status, "delivered an event");
        } else {
            warn!(%webhook_id, %event_id, outcome = attempt.outcome, status, "an event was not taken");
        }
        // Before the delivery has ended: a worker that is killed in between comes to the same verdict once more.
        let is_refused_for_good =
            self.judge(&ctx.state, webhook_id, (version, changed_at), answer.outcome).await? == Some(Disablement::Gone);
        let standing = if answer.outcome == Outcome::Delivered {
            Standing::Delivered
        } else if is_refused_for_good || ctx.attempt >= ctx.max_attempts {
            Standing::Failed
        } else {
            Standing::Pending
        };
        self.record(&ctx.state, webhook_id, &attempt, standing).await?;
        if is_refused_for_good { Err(JobError::cancelled("gone")) } else { outcome(&answer, ctx.attempt) }
    }

    /// Disables the webhook where an attempt shows that there is no use in it; says why it did. The verdict is about the
    /// webhook as it was known, and void where that is not so any more.
    async fn judge(
        &self,
        webhooks: &Webhooks,
        webhook: Uuid,
        (version, changed_at): (i64, DateTime<Utc>),
        outcome: Outcome,
    ) -> Result<Option<Disablement>, JobError> {
        if outcome == Outcome::Delivered {
            return Ok(None);
        }
        let mut conn = webhooks.events.pool().get().await?;
        let is_hopeless = health::failed(&mut conn, webhook, changed_at, webhooks.settings.give_up_after).await?;
        drop(conn);
        let reason = if outcome == Outcome::Gone {
            Disablement::Gone
        } else if is_hopeless {
            Disablement::Failing
        } else {
            return Ok(None);
        };
        let done = webhooks.execute(webhook, DisableWebhook { reason, at: Utc::now() }, Some(version)).await?;
        Ok(done.then_some(reason))
    }

    /// Writes the attempt down.
    async fn record(&self, webhooks: &Webhooks, webhook: Uuid, attempt: &Attempt, standing: Standing) -> JobResult {
        let mut conn = webhooks.events.pool().get().await?;
        let written = (*conn).transaction(async |conn: &mut Connection| {
            deliveries::settle(conn, self, attempt, standing).await?;
            match standing {
                Standing::Delivered => health::clear(conn, webhook).await,
                Standing::Pending | Standing::Failed => Ok(()),
            }
        });
        Ok(written.await?)
    }
}

/// What the job's queue is told. Nothing of the answer's own text.
fn outcome(answer: &Answer, attempt: u16) -> JobResult {
    let reason = match (answer.outcome, answer.status) {
        (Outcome::Delivered, _) => return Ok(()),
        (outcome, Some(status)) => format!("{}_{status}", outcome.as_str()),
        (outcome, None) => outcome.as_str().to_owned(),
    };
    match answer.retry_after {
        // Not sooner than it would be tried anyway, and not all at the same time.
        Some(pause) => {
            let pause = pause.max(DeliverEvent::BACKOFF.delay(attempt));
            Err(JobError::failed_until(reason, pause.mul_f64(1.0 + SPREAD * rand::random::<f64>())))
        }
        None => Err(JobError::failed(reason)),
    }
}
