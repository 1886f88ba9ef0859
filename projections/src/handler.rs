//! Runs a projection as a consumer of the log, and tells the bus what was committed.

use std::sync::{Arc, Mutex, PoisonError};

use ::metrics::counter;
use bootstrap::db::Connection;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use event_store::{
    RecordedEvent,
    consumer::{ConsumerKey, Handler, HandlerError, Standing},
};
use messaging::Bus;
use tracing::error;

use crate::{
    Batch, Change, Projection,
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
    /// What was found when the build was last looked at.
    guarded: Mutex<Option<(Standing, Guarded)>>,
    /// The newest batch of this handler, and the fence under which it was committed; `None` before the first.
    last: Mutex<Option<(i64, i64)>>,
}

/// What a batch did.
#[derive(Debug, Default)]
pub(crate) struct Projected {
    /// `None` when the batch had no event for this projection.
    guarded: Option<Guarded>,
    first: i64,
    changes: Vec<Change>,
}

impl Projecting {
    pub(crate) fn new(projection: Arc<dyn Projection>, key: ConsumerKey, bus: Arc<dyn Bus>) -> Self {
        Self { projection, key, bus, guarded: Mutex::new(None), last: Mutex::new(None) }
    }

    /// Looks at the build, unless nothing of it can have changed since it was last looked at.
    async fn guarded(&self, conn: &mut Connection, standing: Standing) -> Result<Guarded, HandlerError> {
        let known = *self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some((before, guarded)) if before == standing => Ok(guarded),
            Some(_) | None => {
                let guarded = guard::check(conn, &self.key, BuildState::Active).await?.ok_or_else(replaced)?;
                *self.guarded.lock().unwrap_or_else(PoisonError::into_inner) = Some((standing, guarded));
                Ok(guarded)
            }
        }
    }

    /// What is to be told of a batch, or nothing where it had no event: those who wait for such a position look at the
    /// checkpoint.
    fn note(&self, projected: Projected, to: i64) -> Option<Batch> {
        let guarded = projected.guarded?;
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace((to, guarded.fence));
        let from = match before {
            Some((position, fence)) if fence == guarded.fence => position,
            // Another process may have worked until a moment ago. Rather a gap too many, which costs a reader one
            // query, than one too few.
            Some(_) | None => projected.first - 1,
        };
        let batch = Batch::new(guarded.epoch.to_string(), from, to, Some(guarded.parked), projected.changes);
        Some(Batch { fence: Some(guarded.fence), ..batch })
    }
}

impl Handler for Projecting {
    type Effects = Projected;

    async fn handle(
        &self,
        conn: &mut Connection,
        standing: Standing,
        events: &[RecordedEvent],
    ) -> Result<Projected, HandlerError> {
        let guarded = self.guarded(conn, standing).await?;
        let changes = self.projection.project(conn, events).await?;
        let first = events.first().map_or(0, |event| event.position);
        counter!(EVENTS, "projection" => self.projection.name()).increment(events.len() as u64);
        Ok(Projected { guarded: Some(guarded), first, changes })
    }

    async fn committed(&self, projected: Projected, position: i64) {
        counter!(CHANGES, "projection" => self.projection.name()).increment(projected.changes.len() as u64);
        if let Some(batch) = self.note(projected, position) {
            publish(&*self.bus, &self.key, &batch);
        }
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
