//! Runs a projection as a consumer of the log, and tells the bus what was committed.

use std::sync::{Arc, Mutex, PoisonError};

use ::metrics::counter;
use bootstrap::db::Connection;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use event_store::{
    RecordedEvent,
    consumer::{ConsumerKey, Handler, HandlerError},
};
use messaging::Bus;
use tracing::error;

use crate::{
    Batch, Change, Epoch, Projection,
    builds::BuildState,
    guard::{self, Guarded},
    metrics::{CHANGES, EVENTS},
};

/// One lane of the active build of a projection.
#[derive(Debug)]
pub(crate) struct Projecting {
    projection: Arc<dyn Projection>,
    key: ConsumerKey,
    bus: Arc<dyn Bus>,
    last: Mutex<Last>,
}

/// The newest batch that this handler has committed.
#[derive(Debug)]
struct Last {
    epoch: Epoch,
    /// `None` before the first batch: another process may have worked until a moment ago.
    commit: Option<Commit>,
}

#[derive(Clone, Copy, Debug)]
struct Commit {
    /// `None` as long as there was nothing to handle.
    fence: Option<i64>,
    to: i64,
}

/// What a batch did.
#[derive(Debug, Default)]
pub(crate) struct Projected {
    /// `None` when the batch had no event for this projection.
    guarded: Option<Guarded>,
    first: i64,
    pub(crate) changes: Vec<Change>,
}

impl Projecting {
    pub(crate) fn new(projection: Arc<dyn Projection>, key: ConsumerKey, epoch: Epoch, bus: Arc<dyn Bus>) -> Self {
        Self { projection, key, bus, last: Mutex::new(Last { epoch, commit: None }) }
    }

    fn note(&self, projected: Projected, to: i64) -> Batch {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let fence = projected.guarded.map(|guarded| guarded.fence);
        let from = match last.commit {
            // Under another fence, another process may have worked in between.
            Some(commit) if fence.is_none() || commit.fence.is_none() || commit.fence == fence => commit.to,
            // Rather a gap too many, which costs a reader one query, than one too few.
            Some(_) | None if fence.is_some() => projected.first - 1,
            Some(_) | None => to,
        };
        if let Some(guarded) = projected.guarded {
            last.epoch = guarded.epoch;
        }
        let known = last.commit.and_then(|commit| commit.fence);
        last.commit = Some(Commit { fence: fence.or(known), to });
        let parked = projected.guarded.map(|guarded| guarded.parked);
        Batch::new(last.epoch.to_string(), from, to, parked, projected.changes)
    }
}

impl Handler for Projecting {
    type Effects = Projected;

    async fn handle(&self, conn: &mut Connection, events: &[RecordedEvent]) -> Result<Projected, HandlerError> {
        let guarded = guard::check(conn, &self.key, BuildState::Active).await?.ok_or_else(replaced)?;
        let changes = self.projection.project(conn, events).await?;
        let first = events.first().map_or(0, |event| event.position);
        counter!(EVENTS, "projection" => self.projection.name()).increment(events.len() as u64);
        Ok(Projected { guarded: Some(guarded), first, changes })
    }

    async fn committed(&self, projected: Projected, position: i64) {
        counter!(CHANGES, "projection" => self.projection.name()).increment(projected.changes.len() as u64);
        publish(&*self.bus, &self.key, &self.note(projected, position));
    }
}

/// Ends the runner, and not as a fault of the events: whoever started it looks for the build that took the place.
fn replaced() -> HandlerError {
    let reason = "this build of the projection does not serve any more".to_owned();
    HandlerError::Query(QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, Box::new(reason)))
}

pub(crate) fn publish(bus: &dyn Bus, key: &ConsumerKey, batch: &Batch) {
    match batch.to_notice(&key.consumer, key.build, key.lane) {
        Ok(notice) => bus.publish_change(notice),
        Err(error) => error!(consumer = %key.lease_name(), %error, "a notice cannot be written"),
    }
}
