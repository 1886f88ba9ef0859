//! Builds the copy of all data about a person that the person has asked for, and keeps it sealed under the person's key.

use std::time::Duration;

use bootstrap::db;
use chrono::Utc;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncConnection, RunQueryDsl};
use domain::{Aggregate, users::User};
use event_store::{EventStore, StreamId, subject_keys::SubjectKeyError};
use jobs::{EnqueueOptions, Job, JobContext, JobError, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{
    Privacy, SendExportReadyEmail,
    export_document::{self, ExportError},
    exported_files::files_of,
};
use crate::{retention::MAINTENANCE_QUEUE, schema::exports};

/// As the API opens it.
const EXPORT: &str = "user.export";
const PENDING: &str = "pending";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildExport {
    pub user_id: Uuid,
    pub export_id: Uuid,
    /// The id of the event with which it was asked for. Absent in jobs of earlier builds, which nobody is mailed about.
    #[serde(default)]
    pub cause: Option<Uuid>,
}

impl Job for BuildExport {
    const KIND: &'static str = "privacy.build_export";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const MAX_ATTEMPTS: u16 = 6;
    const TIMEOUT: Duration = Duration::from_secs(300);
    /// Somebody waits for it.
    const PRIORITY: i16 = 5;
    const UNIQUE: UniqueWindow = UniqueWindow::Forever;

    type State = Privacy;

    fn key(&self) -> Option<String> {
        Some(self.export_id.to_string())
    }

    async fn run(self, ctx: JobContext<Privacy>) -> JobResult {
        let span = info_span!("users.build_export", user_id = %self.user_id, export_id = %self.export_id);
        let last = ctx.attempt >= ctx.max_attempts;
        let built = self.build(&ctx.state).instrument(span).await;
        if last && matches!(built, Err(JobError::Failed { .. } | JobError::Discarded(_))) {
            self.give_up(ctx.state.erasure.events.pool()).await?;
        }
        built
    }
}

impl BuildExport {
    async fn build(&self, privacy: &Privacy) -> JobResult {
        let (events, keys) = (&privacy.erasure.events, &privacy.erasure.keys);
        let mut conn = events.pool().get().await?;
        let state: Option<String> =
            exports::table.find(self.export_id).select(exports::state).first(&mut conn).await.optional()?;
        // Expired or erased meanwhile, or built by an attempt whose end nobody has seen.
        if state.as_deref() != Some(PENDING) {
            return Err(JobError::cancelled("not_pending"));
        }
        drop(conn);
        let key = keys.get(self.user_id).await.map_err(ExportError::from)?;
        let stream = StreamId::new(User::CATEGORY, self.user_id);
        let loaded = EventStore::load::<User>(events, &stream).await.map_err(ExportError::from)?;
        let account = loaded.state.account().ok_or(SubjectKeyError::Erased).map_err(ExportError::from)?;
        let files = files_of(&privacy.filing, &key, self.user_id, &privacy.public_url).await?;
        let text = export_document::build(events, &key, self.user_id, account, files, Utc::now()).await?;
        let sealed = key.seal(EXPORT, &text);
        let mut conn = events.pool().get().await?;
        conn.transaction(async |conn| {
            let finished = diesel::update(exports::table.find(self.export_id).filter(exports::state.eq(PENDING)))
                .set((
                    exports::state.eq("ready"),
                    exports::content.eq(sealed.as_str()),
                    exports::size_bytes.eq(text.len() as i64),
                    exports::finished_at.eq(Utc::now()),
                ))
                .execute(conn)
                .await?;
            if let Some(mail) = self.mail().filter(|_| finished > 0) {
                jobs::enqueue(conn, &mail, &EnqueueOptions::default()).await?;
            }
            diesel::QueryResult::Ok(())
        })
        .await?;
        Ok(())
    }

    /// By which the person learns that it is ready.
    fn mail(&self) -> Option<SendExportReadyEmail> {
        let Self { user_id, export_id, cause } = *self;
        cause.map(|cause| SendExportReadyEmail { user_id, cause, export_id })
    }

    /// Whoever waits is told.
    async fn give_up(&self, pool: &db::Pool) -> JobResult {
        let mut conn = pool.get().await?;
        diesel::update(exports::table.find(self.export_id).filter(exports::state.eq(PENDING)))
            .set((exports::state.eq("failed"), exports::finished_at.eq(Utc::now())))
            .execute(&mut conn)
            .await?;
        Ok(())
    }
}

impl From<ExportError> for JobError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Keys(SubjectKeyError::Erased) => Self::cancelled("erased"),
            // Nothing of the error's own text: what could not be read may be in it.
            ExportError::Keys(_) => Self::failed("subject_key_unavailable"),
            ExportError::Read(_) => Self::failed("log_unavailable"),
            ExportError::Json(_) => Self::discarded("not_json"),
        }
    }
}
