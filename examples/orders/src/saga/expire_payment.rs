//! Gives an order up that is not paid in time.

use jobs::{Job, JobContext, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{Desk, ORDER_QUEUE, cancel_order::cancel, step::Step};
use crate::domain::{CancelReason, OrderId};

/// Enqueued with the order, for the time at which it has to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ExpirePayment {
    pub(super) order: OrderId,
    /// The id of the event with which it was placed.
    pub(super) cause: Uuid,
}

impl Job for ExpirePayment {
    const KIND: &'static str = "orders.expire_payment";
    const QUEUE: &'static str = ORDER_QUEUE;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Desk;

    fn key(&self) -> Option<String> {
        Some(self.order.to_string())
    }

    async fn run(self, ctx: JobContext<Desk>) -> JobResult {
        let span = info_span!("orders.expire_payment", order = %self.order);
        // Refused, as it is for most orders: it was paid.
        cancel(&Step::of(&ctx, self.order, self.cause), CancelReason::PaymentTimedOut).instrument(span).await
    }
}
