//! Closes connections whose session has ended or was renewed, within two seconds and on every process: it reads what the log
//! says of sessions, whatever the bus and the read models do.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bootstrap::{Shutdown, db};
use domain::{
    Aggregate,
    users::{
        User, UserEvent,
        events::{SessionEnded, SteppedUp},
    },
};
use event_store::{EventStore, ReadError, RecordedEvent, log};
use tokio::{sync::watch, time::MissedTickBehavior};
use tracing::{error, warn};
use uuid::Uuid;

use super::hub::Hub;
use crate::auth::{AccessToken, Eras};

/// Half a second is for the reading and the closing, the rest for a machine that has other things to do.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// What ends, or renews, one session of a user. What ends all of them raises the generation, which the read model tells.
const TYPES: [&str; 2] = [UserEvent::SESSION_ENDED, UserEvent::STEPPED_UP];
const PAGE: i64 = 1000;

/// Follows the ends of sessions.
pub(crate) struct Endings {
    events: EventStore,
    pool: db::Pool,
    eras: Eras,
    hubs: Vec<Arc<Hub>>,
    /// Everything up to here has been told; `None` before the first look at the log.
    reached: watch::Sender<Option<i64>>,
    /// The era that connections were told of last.
    told: watch::Sender<u32>,
}

impl Endings {
    pub(crate) fn new(events: EventStore, pool: db::Pool, eras: Eras, hubs: Vec<Arc<Hub>>) -> Self {
        Self { events, pool, eras, hubs, reached: watch::Sender::new(None), told: watch::Sender::new(0) }
    }

    /// Waits until whatever ends from now on will be told.
    pub(crate) async fn ready(&self) {
        // Fails when the sender is gone, which lives as long as this.
        drop(self.reached.subscribe().wait_for(Option::is_some).await);
    }

    /// Looks at the log until the process stops. May be started again after a failure: nothing is passed over.
    pub(super) async fn follow(&self, shutdown: &Shutdown) -> Result<(), Infallible> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.requested() => return Ok(()),
                _ = look.tick() => {}
            }
            if let Err(error) = self.look().await {
                warn!(%error, "which sessions have ended is not known any more");
            }
        }
    }

    async fn look(&self) -> Result<(), ReadError> {
        let reached = *self.reached.borrow();
        let Some(reached) = reached else {
            let head = log::head(&mut *self.pool.get().await?).await?;
            self.reached.send_replace(Some(head));
            return Ok(());
        };
        // Known before it is asked who is there: whoever comes after that reads their own stream later still, and costs
        // nothing until then.
        let head = self.events.head().position();
        if head <= reached {
            return Ok(());
        }
        if !self.hubs.iter().any(|hub| hub.is_attended()) {
            self.reached.send_replace(Some(head));
            return Ok(());
        }
        self.tell_of_the_era().await?;
        self.tell_of_sessions(reached).await
    }

    async fn tell_of_the_era(&self) -> Result<(), ReadError> {
        let era = self.eras.refresh().await?;
        if self.told.send_replace(era) != era {
            self.hubs.iter().for_each(|hub| hub.begin_era(era));
        }
        Ok(())
    }

    async fn tell_of_sessions(&self, mut reached: i64) -> Result<(), ReadError> {
        let mut conn = self.pool.get().await?;
        loop {
            let log::Window { events, upto } = log::of_types(&mut conn, User::CATEGORY, &TYPES, reached, PAGE).await?;
            events.iter().for_each(|event| self.tell(event));
            reached = upto;
            self.reached.send_replace(Some(reached));
            if (events.len() as i64) < PAGE {
                return Ok(());
            }
        }
    }

    fn tell(&self, event: &RecordedEvent) {
        let Some(user) = event.aggregate_id() else { return };
        match event.decode::<UserEvent>() {
            Ok(happened) => {
                if let UserEvent::SessionEnded(SessionEnded { session_id, .. }) = happened {
                    self.withdraw(user, |token| token.session_id == session_id);
                } else if let UserEvent::SteppedUp(SteppedUp { session_id, rotation, .. }) = happened {
                    self.withdraw(user, |token| token.session_id == session_id && token.counts.rotation < rotation);
                }
            }
            // One that cannot be read must not hold up all others.
            Err(error) => error!(%error, position = event.position, "the end of a session cannot be read"),
        }
    }

    fn withdraw(&self, user: Uuid, is_void: impl Fn(&AccessToken) -> bool) {
        self.hubs.iter().for_each(|hub| hub.withdraw(user, &is_void));
    }
}
