//! The saga of an order: each event of it leads to jobs, each job asks somebody outside and writes down what came of it.
//!
//! Placed, the provider is asked for the money, and a job is set to the time at which the order is given up. Paid, it is
//! confirmed; refused, cancelled. What is cancelled when money was, or may have been, taken is refunded. Every step can be
//! killed anywhere and repeated: jobs decide on the order as it is, and providers act once for each key.

mod cancel_order;
mod confirm_order;
mod expire_payment;
mod reactions;
mod refund_payment;
mod request_payment;
mod send_email;
mod step;

use std::sync::Arc;

use anyhow::Context as _;
use event_store::EventStore;
use workers::{Services, Work, users::Mailing};

use self::{
    cancel_order::CancelUnpaidOrder, confirm_order::ConfirmPaidOrder, expire_payment::ExpirePayment,
    refund_payment::RefundPayment, request_payment::RequestOrderPayment, send_email::SendOrderEmail,
};
use crate::{
    health,
    payments::{CardProvider, InvoiceProvider, PaymentProvider, Providers},
    settings::Settings,
};

pub use reactions::OrderReactions;

/// Of jobs that wait for a provider, so that a slow one holds nothing else up.
pub const PAYMENT_QUEUE: &str = "order_payments";
/// Of jobs that only write to the log.
pub const ORDER_QUEUE: &str = "orders";
const PAYMENTS_AT_ONCE: usize = 8;
const STEPS_AT_ONCE: usize = 4;

/// What the jobs of orders stand on. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub store: EventStore,
    pub providers: Providers,
    pub mailing: Mailing,
}

/// Adds the jobs to a worker.
pub fn jobs(services: &Services, work: Work) -> anyhow::Result<Work> {
    let settings = Settings::read(&services.context.config)?;
    let card = settings.card.as_ref().map(CardProvider::new).transpose().context("the card provider")?;
    health::register(services, card.as_ref());
    let mailing = services.mailing.clone();
    let providers = Providers {
        card: card.map(|card| Arc::new(card) as Arc<dyn PaymentProvider>),
        invoice: Arc::new(InvoiceProvider::new(mailing.clone())),
    };
    let desk = Desk { store: services.store().clone(), providers, mailing };
    Ok(work
        .queue(PAYMENT_QUEUE, PAYMENTS_AT_ONCE)
        .queue(ORDER_QUEUE, STEPS_AT_ONCE)
        .job::<RequestOrderPayment>(desk.clone())
        .job::<ConfirmPaidOrder>(desk.clone())
        .job::<CancelUnpaidOrder>(desk.clone())
        .job::<ExpirePayment>(desk.clone())
        .job::<RefundPayment>(desk.clone())
        .job::<SendOrderEmail>(desk))
}
