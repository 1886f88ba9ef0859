//! Which event of an order leads to which jobs.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use domain::Aggregate;
use event_store::{
    RecordedEvent,
    consumer::{ConsumerKey, Handler, HandlerError, Settings, Standing, StartAt},
    log::Filter,
};
use jobs::EnqueueOptions;
use workers::reactions::{ReactionError, enqueue, enqueue_with};

use super::{
    cancel_order::CancelUnpaidOrder, confirm_order::ConfirmPaidOrder, expire_payment::ExpirePayment,
    refund_payment::RefundPayment, request_payment::RequestOrderPayment, send_email::SendOrderEmail,
};
use crate::domain::{Order, OrderEvent, OrderId};

/// Each event may cost some statements.
const BATCH: i64 = 200;

/// Turns events of orders into jobs. Its checkpoint is made by the migration.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderReactions;

/// What follows from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reaction {
    /// Ask for the money, and give up at this time.
    RequestPayment(DateTime<Utc>),
    Confirm,
    CancelUnpaid,
    Refund,
    Tell,
}

impl OrderReactions {
    /// After a restore they go on from the head of the log: nobody is charged or mailed twice.
    pub fn settings() -> Settings {
        Settings {
            filter: Filter { categories: Some(vec![Order::CATEGORY.to_owned()]), lane: None },
            start_at: StartAt::Head,
            batch: BATCH,
            ..Settings::new(ConsumerKey::new("order_reactions"))
        }
    }
}

impl Handler for OrderReactions {
    type Effects = ();

    async fn handle(&self, conn: &mut Connection, _: Standing, events: &[RecordedEvent]) -> Result<(), HandlerError> {
        for event in events {
            react(conn, event).await?;
        }
        Ok(())
    }
}

async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    let order = event.aggregate_id().map(OrderId::from_uuid).ok_or(ReactionError::NoAggregate)?;
    let cause = event.event_id;
    for reaction in reactions_to(&event.decode()?) {
        match reaction {
            Reaction::RequestPayment(pay_by) => {
                enqueue(conn, event, &RequestOrderPayment { order, cause }).await?;
                let options = EnqueueOptions::default().at(pay_by);
                enqueue_with(conn, event, &ExpirePayment { order, cause }, options).await?;
            }
            Reaction::Confirm => enqueue(conn, event, &ConfirmPaidOrder { order, cause }).await?,
            Reaction::CancelUnpaid => enqueue(conn, event, &CancelUnpaidOrder { order, cause }).await?,
            Reaction::Refund => enqueue(conn, event, &RefundPayment { order, cause }).await?,
            Reaction::Tell => enqueue(conn, event, &SendOrderEmail { order, cause }).await?,
        }
    }
    Ok(())
}

fn reactions_to(event: &OrderEvent) -> Vec<Reaction> {
    match event {
        OrderEvent::Placed(placed) => vec![Reaction::RequestPayment(placed.pay_by)],
        OrderEvent::Paid(_) => vec![Reaction::Confirm],
        OrderEvent::PaymentRefused(_) => vec![Reaction::CancelUnpaid],
        OrderEvent::Confirmed(_) | OrderEvent::Refunded(_) => vec![Reaction::Tell],
        OrderEvent::Cancelled(cancelled) if cancelled.refund_due => vec![Reaction::Refund, Reaction::Tell],
        OrderEvent::Cancelled(_) => vec![Reaction::Tell],
        OrderEvent::PaidLate(_) => vec![Reaction::Refund],
        OrderEvent::PaymentRequested(_) | OrderEvent::PaymentVoided(_) => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        CancelReason, PaymentReference,
        events::{Cancelled, PaidLate, PaymentRequested},
    };

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn whatever_may_have_been_taken_of_a_cancelled_order_is_given_back() {
        let cancelled =
            |refund_due| OrderEvent::Cancelled(Cancelled { reason: CancelReason::ByCustomer, refund_due, at: AT });
        assert_eq!(reactions_to(&cancelled(true)), [Reaction::Refund, Reaction::Tell]);
        assert_eq!(reactions_to(&cancelled(false)), [Reaction::Tell]);
        let late = PaidLate { reference: PaymentReference::parse("ch_1").unwrap(), at: AT };
        assert_eq!(reactions_to(&OrderEvent::PaidLate(late)), [Reaction::Refund]);
    }

    #[test]
    fn what_is_only_written_down_leads_to_nothing() {
        assert_eq!(reactions_to(&OrderEvent::PaymentRequested(PaymentRequested { at: AT })), []);
    }
}
