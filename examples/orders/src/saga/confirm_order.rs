//! Confirms an order that is paid.

use jobs::{Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{Desk, ORDER_QUEUE, step::Step};
use crate::domain::{ConfirmOrder, OrderId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConfirmPaidOrder {
    pub(super) order: OrderId,
    /// The id of the event with which it was paid.
    pub(super) cause: Uuid,
}

impl Job for ConfirmPaidOrder {
    const KIND: &'static str = "orders.confirm";
    const QUEUE: &'static str = ORDER_QUEUE;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Desk;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Desk>) -> JobResult {
        let span = info_span!("orders.confirm", order = %self.order);
        async {
            let step = Step::of(&ctx, self.order, self.cause);
            // Refused: the customer was faster, and the order is cancelled.
            let confirmed = step.execute(ConfirmOrder { at: step.now() }).await?;
            confirmed.map(drop).map_err(|refused| JobError::cancelled(refused.to_string()))
        }
        .instrument(span)
        .await
    }
}
