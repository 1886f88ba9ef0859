//! Writing down that the provider refuses to take the money of an order.

use chrono::{DateTime, Utc};
use domain::Command;
use serde::{Deserialize, Serialize};

use super::{Order, OrderEvent, Stage, events::PaymentRefused};

/// Why a provider says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The bank does not let it happen.
    Declined,
    /// The customer's account with us is gone, or takes no mail.
    CustomerUnreachable,
}

#[derive(Clone, Debug)]
pub struct RecordRefusal {
    pub reason: RefusalReason,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefusalRefused {
    #[error("there is no such order")]
    UnknownOrder,
}

impl Command for RecordRefusal {
    type Aggregate = Order;
    type Refusal = RecordRefusalRefused;

    fn decide(self, order: &Order) -> Result<Vec<OrderEvent>, RecordRefusalRefused> {
        let details = order.details().ok_or(RecordRefusalRefused::UnknownOrder)?;
        Ok(match details.stage {
            Stage::Placed | Stage::AwaitingPayment => {
                vec![OrderEvent::PaymentRefused(PaymentRefused { reason: self.reason, at: self.at })]
            }
            // Known already, or of no consequence any more: what is due to a cancelled order, its refund finds out.
            Stage::Paid | Stage::Confirmed | Stage::PaymentRefused | Stage::Cancelled(_) => vec![],
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::given;

    use super::{
        super::{
            CancelReason,
            fixtures::{AT, cancelled, payment_requested, placed, refused},
        },
        *,
    };

    const RECORD: RecordRefusal = RecordRefusal { reason: RefusalReason::Declined, at: AT };

    #[test]
    fn a_refusal_is_recorded_once() {
        given([placed(), payment_requested()]).when(RECORD).then([refused()]);
        given([placed(), payment_requested(), refused()]).when(RECORD).then([]);
        given([placed(), payment_requested(), cancelled(CancelReason::ByCustomer, true)]).when(RECORD).then([]);
        given([]).when(RECORD).then_refused(RecordRefusalRefused::UnknownOrder);
    }
}
