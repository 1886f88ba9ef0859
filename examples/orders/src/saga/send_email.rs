//! Tells a customer what has become of an order.

use std::time::Duration;

use domain::Aggregate;
use event_store::{EventStore, StreamId};
use jobs::{Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing::{Instrument, info_span};
use uuid::Uuid;
use workers::{
    mailer::MailTexts,
    users::{MAIL_JOB_TIMEOUT, MAIL_QUEUE},
};

use super::Desk;
use crate::{
    domain::{Details, Funds, Order, OrderId, Stage},
    mails::{CANCELLED, CONFIRMED, REFUNDED},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SendOrderEmail {
    pub(super) order: OrderId,
    /// The id of the event that is told of.
    pub(super) cause: Uuid,
}

impl Job for SendOrderEmail {
    const KIND: &'static str = "orders.email";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Desk;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Desk>) -> JobResult {
        let span = info_span!("orders.email", order = %self.order, cause = %self.cause);
        self.send(&ctx.state).instrument(span).await
    }
}

impl SendOrderEmail {
    async fn send(self, desk: &Desk) -> JobResult {
        let Self { order, cause } = self;
        let then = as_of(&desk.store, order, cause).await?;
        let Some((texts, values)) = mail(order, &then) else { return Err(JobError::discarded("nothing_to_tell")) };
        desk.mailing.notify(then.customer.as_uuid(), cause, texts.kind, values).await
    }
}

/// The order as the event has left it: a repeat tells the same.
async fn as_of(store: &EventStore, order: OrderId, cause: Uuid) -> Result<Details, JobError> {
    let stream = StreamId::new(Order::CATEGORY, order.as_uuid());
    let then: Option<Order> =
        store.load_as_of(&stream, cause).await.map_err(|_| JobError::failed("log_unavailable"))?;
    then.as_ref().and_then(Order::details).cloned().ok_or_else(|| JobError::discarded("no_such_order"))
}

fn mail(order: OrderId, then: &Details) -> Option<(MailTexts, Value)> {
    let (order, total) = (order.to_string(), then.total.to_string());
    match (then.stage, &then.funds) {
        (Stage::Confirmed, _) => Some((CONFIRMED, json!({"order": order, "total": total}))),
        (Stage::Cancelled(_), Funds::Returned(reference)) => {
            Some((REFUNDED, json!({"order": order, "total": total, "reference": reference.as_str()})))
        }
        (Stage::Cancelled(reason), Funds::Untouched | Funds::Asked | Funds::Held(_) | Funds::Void) => {
            let (reason, refund_due) = (reason.as_str(), then.is_refund_due());
            Some((CANCELLED, json!({"order": order, "total": total, "reason": reason, "refund_due": refund_due})))
        }
        (Stage::Placed | Stage::AwaitingPayment | Stage::Paid | Stage::PaymentRefused, _) => None,
    }
}
