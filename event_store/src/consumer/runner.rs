//! The loop of a consumer: hold the lease, read, handle and move the checkpoint in one transaction, publish, again.

use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use bootstrap::{
    Shutdown,
    db::{self, Connection, ConnectionFailed},
};
use diesel::QueryResult;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use futures::FutureExt;
use tokio::time::timeout;
use tracing::{info, warn};
use uuid::Uuid;

use super::{
    Handler, HandlerError, Lease, Settings, Standing,
    checkpoint::{self, Checkpoint},
    gauges::Gauges,
    pace::Pace,
    parked,
};
use crate::{
    Head,
    head::POLL_ALONE,
    log::{self, Window},
};

/// The server ends statements and idle transactions after a minute; a client that still waits then has lost it.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(90);

/// One lane of one build of a consumer.
#[derive(Debug)]
pub struct Runner<H> {
    pub settings: Settings,
    pub handler: H,
    pub head: Head,
    pub url: String,
}

/// Why a batch was not committed.
pub(super) enum BatchError {
    /// Somebody else has the lease, or the build was retired.
    Fenced,
    Handler(HandlerError),
    Query(diesel::result::Error),
}

impl From<diesel::result::Error> for BatchError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

/// What a runner knows while it holds the lease.
pub(super) struct Holding {
    pub(super) lease: Lease,
    renew_at: Instant,
    pub(super) position: i64,
    pub(super) parked: HashSet<String>,
    parked_generation: i64,
}

