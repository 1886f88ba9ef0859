//! What an order is at a moment: how far it has come, and where the customer's money is.

use chrono::{DateTime, Utc};
use domain::{Aggregate, users::UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Amount, CancelReason, Item, OrderEvent};

const MAX_REFERENCE_LENGTH: usize = 128;

/// Identifies an order. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(Uuid);

/// How an order is paid: which provider stands for the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Card,
    /// On account.
    Invoice,
}

/// What the provider calls a payment: up to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PaymentReference(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 128 visible ASCII characters")]
pub struct InvalidReference;

/// An order, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    #[default]
    Unknown,
    Known(Box<Details>),
}

/// An order as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub customer: UserId,
    pub items: Vec<Item>,
    pub total: Amount,
    pub method: Method,
    pub placed_at: DateTime<Utc>,
    /// An order that is not paid by then is cancelled.
    pub pay_by: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub stage: Stage,
    pub funds: Funds,
}

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Placed,
    /// The provider is being asked for the money.
    AwaitingPayment,
    Paid,
    /// For good, unless somebody cancels it.
    Confirmed,
    /// The provider said no. It is about to be cancelled.
    PaymentRefused,
    Cancelled(CancelReason),
}

/// Where the customer's money is, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funds {
    /// With the customer: nobody was asked for it, or the provider said no.
    Untouched,
    /// The provider was asked, and what it has done is not known.
    Asked,
    /// With us.
    Held(PaymentReference),
    /// With the customer again.
    Returned(PaymentReference),
    /// The provider has nothing of it.
    Void,
}

impl OrderId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for OrderId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Invoice => "invoice",
        }
    }
}

impl PaymentReference {
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        let is_reference =
            (1..=MAX_REFERENCE_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_reference { Ok(Self(text.to_owned())) } else { Err(InvalidReference) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PaymentReference {
    type Error = InvalidReference;

    fn try_from(text: String) -> Result<Self, InvalidReference> {
        Self::parse(&text)
    }
}

impl From<PaymentReference> for String {
    fn from(reference: PaymentReference) -> Self {
        reference.0
    }
}

impl Order {
    pub fn details(&self) -> Option<&Details> {
        match self {
            Self::Unknown => None,
            Self::Known(details) => Some(details),
        }
    }
}

impl Details {
    /// Whether money of a cancelled order is, or may be, where it should not be.
    pub fn is_refund_due(&self) -> bool {
        let may_be_taken = match self.funds {
            Funds::Asked | Funds::Held(_) => true,
            Funds::Untouched | Funds::Returned(_) | Funds::Void => false,
        };
        may_be_taken && matches!(self.stage, Stage::Cancelled(_))
    }

    /// The stage as clients read it; a cancelled order whose money is back is `refunded`.
    pub fn status(&self) -> &'static str {
        match (self.stage, &self.funds) {
            (Stage::Placed, _) => "placed",
            (Stage::AwaitingPayment, _) => "awaiting_payment",
            (Stage::Paid, _) => "paid",
            (Stage::Confirmed, _) => "confirmed",
            (Stage::PaymentRefused, _) => "payment_refused",
            (Stage::Cancelled(_), Funds::Returned(_)) => "refunded",
            (Stage::Cancelled(_), Funds::Untouched | Funds::Asked | Funds::Held(_) | Funds::Void) => "cancelled",
        }
    }

    pub fn cancel_reason(&self) -> Option<CancelReason> {
        match self.stage {
            Stage::Cancelled(reason) => Some(reason),
            Stage::Placed | Stage::AwaitingPayment | Stage::Paid | Stage::Confirmed | Stage::PaymentRefused => None,
        }
    }
}

impl Aggregate for Order {
    type Event = OrderEvent;
    const CATEGORY: &'static str = "order";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &OrderEvent) -> Self {
        match (event, self) {
            (OrderEvent::Placed(placed), _) => Self::Known(Box::new(Details {
                customer: placed.customer,
                items: placed.items.clone(),
                total: placed.total.clone(),
                method: placed.method,
                placed_at: placed.at,
                pay_by: placed.pay_by,
                updated_at: placed.at,
                stage: Stage::Placed,
                funds: Funds::Untouched,
            })),
            (_, Self::Unknown) => Self::Unknown,
            (event, Self::Known(mut details)) => {
                details.follow(event);
                Self::Known(details)
            }
        }
    }
}

impl Details {
    fn follow(&mut self, event: &OrderEvent) {
        self.updated_at = event.at();
        match event {
            OrderEvent::Placed(_) => {}
            OrderEvent::PaymentRequested(_) => (self.stage, self.funds) = (Stage::AwaitingPayment, Funds::Asked),
            OrderEvent::Paid(paid) => {
                (self.stage, self.funds) = (Stage::Paid, Funds::Held(paid.reference.clone()));
            }
            OrderEvent::PaymentRefused(_) => (self.stage, self.funds) = (Stage::PaymentRefused, Funds::Untouched),
            OrderEvent::Confirmed(_) => self.stage = Stage::Confirmed,
            OrderEvent::Cancelled(cancelled) => self.stage = Stage::Cancelled(cancelled.reason),
            OrderEvent::PaidLate(paid) => self.funds = Funds::Held(paid.reference.clone()),
            OrderEvent::Refunded(refunded) => self.funds = Funds::Returned(refunded.reference.clone()),
            OrderEvent::PaymentVoided(_) => self.funds = Funds::Void,
        }
    }
}
