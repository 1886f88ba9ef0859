//! What the tests of orders begin with.

use chrono::{DateTime, TimeDelta, Utc};
use domain::users::UserId;
use uuid::Uuid;

use super::{
    Basket, CancelReason, Currency, Item, Method, OrderEvent, PaymentReference, RefusalReason, Sku,
    events::{Cancelled, Confirmed, Paid, PaidLate, PaymentRefused, PaymentRequested, PaymentVoided, Placed, Refunded},
};

pub(super) const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

pub(super) fn pay_by() -> DateTime<Utc> {
    AT + TimeDelta::minutes(15)
}

pub(super) fn ada() -> UserId {
    UserId::from_uuid(Uuid::from_u128(1))
}

pub(super) fn basket() -> Basket {
    let item = Item { sku: Sku::parse("tea").unwrap(), quantity: 2, unit_price: 450 };
    Basket::of(vec![item], Currency::parse("EUR").unwrap()).unwrap()
}

pub(super) fn reference(text: &str) -> PaymentReference {
    PaymentReference::parse(text).unwrap()
}

pub(super) fn placed() -> OrderEvent {
    let (items, total) = (basket().items().to_vec(), basket().total().clone());
    OrderEvent::Placed(Placed { customer: ada(), items, total, method: Method::Card, pay_by: pay_by(), at: AT })
}

pub(super) fn payment_requested() -> OrderEvent {
    OrderEvent::PaymentRequested(PaymentRequested { at: AT })
}

pub(super) fn paid() -> OrderEvent {
    OrderEvent::Paid(Paid { reference: reference("ch_1"), at: AT })
}

pub(super) fn refused() -> OrderEvent {
    OrderEvent::PaymentRefused(PaymentRefused { reason: RefusalReason::Declined, at: AT })
}

pub(super) fn confirmed() -> OrderEvent {
    OrderEvent::Confirmed(Confirmed { at: AT })
}

pub(super) fn cancelled(reason: CancelReason, refund_due: bool) -> OrderEvent {
    OrderEvent::Cancelled(Cancelled { reason, refund_due, at: AT })
}

pub(super) fn paid_late() -> OrderEvent {
    OrderEvent::PaidLate(PaidLate { reference: reference("ch_1"), at: AT })
}

pub(super) fn refunded() -> OrderEvent {
    OrderEvent::Refunded(Refunded { reference: reference("ch_1"), at: AT })
}

pub(super) fn voided() -> OrderEvent {
    OrderEvent::PaymentVoided(PaymentVoided { at: AT })
}
