//! The hub of one projection: follows its changes without a gap and hands them to whoever may see them.
//!
//! Notices are only hints. A hub knows how far it has come in every lane; whatever does not continue there, and a look
//! at the projection every second, make it read what it has missed from the read model.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::{counter, gauge};
use bootstrap::Shutdown;
use futures::{StreamExt, TryStreamExt, stream};
use messaging::{Bus, ChangeNotice, Received};
use projections::Batch;
use tokio::{sync::Notify, time::MissedTickBehavior};
use tracing::{debug, warn};
use uuid::Uuid;

use super::{
    Rendered, metrics,
    peer::Peer,
    protocol::{Closing, ResetReason},
    registry::{Place, Registry},
    source::{Change, Mark, Page, Scope, Source, SourceError},
    topic::Topic,
};
use crate::auth::AccessToken;

/// How often the projection's checkpoint is looked at while anybody is there.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A notice follows its commit within this time, or it will not come.
const NOTICE_TIME: Duration = Duration::from_millis(50);
/// Rows read at once when a gap is repaired.
const BACKFILL_ROWS: usize = 500;
/// Changes opened and serialised at the same time.
const RENDERED_AT_ONCE: usize = 16;
/// One question to the database.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Hub {
    source: Box<dyn Source>,
    registry: Mutex<Registry>,
    /// Somebody is waiting for the hub to know where the projection is.
    wanted: Notify,
    /// The hub has just learned it.
    placed: Notify,
}

/// The bus has ended, which it does only with the process.
#[derive(Debug, thiserror::Error)]
#[error("the bus has ended")]
pub(crate) struct BusEnded;

impl Hub {
    pub(crate) fn new(source: impl Source) -> Arc<Self> {
        Arc::new(Self {
            source: Box::new(source),
            registry: Mutex::default(),
            wanted: Notify::new(),
            placed: Notify::new(),
        })
    }

    pub(crate) fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// From now on the subscription is offered every change that is not in the read model already.
    pub(crate) fn register(self: &Arc<Self>, topic: &Topic, serial: u64, peer: &Arc<Peer>) -> Registration {
        self.lock().add(topic.scope, serial, Arc::clone(peer));
        gauge!(metrics::SUBSCRIPTIONS).increment(1);
        Registration { hub: Arc::clone(self), scope: topic.scope, serial }
    }

    /// From now on the connection learns of changes of its user's rights.
    pub(crate) fn attend(self: &Arc<Self>, user_id: Uuid, peer: &Arc<Peer>) -> Attendance {
        self.lock().add_person(user_id, Arc::clone(peer));
        Attendance { hub: Arc::clone(self), user_id, peer: Arc::clone(peer) }
    }

    pub(crate) fn is_attended(&self) -> bool {
        self.lock().is_attended()
    }

    /// Tells all connections that roles permit something else from now on.
    pub(crate) fn permit_anew(&self) {
        self.lock().permit_anew();
    }

    /// Whether a connection of the user is there.
    pub(crate) fn knows(&self, user_id: Uuid) -> bool {
        self.lock().knows(user_id)
    }

