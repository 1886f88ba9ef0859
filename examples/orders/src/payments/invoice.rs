//! The provider that lets customers pay on account: an invoice in our own book, and a mail with it. No network.

use async_trait::async_trait;
use bootstrap::db::{Connection, PoolError, Pooled};
use jobs::JobError;
use serde_json::json;
use workers::users::Mailing;

use super::{Charge, Charged, PaymentError, PaymentProvider, RefundRequest, Refunded, ledger};
use crate::{
    domain::{PaymentReference, RefusalReason},
    mails::INVOICE,
};

/// Cheap to clone.
#[derive(Clone)]
pub struct InvoiceProvider {
    mailing: Mailing,
}

impl InvoiceProvider {
    pub fn new(mailing: Mailing) -> Self {
        Self { mailing }
    }

    async fn connection(&self) -> Result<Pooled, PaymentError> {
        let later = |_: PoolError| PaymentError::Later { reason: "database_unavailable", after: None };
        self.mailing.store.pool().get().await.map_err(later)
    }
}

#[async_trait]
impl PaymentProvider for InvoiceProvider {
    /// The invoice counts as paid when it is out: we give credit.
    async fn charge(&self, charge: &Charge) -> Result<Charged, PaymentError> {
        let issued = ledger::issue(&mut *self.connection().await?, charge).await.map_err(database_error)?;
        let Some(number) = issued else { return Ok(Charged::Refused(RefusalReason::CustomerUnreachable)) };
        let reference = reference(number)?;
        let values = json!({"number": reference.as_str(), "total": charge.amount.to_string()});
        match self.mailing.notify(charge.customer.as_uuid(), charge.cause, INVOICE.kind, values).await {
            Ok(()) => Ok(Charged::Paid(reference)),
            // Nobody will get it, so nobody will pay it.
            Err(JobError::Cancelled(_) | JobError::Discarded(_)) => {
                let refund = RefundRequest { order: charge.order, cause: charge.cause };
                credit(&mut *self.connection().await?, &refund).await?;
                Ok(Charged::Refused(RefusalReason::CustomerUnreachable))
            }
            Err(JobError::Snoozed(after)) => Err(PaymentError::Paused(after)),
            Err(JobError::Failed { after, .. }) => Err(PaymentError::Later { reason: "mail_failed", after }),
        }
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<Refunded, PaymentError> {
        match credit(&mut *self.connection().await?, refund).await? {
            Some(number) => reference(number).map(Refunded::Returned),
            None => Ok(Refunded::NothingHeld),
        }
    }
}

async fn credit(conn: &mut Connection, refund: &RefundRequest) -> Result<Option<i64>, PaymentError> {
    ledger::credit(conn, refund).await.map_err(database_error)
}

/// As the invoice shows it.
fn reference(number: i64) -> Result<PaymentReference, PaymentError> {
    PaymentReference::parse(&format!("INV-{number:06}")).map_err(|_| PaymentError::Unknown("malformed_reference"))
}

fn database_error(_: diesel::result::Error) -> PaymentError {
    PaymentError::Later { reason: "database_error", after: None }
}
