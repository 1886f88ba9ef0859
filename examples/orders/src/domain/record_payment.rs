//! Writing down that the money of an order has come.

use chrono::{DateTime, Utc};
use domain::Command;

use super::{
    Funds, Order, OrderEvent, PaymentReference, Stage,
    events::{Paid, PaidLate},
};

#[derive(Clone, Debug)]
pub struct RecordPayment {
    pub reference: PaymentReference,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordPaymentRefused {
    #[error("there is no such order")]
    UnknownOrder,
}

impl Command for RecordPayment {
    type Aggregate = Order;
    type Refusal = RecordPaymentRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, RecordPaymentRefused> {
        let details = order.details().ok_or(RecordPaymentRefused::UnknownOrder)?;
        let Self { reference, at } = self;
        Ok(match details.stage {
            Stage::Placed | Stage::AwaitingPayment => vec![OrderEvent::Paid(Paid { reference, at })],
            // Under one key there is one payment: this is the one that is known.
            Stage::Paid | Stage::Confirmed => vec![],
            Stage::PaymentRefused | Stage::Cancelled(_) => match &details.funds {
                Funds::Held(known) | Funds::Returned(known) if *known == reference => vec![],
                Funds::Untouched | Funds::Asked | Funds::Void | Funds::Held(_) | Funds::Returned(_) => {
                    vec![OrderEvent::PaidLate(PaidLate { reference, at })]
                }
            },
        })
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

    fn record() -> RecordPayment {
        RecordPayment { reference: reference("ch_1"), at: AT }
    }

    #[test]
    fn a_payment_is_recorded_once() {
        given([placed(), payment_requested()]).when(record()).then([paid()]);
        given([placed(), payment_requested(), paid()]).when(record()).then([]);
        given([placed(), payment_requested(), paid(), confirmed()]).when(record()).then([]);
        given([]).when(record()).then_refused(RecordPaymentRefused::UnknownOrder);
    }

    #[test]
    fn money_that_comes_too_late_is_noted_as_such_once() {
        let timed_out = [placed(), payment_requested(), cancelled(CancelReason::PaymentTimedOut, true)];
        given(timed_out.clone()).when(record()).then([paid_late()]);
        given([&timed_out[..], &[voided()]].concat()).when(record()).then([paid_late()]);
        given([&timed_out[..], &[paid_late()]].concat()).when(record()).then([]);
        given([&timed_out[..], &[paid_late(), refunded()]].concat()).when(record()).then([]);
    }
}
