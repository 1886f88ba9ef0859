//! What has happened to an order, as it is stored.

use chrono::{DateTime, Utc};
use domain::{DecodeError, DomainEvent, EventName, users::UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Amount, CancelReason, Item, Method, PaymentReference, RefusalReason};

/// An event in the stream of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    Placed(Placed),
    PaymentRequested(PaymentRequested),
    Paid(Paid),
    PaymentRefused(PaymentRefused),
    Confirmed(Confirmed),
    Cancelled(Cancelled),
    PaidLate(PaidLate),
    Refunded(Refunded),
    PaymentVoided(PaymentVoided),
}

/// `order.placed`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub customer: UserId,
    pub items: Vec<Item>,
    pub total: Amount,
    pub method: Method,
    pub pay_by: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// `order.payment_requested`, version 1: written before the provider is asked, since from then on money may be on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequested {
    pub at: DateTime<Utc>,
}

/// `order.paid`, version 1: the provider stands for the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    pub reference: PaymentReference,
    pub at: DateTime<Utc>,
}

/// `order.payment_refused`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRefused {
    pub reason: RefusalReason,
    pub at: DateTime<Utc>,
}

/// `order.confirmed`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    pub at: DateTime<Utc>,
}

/// `order.cancelled`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    pub reason: CancelReason,
    /// Whether there is, or may be, money to be given back.
    pub refund_due: bool,
    pub at: DateTime<Utc>,
}

/// `order.paid_late`, version 1: the money came when the order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidLate {
    pub reference: PaymentReference,
    pub at: DateTime<Utc>,
}

/// `order.refunded`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    pub reference: PaymentReference,
    pub at: DateTime<Utc>,
}

/// `order.payment_voided`, version 1: the provider had taken nothing of a cancelled order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentVoided {
    pub at: DateTime<Utc>,
}

impl OrderEvent {
    pub const PLACED: &'static str = "order.placed";
    pub const PAYMENT_REQUESTED: &'static str = "order.payment_requested";
    pub const PAID: &'static str = "order.paid";
    pub const PAYMENT_REFUSED: &'static str = "order.payment_refused";
    pub const CONFIRMED: &'static str = "order.confirmed";
    pub const CANCELLED: &'static str = "order.cancelled";
    pub const PAID_LATE: &'static str = "order.paid_late";
    pub const REFUNDED: &'static str = "order.refunded";
    pub const PAYMENT_VOIDED: &'static str = "order.payment_voided";

    /// When it happened.
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Placed(event) => event.at,
            Self::PaymentRequested(event) => event.at,
            Self::Paid(event) => event.at,
            Self::PaymentRefused(event) => event.at,
            Self::Confirmed(event) => event.at,
            Self::Cancelled(event) => event.at,
            Self::PaidLate(event) => event.at,
            Self::Refunded(event) => event.at,
            Self::PaymentVoided(event) => event.at,
        }
    }
}

impl DomainEvent for OrderEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Placed(_) => Self::PLACED,
            Self::PaymentRequested(_) => Self::PAYMENT_REQUESTED,
            Self::Paid(_) => Self::PAID,
            Self::PaymentRefused(_) => Self::PAYMENT_REFUSED,
            Self::Confirmed(_) => Self::CONFIRMED,
            Self::Cancelled(_) => Self::CANCELLED,
            Self::PaidLate(_) => Self::PAID_LATE,
            Self::Refunded(_) => Self::REFUNDED,
            Self::PaymentVoided(_) => Self::PAYMENT_VOIDED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Placed(event) => to_raw_value(event),
            Self::PaymentRequested(event) => to_raw_value(event),
            Self::Paid(event) => to_raw_value(event),
            Self::PaymentRefused(event) => to_raw_value(event),
            Self::Confirmed(event) => to_raw_value(event),
            Self::Cancelled(event) => to_raw_value(event),
            Self::PaidLate(event) => to_raw_value(event),
            Self::Refunded(event) => to_raw_value(event),
            Self::PaymentVoided(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::PLACED, 1) => serde_json::from_str(json).map(Self::Placed),
            (Self::PAYMENT_REQUESTED, 1) => serde_json::from_str(json).map(Self::PaymentRequested),
            (Self::PAID, 1) => serde_json::from_str(json).map(Self::Paid),
            (Self::PAYMENT_REFUSED, 1) => serde_json::from_str(json).map(Self::PaymentRefused),
            (Self::CONFIRMED, 1) => serde_json::from_str(json).map(Self::Confirmed),
            (Self::CANCELLED, 1) => serde_json::from_str(json).map(Self::Cancelled),
            (Self::PAID_LATE, 1) => serde_json::from_str(json).map(Self::PaidLate),
            (Self::REFUNDED, 1) => serde_json::from_str(json).map(Self::Refunded),
            (Self::PAYMENT_VOIDED, 1) => serde_json::from_str(json).map(Self::PaymentVoided),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}
