//! How changes get from a hub to whoever wants them.

use std::time::Instant;

use futures::{StreamExt, TryStreamExt, stream};

use super::Hub;
use crate::live::{
    registry::Place,
    source::{Change, SourceError},
    told::Told,
};

/// Changes opened and serialised at the same time.
const RENDERED_AT_ONCE: usize = 16;

impl Hub {
    /// Routes changes, which are in the order of their positions, to those who know what was before `begun`. Fails without
    /// having routed any of them.
    pub(super) async fn apply(
        &self,
        changes: Vec<Change>,
        reach: Reach,
        begun: i64,
        since: Instant,
    ) -> Result<(), SourceError> {
        let wanted = self.claim(changes, &reach);
        let tell = |change| async move { Told::of(self.source(), &change).await.map(|told| (change, told)) };
        let told: Vec<(Change, Told)> = stream::iter(wanted).map(tell).buffered(RENDERED_AT_ONCE).try_collect().await?;
        let told = self.recall(told, begun).await?;
        for (at, change) in told.iter().enumerate() {
            // A position is behind us with the last of its rows only.
            let is_last = told.get(at + 1).is_none_or(|next| next.position != change.position);
            let upto = if is_last { change.position } else { change.position - 1 };
            let mut registry = self.lock();
            let upto = registry.place_mut().map_or(upto, |place| reach.upto(place, upto));
            registry.route(change, upto, since);
        }
        self.arrive(&reach);
        Ok(())
    }

    /// Picks what somebody wants. Whoever comes later finds it all in the read model.
    fn claim(&self, changes: Vec<Change>, reach: &Reach) -> Vec<Change> {
        let mut registry = self.lock();
        let last = changes.last().map_or(0, |change| change.position).max(reach.position());
        if let Some(place) = registry.place_mut() {
            place.claimed = place.claimed.max(last);
        }
        for change in changes.iter().filter(|change| registry.knows(change.key)) {
            if let Some(standing) = self.source.standing(change) {
                registry.judge(change.key, &standing);
            }
        }
        changes.into_iter().filter(|change| registry.wants(change)).collect()
    }

    pub(super) fn arrive(&self, reach: &Reach) {
        if let Some(place) = self.lock().place_mut() {
            reach.arrive(place);
        }
    }
}

/// How far some changes lead.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// One lane, to a position.
    Lane(usize, i64),
    /// The whole projection.
    All(i64),
}

impl Reach {
    fn position(self) -> i64 {
        match self {
            Self::Lane(_, position) | Self::All(position) => position,
        }
    }

    /// Where a subscriber is that got everything of this reach up to a position.
    fn upto(self, place: &mut Place, position: i64) -> i64 {
        match self {
            Self::Lane(lane, to) => {
                place.advance(lane, position.min(to));
                place.applied()
            }
            Self::All(reached) => position.min(reached),
        }
    }

    fn arrive(self, place: &mut Place) {
        match self {
            Self::Lane(lane, position) => place.advance(lane, position),
            Self::All(position) => place.advance_all(position),
        }
        place.claimed = place.claimed.max(place.applied());
    }
}
