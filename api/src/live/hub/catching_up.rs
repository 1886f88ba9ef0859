//! What a hub does when it has missed something: it reads the read model, and the log where that does not tell enough.

use std::{collections::BTreeSet, time::Instant};

use ::metrics::counter;
use tracing::debug;
use uuid::Uuid;

use super::{Hub, in_time, routing::Reach};
use crate::live::{
    metrics,
    protocol::ResetReason,
    source::{Before, Change, Extent, Page, SourceError},
    told::Told,
};

/// Rows read at once when a gap is repaired.
const BACKFILL_ROWS: usize = 500;

impl Hub {
    /// Whether something that is wanted does not say what it was before.
    pub(super) fn lacks(&self, changes: &[Change]) -> bool {
        let registry = self.lock();
        changes.iter().any(|change| matches!(change.before, Before::Untold) && registry.wants(change))
    }

    /// Reads what was missed from the read model.
    pub(super) async fn catch_up(&self) -> Result<(), SourceError> {
        let Some(place) = self.lock().place().cloned() else { return Ok(()) };
        counter!(metrics::GAPS, "projection" => self.source.projection()).increment(1);
        let reading = Reading::begin(self);
        let since = Instant::now();
        // What subscribers know is no older than this, whatever is sent to them meanwhile.
        let begun = place.applied();
        let mut after = begun;
        let mut first = None;
        loop {
            let Page { mark, changes, more } =
                in_time(self.source.changed(&reading.extent, after, BACKFILL_ROWS)).await?;
            if mark.epoch != place.epoch {
                return self.begin(mark).await;
            }
            // Lanes that are faster may have written rows beyond it, and slower ones below them may follow.
            let complete = *first.get_or_insert(mark.position);
            after = changes.last().map_or(after, |change| change.position);
            let reached = if more { after.min(complete) } else { complete };
            self.note_backfill(&changes, reached);
            self.apply(changes, Reach::All(reached), begun, since).await?;
            if !more {
                return Ok(());
            }
        }
    }

    fn note_backfill(&self, changes: &[Change], reached: i64) {
        let projection = self.source.projection();
        debug!(projection, rows = changes.len(), reached, "backfilled");
        counter!(metrics::BACKFILLED, "projection" => projection).increment(changes.len() as u64);
    }

    /// Adds what the records were before, where the changes do not say it. Where that is more than can be read, whoever
    /// looks at such a part begins anew, and the changes are told as if nobody had seen the records.
    pub(super) async fn recall(&self, changes: Vec<(Change, Told)>, begun: i64) -> Result<Vec<Told>, SourceError> {
        let untold: Vec<&Change> =
            changes.iter().map(|(change, _)| change).filter(|change| matches!(change.before, Before::Untold)).collect();
        let earlier = if untold.is_empty() { None } else { Some(in_time(self.source.earlier(&untold, begun)).await?) };
        let parts: BTreeSet<Uuid> = untold.iter().filter_map(|change| change.part).collect();
        let mut told: Vec<Told> = changes.into_iter().map(|(_, told)| told).collect();
        match earlier {
            None => {}
            Some(Some(mut earlier)) => {
                told.iter_mut().for_each(|told| told.recall(earlier.remove(&told.key).unwrap_or_default()));
            }
            Some(None) => {
                for (serial, peer) in parts.into_iter().flat_map(|part| self.watchers(part)) {
                    peer.reset(serial, ResetReason::Epoch);
                }
            }
        }
        Ok(told)
    }
}

/// A look through some parts of the projection. Whoever begins to look at another part meanwhile waits for its end, since
/// what has changed there is not among what is read.
struct Reading<'a> {
    hub: &'a Hub,
    extent: Extent,
}

impl<'a> Reading<'a> {
    fn begin(hub: &'a Hub) -> Self {
        let mut registry = hub.lock();
        let extent = registry.extent();
        registry.set_reading(extent != Extent::All);
        Self { hub, extent }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.hub.lock().set_reading(false);
        self.hub.placed.notify_waiters();
    }
}
