//! Cancels an order whose payment was refused.

use jobs::{Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{Desk, ORDER_QUEUE, step::Step};
use crate::domain::{CancelOrder, CancelReason, OrderId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CancelUnpaidOrder {
    pub(super) order: OrderId,
    /// The id of the event that says so.
    pub(super) cause: Uuid,
}

impl Job for CancelUnpaidOrder {
    const KIND: &'static str = "orders.cancel_unpaid";
    const QUEUE: &'static str = ORDER_QUEUE;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Desk;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Desk>) -> JobResult {
        let span = info_span!("orders.cancel_unpaid", order = %self.order);
        cancel(&Step::of(&ctx, self.order, self.cause), CancelReason::PaymentRefused).instrument(span).await
    }
}

/// Cancels an order for want of a payment.
pub(super) async fn cancel(step: &Step<'_>, reason: CancelReason) -> JobResult {
    let cancelled = step.execute(CancelOrder { reason, at: step.now() }).await?;
    cancelled.map(drop).map_err(|refused| JobError::cancelled(refused.to_string()))
}
