//! Writing down what came of giving the money of a cancelled order back.

use chrono::{DateTime, Utc};
use domain::Command;

use super::{
    Funds, Order, OrderEvent, PaymentReference,
    events::{PaymentVoided, Refunded},
};

/// What the provider did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refund {
    /// It has given this payment back.
    Returned(PaymentReference),
    /// There was nothing to give back.
    NothingHeld,
}

#[derive(Clone, Debug)]
pub struct RecordRefund {
    pub refund: Refund,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefundRefused {
    #[error("no refund of the order is due")]
    NotDue,
    /// Another attempt may have given it back, and is about to say so.
    #[error("the order was paid, and the provider has nothing of it")]
    Missing,
}

impl Command for RecordRefund {
    type Aggregate = Order;
    type Refusal = RecordRefundRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, RecordRefundRefused> {
        let details = order.details().ok_or(RecordRefundRefused::NotDue)?;
        if details.cancel_reason().is_none() {
            return Err(RecordRefundRefused::NotDue);
        }
        let at = self.at;
        match (self.refund, &details.funds) {
            (Refund::Returned(reference), Funds::Untouched | Funds::Asked | Funds::Held(_) | Funds::Void) => {
                Ok(vec![OrderEvent::Refunded(Refunded { reference, at })])
            }
            (Refund::NothingHeld, Funds::Asked) => Ok(vec![OrderEvent::PaymentVoided(PaymentVoided { at })]),
            (Refund::NothingHeld, Funds::Held(_)) => Err(RecordRefundRefused::Missing),
            // Known already.
            (Refund::Returned(_) | Refund::NothingHeld, Funds::Returned(_))
            | (Refund::NothingHeld, Funds::Untouched | Funds::Void) => Ok(vec![]),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::given;

    use super::{
        super::{
            CancelReason,
            fixtures::{
                AT, cancelled, confirmed, paid, paid_late, payment_requested, placed, reference, refunded, voided,
            },
        },
        *,
    };

    fn returned() -> RecordRefund {
        RecordRefund { refund: Refund::Returned(reference("ch_1")), at: AT }
    }

    const NOTHING: RecordRefund = RecordRefund { refund: Refund::NothingHeld, at: AT };

    fn timed_out(after: &[OrderEvent]) -> Vec<OrderEvent> {
        [&[placed(), payment_requested(), cancelled(CancelReason::PaymentTimedOut, true)], after].concat()
    }

    #[test]
    fn what_a_provider_has_taken_is_given_back_once() {
        given(timed_out(&[])).when(returned()).then([refunded()]);
        given(timed_out(&[paid_late()])).when(returned()).then([refunded()]);
        given(timed_out(&[paid_late(), refunded()])).when(returned()).then([]);
        given(timed_out(&[voided(), paid_late()])).when(returned()).then([refunded()]);
    }

    #[test]
    fn what_it_has_not_taken_is_void() {
        given(timed_out(&[])).when(NOTHING).then([voided()]);
        given(timed_out(&[voided()])).when(NOTHING).then([]);
        given(timed_out(&[refunded()])).when(NOTHING).then([]);
    }

    #[test]
    fn money_that_is_known_to_be_there_does_not_vanish() {
        given(timed_out(&[paid_late()])).when(NOTHING).then_refused(RecordRefundRefused::Missing);
    }

    #[test]
    fn only_cancelled_orders_are_refunded() {
        let confirmed = [placed(), payment_requested(), paid(), confirmed()];
        given(confirmed).when(returned()).then_refused(RecordRefundRefused::NotDue);
        given([]).when(NOTHING).then_refused(RecordRefundRefused::NotDue);
    }
}
