//! Gives the money of a cancelled order back: the compensation for having taken it.

use std::time::Duration;

use ::metrics::counter;
use jobs::{Backoff, Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, error, info_span};
use uuid::Uuid;

use super::{Desk, PAYMENT_QUEUE, request_payment::outcome, step::Step};
use crate::{
    domain::{OrderId, RecordRefund, Refund},
    metrics::PAYMENTS,
    payments::{RefundRequest, Refunded},
};

const BACKOFF: Backoff = Backoff::Exponential { first: Duration::from_secs(2), longest: Duration::from_secs(6 * 3600) };

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefundPayment {
    pub(super) order: OrderId,
    /// The id of the event that makes it due; the key at the provider.
    pub(super) cause: Uuid,
}

impl Job for RefundPayment {
    const KIND: &'static str = "orders.refund";
    const QUEUE: &'static str = PAYMENT_QUEUE;
    /// Over about two days. Whoever has money of others does not give up easily.
    const MAX_ATTEMPTS: u16 = 20;
    const BACKOFF: Backoff = BACKOFF;
    const TIMEOUT: Duration = Duration::from_secs(90);
    /// Before charges.
    const PRIORITY: i16 = 5;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Desk;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Desk>) -> JobResult {
        let (order, last) = (self.order, ctx.attempt >= ctx.max_attempts);
        let span = info_span!("orders.refund", %order, attempt = ctx.attempt);
        let refunded = self.refund(&ctx).instrument(span).await;
        if last && let Err(JobError::Failed { reason, .. }) = &refunded {
            error!(%order, %reason, "a refund has failed for good: somebody has to see to it");
        }
        refunded
    }
}

impl RefundPayment {
    async fn refund(self, ctx: &JobContext<Desk>) -> JobResult {
        let Self { order, cause } = self;
        let step = Step::of(ctx, order, cause);
        let details = step.order().await?;
        if !details.is_refund_due() {
            return Err(JobError::cancelled("nothing_due"));
        }
        let method = details.method;
        let Some(provider) = ctx.state.providers.of(method) else {
            return Err(JobError::failed("method_not_on_offer"));
        };
        let answer = provider.refund(&RefundRequest { order, cause }).await;
        let outcome = match &answer {
            Ok(Refunded::Returned(_)) => "done",
            Ok(Refunded::NothingHeld) => "nothing",
            Err(error) => outcome(error),
        };
        counter!(PAYMENTS, "method" => method.as_str(), "request" => "refund", "outcome" => outcome).increment(1);
        let refund = match answer? {
            Refunded::Returned(reference) => Refund::Returned(reference),
            Refunded::NothingHeld => Refund::NothingHeld,
        };
        let recorded = step.execute(RecordRefund { refund, at: step.now() }).await?;
        recorded.map(drop).map_err(|refused| JobError::failed(refused.to_string()))
    }
}
