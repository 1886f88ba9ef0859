//! Cancelling an order: at the customer's wish, or because it is not paid.

use chrono::{DateTime, Utc};
use domain::Command;
use serde::{Deserialize, Serialize};

use super::{Funds, Order, OrderEvent, Stage, events::Cancelled};

/// Why an order is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    ByCustomer,
    PaymentRefused,
    PaymentTimedOut,
}

impl CancelReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByCustomer => "by_customer",
            Self::PaymentRefused => "payment_refused",
            Self::PaymentTimedOut => "payment_timed_out",
        }
    }
}

#[derive(Clone, Debug)]
pub struct CancelOrder {
    pub reason: CancelReason,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelOrderRefused {
    #[error("there is no such order")]
    UnknownOrder,
    /// For want of a payment, that is.
    #[error("the order is paid")]
    Paid,
}

impl Command for CancelOrder {
    type Aggregate = Order;
    type Refusal = CancelOrderRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, CancelOrderRefused> {
        let details = order.details().ok_or(CancelOrderRefused::UnknownOrder)?;
        let for_want_of_payment = match self.reason {
            CancelReason::ByCustomer => false,
            CancelReason::PaymentRefused | CancelReason::PaymentTimedOut => true,
        };
        match details.stage {
            Stage::Cancelled(_) => return Ok(vec![]),
            Stage::Paid | Stage::Confirmed if for_want_of_payment => return Err(CancelOrderRefused::Paid),
            Stage::Placed | Stage::AwaitingPayment | Stage::PaymentRefused | Stage::Paid | Stage::Confirmed => {}
        }
        let refund_due = match details.funds {
            // A request may be on its way, or done and its answer lost.
            Funds::Asked | Funds::Held(_) => true,
            Funds::Untouched | Funds::Returned(_) | Funds::Void => false,
        };
        Ok(vec![OrderEvent::Cancelled(Cancelled { reason: self.reason, refund_due, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::given;

    use super::{
        super::fixtures::{AT, cancelled, confirmed, paid, payment_requested, placed, refused},
        *,
    };

    fn cancel(reason: CancelReason) -> CancelOrder {
        CancelOrder { reason, at: AT }
    }

    #[test]
    fn what_may_be_paid_is_cancelled_with_a_refund() {
        let by_customer = || cancel(CancelReason::ByCustomer);
        given([placed()]).when(by_customer()).then([cancelled(CancelReason::ByCustomer, false)]);
        let steps = [placed(), payment_requested(), paid(), confirmed()];
        for steps in [&steps[..2], &steps[..3], &steps[..4]] {
            given(steps.to_vec()).when(by_customer()).then([cancelled(CancelReason::ByCustomer, true)]);
        }
        given([]).when(by_customer()).then_refused(CancelOrderRefused::UnknownOrder);
    }

    #[test]
    fn what_was_refused_is_cancelled_without_one() {
        let refused = [placed(), payment_requested(), refused()];
        let cancelled = cancelled(CancelReason::PaymentRefused, false);
        given(refused).when(cancel(CancelReason::PaymentRefused)).then([cancelled]);
    }

    #[test]
    fn nothing_is_cancelled_twice_and_nothing_that_is_paid_for_want_of_a_payment() {
        let timed_out = cancelled(CancelReason::PaymentTimedOut, true);
        given([placed(), payment_requested(), timed_out]).when(cancel(CancelReason::ByCustomer)).then([]);
        for reason in [CancelReason::PaymentTimedOut, CancelReason::PaymentRefused] {
            given([placed(), payment_requested(), paid()]).when(cancel(reason)).then_refused(CancelOrderRefused::Paid);
        }
    }
}
