//! Makes changes of collections felt by those who follow their records, within two seconds and on every process: it reads
//! what the log says of collections, whatever the bus and the read models do.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bootstrap::{Shutdown, db};
use domain::{
    Aggregate,
    collections::{Collection, CollectionId, Shape},
};
use event_store::{EventStore, ReadError, RecordedEvent, log};
use tokio::{sync::watch, time::MissedTickBehavior};
use tracing::warn;
use uuid::Uuid;

use super::hub::Hub;
use crate::{
    collections::{CollectionBook, Found},
    error::ApiResult,
};

/// Half a second is for the reading and the telling, the rest for a machine that has other things to do.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const PAGE: i64 = 1000;

/// Follows the collections of which somebody follows the records.
pub(crate) struct Definitions {
    events: EventStore,
    pool: db::Pool,
    collections: CollectionBook,
    /// That of the records.
    hub: Arc<Hub>,
    /// Everything up to here has been told; `None` before the first look at the log.
    reached: watch::Sender<Option<i64>>,
    /// Collections whose records are still read by the definition before.
    behind: Mutex<BTreeSet<Uuid>>,
}

impl Definitions {
    pub(crate) fn new(events: EventStore, pool: db::Pool, collections: CollectionBook, hub: Arc<Hub>) -> Self {
        Self { events, pool, collections, hub, reached: watch::Sender::new(None), behind: Mutex::default() }
    }

    /// The definition that a collection has by now; what changes of it from now on is told to whoever is registered. `None`
    /// when it was deleted.
    pub(crate) async fn latest(&self, collection: CollectionId) -> ApiResult<Option<Arc<Shape>>> {
        // Fails when the sender is gone, which lives as long as this.
        drop(self.reached.subscribe().wait_for(Option::is_some).await);
        let found = self.collections.read_by_id(collection).await?;
        if found.as_ref().is_some_and(Found::is_behind) {
            self.behind().insert(collection.as_uuid());
        }
        Ok(found.map(|found| found.shape))
    }

    /// Looks at the log until the process stops. May be started again after a failure: nothing is passed over.
    pub(super) async fn follow(&self, shutdown: &Shutdown) -> Result<(), Infallible> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_blind = false;
        loop {
            tokio::select! {
                () = shutdown.requested() => return Ok(()),
                _ = look.tick() => {}
            }
            let looked = self.look().await;
            if let Err(error) = &looked
                && !is_blind
            {
                warn!(%error, "which collections have changed is not known any more");
            }
            is_blind = looked.is_err();
        }
    }

    async fn look(&self) -> ApiResult<()> {
        let reached = *self.reached.borrow();
        let Some(reached) = reached else {
            let head =
                log::head(&mut *self.pool.get().await.map_err(ReadError::from)?).await.map_err(ReadError::from)?;
            self.reached.send_replace(Some(head));
            return Ok(());
        };
        let behind: Vec<Uuid> = self.behind().iter().copied().collect();
        for collection in behind {
            self.tell_of(collection).await?;
        }
        // Known before it is asked who is there: whoever comes after that reads the definition later still.
        let head = self.events.head().position();
        if head <= reached {
            return Ok(());
        }
        if self.hub.watched_parts().is_empty() {
            self.reached.send_replace(Some(head));
            return Ok(());
        }
        self.tell(reached, head).await
    }

    async fn tell(&self, mut reached: i64, head: i64) -> ApiResult<()> {
        while reached < head {
            let log::Window { events, upto } = self.window(reached, head).await?;
            let watched: BTreeSet<Uuid> = self.hub.watched_parts().into_iter().collect();
            let changed: BTreeSet<Uuid> = events.iter().filter_map(RecordedEvent::aggregate_id).collect();
            for collection in watched.intersection(&changed) {
                self.tell_of(*collection).await?;
            }
            self.reached.send_replace(Some(upto));
            if upto <= reached {
                // What was heard of is not there yet.
                return Ok(());
            }
            reached = upto;
        }
        Ok(())
    }

    fn behind(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn window(&self, reached: i64, head: i64) -> Result<log::Window, ReadError> {
        let filter = log::Filter { categories: Some(vec![Collection::CATEGORY.to_owned()]), lane: None };
        Ok(log::window(&mut *self.pool.get().await?, &filter, reached, head, PAGE).await?)
    }

    async fn tell_of(&self, collection: Uuid) -> ApiResult<()> {
        let found = self.collections.read_by_id(CollectionId::from_uuid(collection)).await?;
        // Told again once they are read by the definition of the moment.
        match found.as_ref().is_some_and(Found::is_behind) {
            true => self.behind().insert(collection),
            false => self.behind().remove(&collection),
        };
        let shape = found.map(|found| found.shape);
        for (serial, peer) in self.hub.watchers(collection) {
            peer.redefine(serial, shape.as_ref());
        }
        Ok(())
    }
}
