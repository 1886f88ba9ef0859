//! Asks the provider for the money of an order.

use std::time::Duration;

use ::metrics::counter;
use jobs::{Backoff, Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{Desk, PAYMENT_QUEUE, step::Step};
use crate::{
    domain::{OrderId, RecordPayment, RecordRefusal, RequestPayment},
    metrics::PAYMENTS,
    payments::{Charge, Charged, PaymentError},
};

/// With its backoff, attempts over a day: longer than any order waits.
const ATTEMPTS: u16 = 300;
const BACKOFF: Backoff = Backoff::Exponential { first: Duration::from_secs(1), longest: Duration::from_secs(300) };

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RequestOrderPayment {
    pub(super) order: OrderId,
    /// The id of the event with which it was placed.
    pub(super) cause: Uuid,
}

impl Job for RequestOrderPayment {
    const KIND: &'static str = "orders.request_payment";
    const QUEUE: &'static str = PAYMENT_QUEUE;
    const MAX_ATTEMPTS: u16 = ATTEMPTS;
    const BACKOFF: Backoff = BACKOFF;
    /// Longer than a provider takes at most, and a mail with an invoice.
    const TIMEOUT: Duration = Duration::from_secs(180);
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Desk;

    fn key(&self) -> Option<String> {
        Some(self.order.to_string())
    }

    async fn run(self, ctx: JobContext<Desk>) -> JobResult {
        let span = info_span!("orders.request_payment", order = %self.order, attempt = ctx.attempt);
        self.request(&ctx).instrument(span).await
    }
}

impl RequestOrderPayment {
    async fn request(self, ctx: &JobContext<Desk>) -> JobResult {
        let Self { order, cause } = self;
        let step = Step::of(ctx, order, cause);
        // First the log: whoever cancels from now on knows that there may be something to give back.
        if let Err(refused) = step.execute(RequestPayment { at: step.now() }).await? {
            return Err(JobError::cancelled(refused.to_string()));
        }
        let details = step.order().await?;
        let method = details.method;
        let Some(provider) = ctx.state.providers.of(method) else {
            return Err(JobError::failed("method_not_on_offer"));
        };
        let charge = Charge { order, customer: details.customer, amount: details.total, cause };
        let charged = provider.charge(&charge).await;
        let outcome = match &charged {
            Ok(Charged::Paid(_)) => "done",
            Ok(Charged::Refused(_)) => "refused",
            Err(error) => outcome(error),
        };
        counter!(PAYMENTS, "method" => method.as_str(), "request" => "charge", "outcome" => outcome).increment(1);
        let at = step.now();
        let recorded = match charged? {
            Charged::Paid(reference) => {
                step.execute(RecordPayment { reference, at }).await?.map_err(|refused| refused.to_string())
            }
            Charged::Refused(reason) => {
                step.execute(RecordRefusal { reason, at }).await?.map_err(|refused| refused.to_string())
            }
        };
        recorded.map(drop).map_err(JobError::discarded)
    }
}

/// For metrics.
pub(super) fn outcome(error: &PaymentError) -> &'static str {
    match error {
        PaymentError::Paused(_) => "paused",
        PaymentError::Later { .. } => "later",
        PaymentError::Unknown(_) => "unknown",
    }
}
