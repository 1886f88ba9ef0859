//! The hub of one projection: follows its changes without a gap and hands them to whoever may see them.
//!
//! Notices are only hints. A hub knows how far it has come in every lane; whatever does not continue there, and a look
//! at the projection every second, make it read what it has missed from the read model.

mod catching_up;
mod registration;
mod routing;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use bootstrap::Shutdown;
use messaging::{Bus, ChangeNotice, Received};
use projections::Batch;
use tokio::{sync::Notify, time::MissedTickBehavior};
use tracing::warn;
use uuid::Uuid;

pub(crate) use registration::{Attendance, Registration};
use routing::Reach;

use super::{
    metrics,
    peer::Peer,
    protocol::{Closing, ResetReason},
    registry::{Place, Registry},
    source::{Change, Extent, Mark, Source, SourceError},
    topic::Topic,
};
use crate::auth::AccessToken;

/// How often the projection's checkpoint is looked at while anybody is there.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A notice follows its commit within this time, or it will not come.
const NOTICE_TIME: Duration = Duration::from_millis(50);
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
        self.lock().add(topic, serial, Arc::clone(peer));
        gauge!(metrics::SUBSCRIPTIONS).increment(1);
        let (scope, audience) = (topic.scope, topic.audience.fingerprint);
        Registration { hub: Arc::clone(self), scope, audience, serial }
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

    /// Who looks at a part of the projection.
    pub(crate) fn watchers(&self, part: Uuid) -> Vec<(u64, Arc<Peer>)> {
        self.lock().watchers(part)
    }

    /// The parts that anybody looks at, where the projection has parts.
    pub(crate) fn watched_parts(&self) -> Vec<Uuid> {
        match self.lock().extent() {
            Extent::Parts(parts) => parts,
            Extent::All | Extent::One(_) => vec![],
        }
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
            if let Some(place) = self.lock().floor() {
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
            let told = |change| self.source.told(change);
            let changes: Option<Vec<Change>> = batch.changes.into_iter().map(told).collect();
            (batch.epoch, batch.from, changes)
        });
        match read {
            // Of a build that does not serve, or one that has just begun to: the next look shows which.
            Ok((epoch, _, _)) if *epoch != *place.epoch => Ok(()),
            Ok((_, from, Some(changes))) if from <= place.of_lane(lane) && !self.lacks(&changes) => {
                let fresh = changes.into_iter().filter(|change| change.position > place.of_lane(lane)).collect();
                self.apply(fresh, Reach::Lane(lane, notice.position), from, since).await
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

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the database, but not longer than makes sense.
pub(crate) async fn in_time<T>(read: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
    tokio::time::timeout(READ_TIMEOUT, read).await.map_err(|_| SourceError::TimedOut)?
}