impl<H: Handler> Runner<H> {
    /// Runs until the process stops, or until the database fails, which the supervisor answers by starting it again.
    pub async fn run(&self, shutdown: &Shutdown) -> Result<(), ConnectionFailed> {
        let mut conn = self.connect().await?;
        let holder = Uuid::now_v7().to_string();
        while !shutdown.is_requested() {
            let Some(mut holding) = timeout(ANSWER_TIMEOUT, self.take_lease(&mut conn, &holder)).await?? else {
                shutdown.sleep(self.settings.lease / 3).await;
                continue;
            };
            info!(consumer = %self.settings.key.lease_name(), position = holding.position, "consuming");
            self.consume(&mut conn, &mut holding, shutdown).await?;
            if shutdown.is_requested() {
                timeout(ANSWER_TIMEOUT, holding.lease.release(&mut conn)).await??;
            }
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Connection, ConnectionFailed> {
        let mut conn = db::connect(&self.url).await?;
        let commit = if self.settings.durable { "on" } else { "off" };
        // Statements are planned once, on tables that may be empty: a plan that scans an empty table must not stay.
        conn.batch_execute(&format!(
            "SET application_name = 'tidemark {}'; SET synchronous_commit = {commit}; SET statement_timeout = '60s'; \
             SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off; SET idle_in_transaction_session_timeout = '60s'",
            self.settings.key.lease_name()
        ))
        .await?;
        Ok(conn)
    }

    async fn take_lease(&self, conn: &mut Connection, holder: &str) -> Result<Option<Holding>, ConnectionFailed> {
        let Settings { key, lease, start_at, .. } = &self.settings;
        let Some(lease) = Lease::acquire(conn, &key.lease_name(), holder, *lease).await? else { return Ok(None) };
        let Checkpoint { position, parked_generation, .. } =
            checkpoint::take_over(conn, key, lease.fence(), *start_at).await?;
        let parked = parked::streams(conn, key).await?;
        let renew_at = Instant::now() + lease.renew_after();
        Ok(Some(Holding { lease, renew_at, position, parked, parked_generation }))
    }

    /// Consumes until the lease is lost or the process stops.
    async fn consume(
        &self,
        conn: &mut Connection,
        holding: &mut Holding,
        shutdown: &Shutdown,
    ) -> Result<(), ConnectionFailed> {
        let (mut failures, mut pace, gauges) = (0, Pace::default(), Gauges::of(&self.settings.key));
        while !shutdown.is_requested() {
            if holding.renew_at <= Instant::now() {
                if !timeout(ANSWER_TIMEOUT, holding.lease.renew(conn)).await?? {
                    return Ok(());
                }
                holding.renew_at = Instant::now() + holding.lease.renew_after();
            }
            let Some(head) = self.wait_for_events(holding, shutdown).await else { continue };
            if pace.rests() && timeout(ANSWER_TIMEOUT, self.pass_over(conn, holding, head)).await?? {
                gauges.record(holding, head, None);
                rest(&mut pace, 0, holding.position >= head, shutdown).await;
                continue;
            }
            let window = log::window(conn, &self.settings.filter, holding.position, head, self.settings.batch);
            let window = timeout(ANSWER_TIMEOUT, window).await??;
            if window.upto == holding.position {
                // The log is not as far as somebody said.
                shutdown.sleep(POLL_ALONE).await;
                continue;
            }
            match timeout(ANSWER_TIMEOUT, self.handle(conn, holding, &window)).await? {
                Ok(()) => failures = 0,
                Err(BatchError::Fenced) => {
                    warn!(consumer = %self.settings.key.lease_name(), "another process has taken over");
                    return Ok(());
                }
                Err(BatchError::Query(error)) => return Err(error.into()),
                Err(BatchError::Handler(error)) => {
                    failures += 1;
                    warn!(consumer = %self.settings.key.lease_name(), %error, failures, "a batch failed");
                    if !self.handle_one_by_one(conn, holding, &window, shutdown).await? {
                        return Ok(());
                    }
                }
            }
            gauges.record(holding, head, window.events.last());
            rest(&mut pace, window.events.len(), window.upto >= head, shutdown).await;
        }
        Ok(())
    }

    /// Moves the checkpoint over what has nothing for this lane, in one statement. False where that cannot be: what there is
    /// has to be looked at.
    async fn pass_over(&self, conn: &mut Connection, holding: &mut Holding, head: i64) -> QueryResult<bool> {
        let Settings { key, filter, batch, .. } = &self.settings;
        let (fence, from) = (holding.lease.fence(), holding.position);
        let upto = filter.window_end(from, head, *batch);
        let passed = checkpoint::pass_over(conn, key, fence, filter, from, upto).await?;
        holding.position = passed.unwrap_or(from);
        Ok(passed.is_some())
    }

    /// The head once it is beyond the checkpoint; `None` when the lease wants renewing or the process stops.
    async fn wait_for_events(&self, holding: &Holding, shutdown: &Shutdown) -> Option<i64> {
        let renew = tokio::time::sleep_until(holding.renew_at.into());
        tokio::select! {
            biased;
            head = self.head.beyond(holding.position) => Some(head),
            () = renew => None,
            () = shutdown.requested() => None,
        }
    }

    /// Handles a window in one transaction and publishes what came of it. Over one without events the checkpoint moves alone.
    pub(super) async fn handle(
        &self,
        conn: &mut Connection,
        holding: &mut Holding,
        window: &Window,
    ) -> Result<(), BatchError> {
        let key = &self.settings.key;
        let (fence, from) = (holding.lease.fence(), holding.position);
        if window.events.is_empty() {
            checkpoint::advance(conn, key, fence, from, window.upto).await?.ok_or(BatchError::Fenced)?;
            holding.position = window.upto;
            return Ok(());
        }
        let (parked, known_generation) = (&mut holding.parked, &mut holding.parked_generation);
        let effects = conn
            .transaction(async |conn| {
                let generation =
                    checkpoint::advance(conn, key, fence, from, window.upto).await?.ok_or(BatchError::Fenced)?;
                if generation != *known_generation {
                    *parked = parked::streams(conn, key).await?;
                    *known_generation = generation;
                }
                let digestible = parked::without(&window.events, parked);
                let events = digestible.as_deref().unwrap_or(&window.events);
                if events.is_empty() {
                    return Ok(H::Effects::default());
                }
                // A panic is a failure like any other: its stream is parked in the end, and the lane goes on.
                let standing = Standing { fence, generation };
                let handled = AssertUnwindSafe(self.handler.handle(conn, standing, events)).catch_unwind().await;
                handled
                    .unwrap_or_else(|_| Err(HandlerError::Other("the handler panicked".to_owned())))
                    .map_err(BatchError::from_handler)
            })
            .await?;
        holding.position = window.upto;
        self.handler.committed(effects, window.upto).await;
        Ok(())
    }
}

/// Rests after so many events, unless more of the log is there already.
async fn rest(pace: &mut Pace, events: usize, caught_up: bool, shutdown: &Shutdown) {
    if let Some(rest) = pace.after(events).filter(|_| caught_up) {
        shutdown.sleep(rest).await;
    }
}

impl BatchError {
    /// A failed statement is the event's fault unless the connection is gone.
    fn from_handler(error: HandlerError) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        match error {
            HandlerError::Query(
                error @ (Error::BrokenTransactionManager
                | Error::DatabaseError(
                    Kind::UnableToSendCommand | Kind::ClosedConnection | Kind::SerializationFailure,
                    _,
                )),
            ) => Self::Query(error),
            error => Self::Handler(error),
        }
    }
}
