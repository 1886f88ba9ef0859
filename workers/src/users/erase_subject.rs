//! Removes the last traces of a person who was erased, and finishes an erasure that was cut off.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use diesel::{sql_query, sql_types::Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use event_store::erasure::{ErasureError, Unfinished};
use jobs::{EnqueueOptions, Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info, info_span};
use uuid::Uuid;

use super::Privacy;
use crate::{retention::MAINTENANCE_QUEUE, system};

/// Tables beside the log that have rows of persons, and the column that says whose. Rows of sign-in attempts cannot be
/// told apart by person: they go by age.
const TABLES: [(&str, &str); 6] = [
    ("sessions", "user_id"),
    ("totp_steps", "user_id"),
    ("api_key_uses", "user_id"),
    ("exports", "user_id"),
    ("email_log", "subject"),
    ("email_undeliverable", "subject"),
];
/// Whoever has begun an erasure so lately is probably still at it.
const CUT_OFF_AFTER: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseSubject {
    pub user_id: Uuid,
}

impl Job for EraseSubject {
    const KIND: &'static str = "privacy.erase_subject";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    /// Before whatever else is to be deleted.
    const PRIORITY: i16 = 10;

    type State = Privacy;

    fn key(&self) -> Option<String> {
        Some(self.user_id.to_string())
    }

    async fn run(self, ctx: JobContext<Privacy>) -> JobResult {
        let span = info_span!("users.erase_subject", user_id = %self.user_id);
        self.erase(&ctx.state).instrument(span).await
    }
}

impl EraseSubject {
    async fn erase(self, privacy: &Privacy) -> JobResult {
        // Does whatever whoever has begun it did not come to.
        let erased = privacy.erasure.replay(self.user_id, Utc::now(), system::metadata()).await;
        erased.map_err(|error| failure(&error))?;
        let mut conn = privacy.erasure.events.pool().get().await?;
        for (table, column) in TABLES {
            sql_query(format!("DELETE FROM {table} WHERE {column} = $1"))
                .bind::<SqlUuid, _>(self.user_id)
                .execute(&mut conn)
                .await?;
        }
        drop(conn);
        privacy.filing.delete_all_of(self.user_id).await?;
        let finished = privacy.erasure.ledger.finish(self.user_id, Utc::now()).await;
        finished.map_err(|error| failure(&error.into()))?;
        info!("nothing is left");
        Ok(())
    }
}

fn failure(error: &ErasureError) -> JobError {
    match error {
        ErasureError::UnknownUser => JobError::cancelled("unknown_user"),
        ErasureError::Ledger(_) => JobError::failed("ledger_unavailable"),
        ErasureError::NotBegun(_) | ErasureError::NotFinished(Unfinished::Execute(_) | Unfinished::Read(_)) => {
            JobError::failed("log_unavailable")
        }
        ErasureError::NotFinished(Unfinished::Keys(_)) => JobError::failed("subject_key_unavailable"),
    }
}

/// Looks through the ledger for erasures that were begun and not finished, on schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishErasures {}

impl Job for FinishErasures {
    const KIND: &'static str = "privacy.finish_erasures";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = Privacy;

    async fn run(self, ctx: JobContext<Privacy>) -> JobResult {
        let entries = ctx.state.erasure.ledger.entries().await.map_err(|error| failure(&error.into()))?;
        let before = Utc::now() - CUT_OFF_AFTER;
        let cut_off = entries.into_iter().filter(|entry| entry.finished_at.is_none() && entry.begun_at < before);
        let mut conn = ctx.state.erasure.events.pool().get().await?;
        let jobs = cut_off.map(|entry| EraseSubject { user_id: entry.subject });
        jobs::enqueue_all(&mut conn, jobs, &EnqueueOptions::default()).await?;
        Ok(())
    }
}