    /// Closes those connections of a user whose tokens have become void.
    pub(crate) fn withdraw(&self, user_id: Uuid, why: (Closing, &'static str), is_void: impl Fn(&AccessToken) -> bool) {
        self.lock().withdraw(user_id, why, is_void);
    }

    /// Closes all connections that were signed in on before this era.
    pub(crate) fn begin_era(&self, era: u32) {
        self.lock().begin_era(era);
    }

    /// The epoch, and the position that the read model must have reached to hold everything that somebody who was
    /// registered before this call will not be offered.
    pub(crate) async fn floor(&self) -> (Arc<str>, i64) {
        loop {
            let placed = self.placed.notified();
            tokio::pin!(placed);
            placed.as_mut().enable();
            if let Some(place) = self.lock().place() {
                return (Arc::clone(&place.epoch), place.claimed);
            }
            self.wanted.notify_one();
            placed.await;
        }
    }

    /// Follows the projection until the process stops. May be started again after a failure: nobody misses anything.
    pub(crate) async fn run(&self, bus: &dyn Bus, shutdown: &Shutdown) -> Result<(), BusEnded> {
        let mut notices = bus.changes();
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Where the projection was seen, and when its notice must have come.
        let mut expected: Option<(i64, tokio::time::Instant)> = None;
        loop {
            let overdue = expected.map_or_else(tokio::time::Instant::now, |(_, at)| at);
            let done = tokio::select! {
                () = shutdown.requested() => return Ok(()),
                received = notices.next() => match received {
                    Some(Received::Item(notice)) => self.hear(&notice).await,
                    Some(Received::Interrupted) => self.look().await.map(|ahead| {
                        expected = ahead.map(|position| (position, tokio::time::Instant::now()));
                    }),
                    None => return Err(BusEnded),
                },
                () = self.wanted.notified() => self.look().await.map(drop),
                _ = look.tick() => self.look().await.map(|ahead| {
                    expected = ahead.map(|position| (position, tokio::time::Instant::now() + NOTICE_TIME));
                }),
                () = tokio::time::sleep_until(overdue), if expected.is_some() => {
                    let position = expected.take().map_or(0, |(position, _)| position);
                    self.expect(position).await
                }
            };
            if let Err(error) = done {
                // The look that follows within a second makes up for it.
                warn!(projection = self.source.projection(), %error, "live updates are behind");
            }
        }
    }

    /// Takes a notice in, if it continues where the hub is.
    async fn hear(&self, notice: &ChangeNotice) -> Result<(), SourceError> {
        let since = Instant::now();
        if notice.projection != self.source.projection() {
            return Ok(());
        }
        let lane = usize::try_from(notice.lane).unwrap_or(usize::MAX);
        let Some(place) = self.lock().place().cloned() else { return Ok(()) };
        if notice.position <= place.of_lane(lane) {
            return Ok(());
        }
        let read = Batch::from_notice(notice).map(|batch| {
            let changes: Option<Vec<Change>> = batch.changes.into_iter().map(change).collect();
            (batch.epoch, batch.from, changes)
        });
        match read {
            // Of a build that does not serve, or one that has just begun to: the next look shows which.
            Ok((epoch, _, _)) if *epoch != *place.epoch => Ok(()),
            Ok((_, from, Some(changes))) if from <= place.of_lane(lane) => {
                let fresh = changes.into_iter().filter(|change| change.position > place.of_lane(lane)).collect();
                self.apply(fresh, Reach::Lane(lane, notice.position), since).await
            }
            Ok(_) => {
                self.catch_up().await?;
                // The notice was sent after the commit, so what was read holds it.
                self.arrive(&Reach::Lane(lane, notice.position));
                Ok(())
            }
            Err(_) => self.catch_up().await,
        }
    }

    /// Compares with the projection, where anybody is there to whom it matters. Returns where the projection is when
    /// that is further than the hub.
    async fn look(&self) -> Result<Option<i64>, SourceError> {
        let place = {
            let mut registry = self.lock();
            if !registry.is_watched() {
                // Costs nothing while nobody is there, and begins anew with the next one.
                registry.move_to(None);
                return Ok(None);
            }
            registry.place().cloned()
        };
        let mark = in_time(self.source.mark()).await?;
        match place {
            Some(place) if place.epoch == mark.epoch => Ok((mark.position > place.applied()).then_some(mark.position)),
            Some(_) | None => self.begin(mark).await.map(|()| None),
        }
    }

    /// Catches up, unless the notices have led there by now.
    async fn expect(&self, position: i64) -> Result<(), SourceError> {
        let arrived = self.lock().place().is_none_or(|place| place.applied() >= position);
        if arrived { Ok(()) } else { self.catch_up().await }
    }

    /// Begins at a mark. Subscriptions of another epoch end.
    async fn begin(&self, mark: Mark) -> Result<(), SourceError> {
        let lanes = in_time(self.source.lanes()).await?;
        let ended = {
            let mut registry = self.lock();
            let other_epoch = registry.place().is_some_and(|place| place.epoch != mark.epoch);
            registry.move_to(Some(Place::at(mark, lanes)));
            if other_epoch { registry.take_all() } else { vec![] }
        };
        for (serial, peer) in ended {
            peer.reset(serial, ResetReason::Epoch);
        }
        self.placed.notify_waiters();
        Ok(())
    }

    /// Reads what was missed from the read model.
    async fn catch_up(&self) -> Result<(), SourceError> {
        let Some(place) = self.lock().place().cloned() else { return Ok(()) };
        let (since, projection) = (Instant::now(), self.source.projection());
        counter!(metrics::GAPS, "projection" => projection).increment(1);
        let mut after = place.applied();
        let mut first = None;
        loop {
            let Page { mark, changes, more } = in_time(self.source.changed(&Scope::All, after, BACKFILL_ROWS)).await?;
            if mark.epoch != place.epoch {
                return self.begin(mark).await;
            }
            // Lanes that are faster may have written rows beyond it, and slower ones below them may follow.
            let complete = *first.get_or_insert(mark.position);
            after = changes.last().map_or(after, |change| change.position);
            let reached = if more { after.min(complete) } else { complete };
            debug!(projection, rows = changes.len(), reached, "backfilled");
            counter!(metrics::BACKFILLED, "projection" => projection).increment(changes.len() as u64);
            self.apply(changes, Reach::All(reached), since).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Routes changes, which are in the order of their positions. Fails without having routed any of them.
    async fn apply(&self, changes: Vec<Change>, reach: Reach, since: Instant) -> Result<(), SourceError> {
        let wanted: Vec<Option<Change>> = {
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
            changes.into_iter().map(|change| registry.wants(change.key).then_some(change)).collect()
        };
        let render = |change: Change| async move { Rendered::of(self.source(), &change).await.map(Arc::new) };
        let rendered: Vec<Arc<Rendered>> =
            stream::iter(wanted.into_iter().flatten()).map(render).buffered(RENDERED_AT_ONCE).try_collect().await?;
        for (at, change) in rendered.iter().enumerate() {
            // A position is behind us with the last of its rows only.
            let is_last = rendered.get(at + 1).is_none_or(|next| next.position != change.position);
            let upto = if is_last { change.position } else { change.position - 1 };
            let mut registry = self.lock();
            let upto = registry.place_mut().map_or(upto, |place| reach.upto(place, upto));
            registry.route(change, upto, since);
        }
        self.arrive(&reach);
        Ok(())
    }

    fn arrive(&self, reach: &Reach) {
        if let Some(place) = self.lock().place_mut() {
            reach.arrive(place);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far some changes lead.
#[derive(Clone, Copy, Debug)]
enum Reach {
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

fn change(change: projections::Change) -> Option<Change> {
    let key = Uuid::parse_str(&change.key).ok()?;
    let projections::Change { position, version, row, .. } = change;
    Some(Change { position, key, version, row })
}

/// Waits for the database, but not longer than makes sense.
pub(crate) async fn in_time<T>(read: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
    tokio::time::timeout(READ_TIMEOUT, read).await.map_err(|_| SourceError::TimedOut)?
}

/// Ends a subscription's registration when it is dropped.
pub(crate) struct Registration {
    hub: Arc<Hub>,
    scope: Scope,
    pub(crate) serial: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.hub.lock().remove(self.scope, self.serial);
        gauge!(metrics::SUBSCRIPTIONS).decrement(1);
    }
}

/// Ends a connection's attendance when it is dropped.
pub(crate) struct Attendance {
    hub: Arc<Hub>,
    user_id: Uuid,
    peer: Arc<Peer>,
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.hub.lock().remove_person(self.user_id, &self.peer);
    }
}
