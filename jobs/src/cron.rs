//! Jobs on a schedule: exactly one per tick, however many processes run.

use std::{fmt, sync::Arc, time::Duration};

use bootstrap::db::Connection;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, RunQueryDsl};
use futures::future::BoxFuture;
use tracing::info;

use crate::{
    EnqueueOptions, Job, Schedule, UniqueWindow, enqueue, metrics,
    runtime::Runtime,
    schema::job_crons,
    store::{Store, StoreError},
};

/// A tick that no process enqueued within this time was missed, and the catch-up policy decides.
const ON_TIME: TimeDelta = TimeDelta::seconds(60);
/// Missed ticks that are looked at; older ones are not caught up.
const MOST_MISSED: usize = 10_000;

/// What to do about ticks at which no process ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// Nothing: the next tick is soon enough.
    Skip,
    /// One job for the latest of them.
    Latest,
    /// A job for each of them, at most so many, the latest ones.
    All { at_most: usize },
}

/// The cron entries of a process. Processes with the same entry share its ticks.
#[derive(Default)]
pub struct Crons {
    entries: Vec<Entry>,
}

type Enqueue =
    dyn for<'c> Fn(&'c mut Connection, DateTime<Utc>, EnqueueOptions) -> BoxFuture<'c, QueryResult<()>> + Send + Sync;

struct Entry {
    name: String,
    schedule: Schedule,
    catch_up: CatchUp,
    enqueue: Box<Enqueue>,
}

impl Crons {
    pub fn new() -> Self {
        Self::default()
    }

    /// Enqueues `job(tick)` at each tick of `schedule`. The name is stored: a renamed entry is a new one. A new entry
    /// starts with the tick after it is first seen.
    pub fn with<J: Job>(
        mut self,
        name: impl Into<String>,
        schedule: Schedule,
        catch_up: CatchUp,
        job: impl Fn(DateTime<Utc>) -> J + Send + Sync + 'static,
    ) -> Self {
        let enqueue: Box<Enqueue> = Box::new(move |conn, tick, options| {
            let job = job(tick);
            Box::pin(async move { enqueue(conn, &job, &options).await.map(|_| ()) })
        });
        self.entries.push(Entry { name: name.into(), schedule, catch_up, enqueue });
        self
    }
}

impl fmt::Debug for Crons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries.iter().map(|entry| &entry.name)).finish()
    }
}

impl Entry {
    /// The ticks after `last` to enqueue now, and the tick up to which all are dealt with.
    fn due(&self, last: DateTime<Utc>, now: DateTime<Utc>) -> (Vec<DateTime<Utc>>, DateTime<Utc>) {
        let following = std::iter::successors(self.schedule.after(last), |tick| self.schedule.after(*tick));
        let ticks: Vec<_> = following.take_while(|tick| *tick <= now).take(MOST_MISSED).collect();
        let dealt_with = ticks.last().copied().unwrap_or(last);
        let missed = ticks.iter().filter(|tick| now - **tick > ON_TIME).count();
        let caught_up = match self.catch_up {
            CatchUp::Skip => 0,
            CatchUp::Latest => usize::from(missed == ticks.len()),
            CatchUp::All { at_most } => at_most,
        };
        (ticks[missed.saturating_sub(caught_up)..].to_vec(), dealt_with)
    }

    /// Enqueues what is due, once over all processes: the entry's row is locked meanwhile.
    async fn run(&self, conn: &mut Connection, now: DateTime<Utc>) -> QueryResult<DateTime<Utc>> {
        conn.transaction(async |conn| {
            let row = job_crons::table.find(&self.name).select(job_crons::last_tick).for_update();
            let last: DateTime<Utc> = row.first(conn).await.optional()?.unwrap_or(now);
            let (ticks, dealt_with) = self.due(last, now);
            for tick in ticks {
                // The lock makes it one; the key says which tick a job is of, and would also keep a second one out.
                let key = format!("cron:{}:{}", self.name, tick.to_rfc3339());
                let options = EnqueueOptions::default().key(key).window(UniqueWindow::Forever);
                (self.enqueue)(conn, tick, options).await?;
                info!(cron = %self.name, %tick, "enqueued a job on schedule");
                ::metrics::counter!(metrics::CRON_TICKS, "cron" => self.name.clone()).increment(1);
            }
            let row = (job_crons::name.eq(&self.name), job_crons::last_tick.eq(dealt_with));
            let insert = diesel::insert_into(job_crons::table).values(&row);
            let upsert = insert.on_conflict(job_crons::name).do_update().set(job_crons::last_tick.eq(dealt_with));
            upsert.execute(conn).await?;
            Ok(dealt_with)
        })
        .await
    }
}

/// What this process knows of its entries. Time is the database's: a process whose clock jumps starts no tick early.
pub(crate) struct CronClock {
    runtime: Arc<Runtime>,
    /// The next tick of each entry; `None` before the entry was looked at.
    next: Vec<Option<DateTime<Utc>>>,
}

impl CronClock {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        let next = vec![None; runtime.crons.entries.len()];
        Self { runtime, next }
    }

    /// Enqueues what is due at `now`; answers how long it is until the next tick.
    pub(crate) async fn tick(&mut self, now: DateTime<Utc>) -> Result<Option<Duration>, StoreError> {
        for (entry, next) in self.runtime.crons.entries.iter().zip(&mut self.next) {
            if next.is_none_or(|next| next <= now) {
                let mut conn = self.runtime.store.connection().await?;
                let answer = Store::limited(entry.run(&mut conn, now)).await;
                let dealt_with = self.runtime.store.finish(conn, answer)?;
                *next = entry.schedule.after(dealt_with.max(now));
            }
        }
        let soonest = self.next.iter().flatten().min();
        Ok(soonest.and_then(|next| (*next - now).to_std().ok()))
    }
}
