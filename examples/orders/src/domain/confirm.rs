//! Confirming an order that is paid.

use chrono::{DateTime, Utc};
use domain::Command;

use super::{Order, OrderEvent, Stage, events::Confirmed};

#[derive(Clone, Debug)]
pub struct ConfirmOrder {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmOrderRefused {
    #[error("there is no such order")]
    UnknownOrder,
    #[error("the order is not paid")]
    NotPaid,
    #[error("the order is cancelled")]
    Cancelled,
}

impl Command for ConfirmOrder {
    type Aggregate = Order;
    type Refusal = ConfirmOrderRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, ConfirmOrderRefused> {
        match order.details().ok_or(ConfirmOrderRefused::UnknownOrder)?.stage {
            Stage::Paid => Ok(vec![OrderEvent::Confirmed(Confirmed { at: self.at })]),
            Stage::Confirmed => Ok(vec![]),
            Stage::Placed | Stage::AwaitingPayment | Stage::PaymentRefused => Err(ConfirmOrderRefused::NotPaid),
            Stage::Cancelled(_) => Err(ConfirmOrderRefused::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::given;

    use super::{
        super::{
            CancelReason,
            fixtures::{AT, cancelled, confirmed, paid, payment_requested, placed},
        },
        *,
    };

    const CONFIRM: ConfirmOrder = ConfirmOrder { at: AT };

    #[test]
    fn only_what_is_paid_is_confirmed_and_only_once() {
        given([placed(), payment_requested(), paid()]).when(CONFIRM).then([confirmed()]);
        given([placed(), payment_requested(), paid(), confirmed()]).when(CONFIRM).then([]);
        given([placed(), payment_requested()]).when(CONFIRM).then_refused(ConfirmOrderRefused::NotPaid);
        let cancelled = [placed(), payment_requested(), paid(), cancelled(CancelReason::ByCustomer, true)];
        given(cancelled).when(CONFIRM).then_refused(ConfirmOrderRefused::Cancelled);
        given([]).when(CONFIRM).then_refused(ConfirmOrderRefused::UnknownOrder);
    }
}
