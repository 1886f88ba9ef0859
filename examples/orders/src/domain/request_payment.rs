//! Asking for the money of an order: written down before the provider is asked.

use chrono::{DateTime, Utc};
use domain::Command;

use super::{Order, OrderEvent, Stage, events::PaymentRequested};

#[derive(Clone, Debug)]
pub struct RequestPayment {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestPaymentRefused {
    #[error("there is no such order")]
    UnknownOrder,
    /// It is paid, or will not be.
    #[error("the order is not waiting for a payment")]
    NotWanted,
    /// It is about to be cancelled.
    #[error("the time for paying is over")]
    TooLate,
}

impl Command for RequestPayment {
    type Aggregate = Order;
    type Refusal = RequestPaymentRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, RequestPaymentRefused> {
        let details = order.details().ok_or(RequestPaymentRefused::UnknownOrder)?;
        match details.stage {
            Stage::Placed | Stage::AwaitingPayment if self.at >= details.pay_by => Err(RequestPaymentRefused::TooLate),
            Stage::Placed => Ok(vec![OrderEvent::PaymentRequested(PaymentRequested { at: self.at })]),
            // What came of it is not known yet: whoever asks again asks under the same key.
            Stage::AwaitingPayment => Ok(vec![]),
            Stage::Paid | Stage::Confirmed | Stage::PaymentRefused | Stage::Cancelled(_) => {
                Err(RequestPaymentRefused::NotWanted)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::given;

    use super::{
        super::{
            CancelReason,
            fixtures::{AT, cancelled, paid, pay_by, payment_requested, placed},
        },
        *,
    };

    const REQUEST: RequestPayment = RequestPayment { at: AT };

    #[test]
    fn a_payment_is_requested_once_and_asked_for_until_the_answer_is_known() {
        given([]).when(REQUEST).then_refused(RequestPaymentRefused::UnknownOrder);
        given([placed()]).when(REQUEST).then([payment_requested()]);
        given([placed(), payment_requested()]).when(REQUEST).then([]);
        given([placed(), payment_requested(), paid()]).when(REQUEST).then_refused(RequestPaymentRefused::NotWanted);
    }

    #[test]
    fn nobody_is_asked_for_money_for_what_they_do_not_get() {
        let given_up = [placed(), cancelled(CancelReason::ByCustomer, false)];
        given(given_up).when(REQUEST).then_refused(RequestPaymentRefused::NotWanted);
        let late = RequestPayment { at: pay_by() };
        given([placed()]).when(late.clone()).then_refused(RequestPaymentRefused::TooLate);
        given([placed(), payment_requested()]).when(late).then_refused(RequestPaymentRefused::TooLate);
    }
}
