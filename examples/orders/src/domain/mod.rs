//! Orders: what happens to one from placing it to its end. Pure, as the product's own `domain` is.

pub mod basket;
pub mod cancel;
pub mod confirm;
pub mod events;
pub mod order;
pub mod place;
pub mod record_payment;
pub mod record_refund;
pub mod record_refusal;
pub mod request_payment;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod golden;

pub use basket::{Amount, Basket, Currency, Item, Sku};
pub use cancel::{CancelOrder, CancelReason};
pub use confirm::ConfirmOrder;
pub use events::OrderEvent;
pub use order::{Details, Funds, Method, Order, OrderId, PaymentReference, Stage};
pub use place::PlaceOrder;
pub use record_payment::RecordPayment;
pub use record_refund::{RecordRefund, Refund};
pub use record_refusal::{RecordRefusal, RefusalReason};
pub use request_payment::RequestPayment;
