//! What all steps have in common: a command on the order, in the trace of what led to it.

use api::clock::Clock;
use chrono::{DateTime, Utc};
use domain::{Aggregate, Command};
use event_store::{ExecuteError, Executed, Execution, Metadata, ReadError, StreamId};
use jobs::{JobContext, JobError};
use uuid::Uuid;

use super::Desk;
use crate::{
    domain::{Details, Order, OrderId},
    payments::PaymentError,
};

/// The order that a job is about.
pub(super) struct Step<'a> {
    desk: &'a Desk,
    stream: StreamId,
    metadata: Metadata,
}

impl<'a> Step<'a> {
    /// `cause` is the id of the event that led to the job.
    pub(super) fn of(ctx: &'a JobContext<Desk>, order: OrderId, cause: Uuid) -> Self {
        let metadata = Metadata {
            causation_id: Some(cause),
            traceparent: ctx.traceparent.clone(),
            client: Some("orders".to_owned()),
            actor: Some("system".to_owned()),
            ..Metadata::default()
        };
        Self { desk: &ctx.state, stream: StreamId::new(Order::CATEGORY, order.as_uuid()), metadata }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        Clock.now()
    }

    /// The order as it is.
    pub(super) async fn order(&self) -> Result<Details, JobError> {
        let loaded = self.desk.store.load::<Order>(&self.stream).await.map_err(unreadable)?;
        loaded.state.details().cloned().ok_or_else(|| JobError::discarded("no_such_order"))
    }

    /// Executes a command; the inner error is its refusal. A repeat needs no key: it is decided on the order as it is.
    pub(super) async fn execute<C>(&self, command: C) -> Result<Result<Executed<Order>, C::Refusal>, JobError>
    where
        C: Command<Aggregate = Order>,
    {
        let execution = Execution { metadata: self.metadata.clone(), ..Execution::new(Uuid::now_v7()) };
        match self.desk.store.execute(&self.stream, command, execution).await {
            Ok(done) => Ok(Ok(done)),
            Err(ExecuteError::Refused(refusal)) => Ok(Err(refusal)),
            Err(ExecuteError::Read(error)) => Err(unreadable(error)),
            Err(ExecuteError::VersionMismatch { .. } | ExecuteError::Append(_)) => {
                Err(JobError::failed("log_unavailable"))
            }
            Err(ExecuteError::Encode(_)) => Err(JobError::discarded("not_json")),
        }
    }
}

/// Nothing of the error's own text: what could not be read may be in it.
fn unreadable(_: ReadError) -> JobError {
    JobError::failed("log_unavailable")
}

impl From<PaymentError> for JobError {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::Paused(after) => Self::snoozed(after),
            PaymentError::Later { reason, after: Some(after) } => Self::failed_until(reason, after),
            PaymentError::Later { reason, after: None } | PaymentError::Unknown(reason) => Self::failed(reason),
        }
    }
}
