//! Tells a user that the copy of their data can be downloaded.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use jobs::{Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{MAIL_JOB_TIMEOUT, MAIL_QUEUE, Mailing, Occasion};
use crate::{
    mailer::{ExportLink, Matter},
    schema::exports,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendExportReadyEmail {
    pub user_id: Uuid,
    /// The id of the event with which the user asked.
    pub cause: Uuid,
    pub export_id: Uuid,
}

impl Job for SendExportReadyEmail {
    const KIND: &'static str = "email.export_ready";
    const QUEUE: &'static str = MAIL_QUEUE;
    const TIMEOUT: Duration = MAIL_JOB_TIMEOUT;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Mailing;

    fn key(&self) -> Option<String> {
        Some(self.cause.to_string())
    }

    async fn run(self, ctx: JobContext<Mailing>) -> JobResult {
        let span = info_span!("users.send_export_ready_email", user_id = %self.user_id, cause = %self.cause);
        self.send(&ctx.state).instrument(span).await
    }
}

impl SendExportReadyEmail {
    async fn send(self, mailing: &Mailing) -> JobResult {
        let Self { user_id, cause, export_id } = self;
        let mut conn = mailing.store.pool().get().await?;
        let ready = exports::table.find(export_id).filter(exports::state.eq("ready"));
        let expires_at: Option<DateTime<Utc>> = ready.select(exports::expires_at).first(&mut conn).await.optional()?;
        drop(conn);
        // Deleted, or about to be: there is nothing to be fetched any more.
        let Some(expires_at) = expires_at.filter(|at| *at > Utc::now()) else {
            return Err(JobError::cancelled("export_expired"));
        };
        mailing.send(Occasion { user_id, cause }, Matter::ExportReady(ExportLink { export_id, expires_at })).await
    }
}
