//! Who takes the money: a strategy with several implementations, chosen by the order's method.

pub mod card;
pub mod invoice;
mod ledger;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::users::UserId;
use uuid::Uuid;

use crate::domain::{Amount, Method, OrderId, PaymentReference, RefusalReason};

pub use card::CardProvider;
pub use invoice::InvoiceProvider;

/// Takes the money of orders, and gives it back.
///
/// Whoever asks may be killed before the answer is written down, and asks again. So the order's id is the key of its
/// charge, and the cause's that of a refund: however often a provider is asked under a key, it acts once.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Takes the order's amount, once for each order.
    async fn charge(&self, charge: &Charge) -> Result<Charged, PaymentError>;

    /// Gives back what was taken for the order, if anything was, and takes nothing for it any more.
    async fn refund(&self, refund: &RefundRequest) -> Result<Refunded, PaymentError>;
}

/// What is to be taken.
#[derive(Clone, Debug)]
pub struct Charge {
    pub order: OrderId,
    pub customer: UserId,
    pub amount: Amount,
    /// The id of the event that it answers to.
    pub cause: Uuid,
}

/// What is to be given back.
#[derive(Clone, Copy, Debug)]
pub struct RefundRequest {
    pub order: OrderId,
    /// The id of the event that makes it due. Money that comes after a refund is given back for another cause.
    pub cause: Uuid,
}

/// What came of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charged {
    /// The provider stands for the money.
    Paid(PaymentReference),
    /// It never will.
    Refused(RefusalReason),
}

/// What came of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refunded {
    Returned(PaymentReference),
    NothingHeld,
}

/// Why it is not known what came of it: ask again, under the same key. Reasons are codes without personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// Nothing was sent: the provider is being left alone for so long.
    #[error("not now")]
    Paused(Duration),
    /// The provider says when to come back.
    #[error("{reason}")]
    Later { reason: &'static str, after: Option<Duration> },
    /// It may have happened, or not.
    #[error("{0}")]
    Unknown(&'static str),
}

/// The providers of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Providers {
    pub card: Option<Arc<dyn PaymentProvider>>,
    pub invoice: Arc<dyn PaymentProvider>,
}

impl Providers {
    /// `None` where the method is not, or no longer, on offer.
    pub fn of(&self, method: Method) -> Option<&dyn PaymentProvider> {
        match method {
            Method::Card => self.card.as_deref(),
            Method::Invoice => Some(&*self.invoice),
        }
    }
}
