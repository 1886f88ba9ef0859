//! Answers that are kept, and told apart from stale ones by the positions of the log.
//!
//! An answer is kept with the position at which it was read. This process follows the changes of the projection, so it
//! knows of each row and each group of rows since when nothing has changed there: an answer from then on is what the
//! read model would say now. Whoever keeps it need not be trusted with more than that, so Redis may lose, evict or
//! flush whatever it likes, and nothing has to be deleted there when a row changes.

mod followed;
pub mod metrics;
mod store;

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ::metrics::counter;
use bootstrap::{Context, Shutdown, Tasks, redis_pool::Careful};
use bytes::Bytes;
use messaging::{Bus, ChangeNotice, Received, Subscription};
use projections::{Batch, Change, Progress, records::collection_of, snapshot::Lanes};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use tracing::debug;
use uuid::Uuid;

pub(crate) use followed::Subject;
use followed::{ChangedRow, Followed, Life, TRUST};
use metrics::LOOKUPS;
use store::{Entry, Nothing, Seal, Store};

/// Raised when the form of what is kept changes: processes of two versions may share a store.
const FORM: u8 = 3;

/// The kept answers of one projection.
#[derive(Clone)]
pub struct ReadCache(Arc<Inner>);

struct Inner {
    projection: &'static str,
    store: Store,
    /// Is as far as what is followed, so that what is read then can be kept.
    progress: Progress,
    followed: Mutex<Option<Followed>>,
    /// Somebody would like to know whether anything was missed.
    doubted: Notify,
}

/// Where the projection was before something was read: what comes of it can be kept.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    key: store::Key,
    read: i64,
}

impl Mark {
    /// Whether what was read at this position may be kept under the mark: a read replica may be behind it.
    fn is_reached(&self, position: i64) -> bool {
        position >= self.read
    }
}

/// What was looked for.
pub(crate) enum Lookup {
    /// True at this position.
    Hit { body: Bytes, position: i64 },
    /// To be read; the mark, where there is one, is for keeping what is read.
    Miss(Option<Mark>),
}

impl ReadCache {
    /// Keeps answers in Redis where there is one, else up to `limits.cache_bytes` of them in this process.
    pub fn open(
        context: &Context,
        projection: &'static str,
        progress: &Progress,
        bus: &Arc<dyn Bus>,
    ) -> anyhow::Result<Self> {
        let store = match context.redis()? {
            Some(redis) => {
                let seal = Seal::new(context.config.secrets.token_key.expose());
                Store::shared(Careful::new(redis), &context.config.redis_prefix, seal)
            }
            None => Store::process(context.config.limits.cache_bytes as u64),
        };
        Ok(Self::start(&context.tasks, projection, progress.clone(), bus, store))
    }

    /// Follows the changes of a projection in a supervised task.
    fn start(tasks: &Tasks, projection: &'static str, progress: Progress, bus: &Arc<dyn Bus>, store: Store) -> Self {
        let cache =
            Self(Arc::new(Inner { projection, store, progress, followed: Mutex::new(None), doubted: Notify::new() }));
        tasks.supervise(format!("cache {projection}"), {
            let (cache, bus, shutdown) = (cache.clone(), Arc::clone(bus), tasks.shutdown().clone());
            move || {
                let (cache, bus, shutdown) = (cache.clone(), Arc::clone(&bus), shutdown.clone());
                async move {
                    cache.0.follow(bus.changes(), &shutdown).await;
                    Ok::<(), Infallible>(())
                }
            }
        });
        cache
    }

    /// An answer about `subject` that is true at `at_least` or later. `question` tells it from all others.
    pub(crate) async fn find(&self, kind: &'static str, subject: Subject, question: &[&[u8]], at_least: i64) -> Lookup {
        let count = |outcome| counter!(LOOKUPS, "kind" => kind, "outcome" => outcome).increment(1);
        let Some(mark) = self.0.mark(kind, question) else {
            count("doubt");
            return Lookup::Miss(None);
        };
        let entry = match self.0.store.get(&mark.key).await {
            Ok(entry) => entry,
            Err(nothing) => {
                count(match nothing {
                    Nothing::Unknown => "miss",
                    Nothing::Away => "away",
                });
                return Lookup::Miss(Some(mark));
            }
        };
        match self.0.vouched(subject, &entry, at_least) {
            Some(position) => {
                count("hit");
                Lookup::Hit { body: entry.body, position }
            }
            None => {
                count("stale");
                Lookup::Miss(Some(mark))
            }
        }
    }

    /// Keeps what was read after the mark was made, at `position` or later. `version` is the position of the last event in
    /// it; 0 where that is not known.
    pub(crate) async fn keep(&self, mark: Option<Mark>, position: i64, version: i64, body: Bytes) {
        if let Some(Mark { key, read }) = mark.filter(|mark| mark.is_reached(position)) {
            self.0.store.put(key, Entry { read, version, body }).await;
        }
    }
}

impl Inner {
    fn followed(&self) -> MutexGuard<'_, Option<Followed>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` while it is not known what has changed.
    fn mark(&self, kind: &str, question: &[&[u8]]) -> Option<Mark> {
        let mut place = self.followed();
        if let Some(followed) = &mut *place {
            followed.want();
        }
        let Some(followed) = place.as_ref().filter(|followed| followed.is_confirmed()) else {
            self.doubted.notify_one();
            return None;
        };
        let mut key = Sha256::new();
        key.update([FORM]);
        let Life { epoch, fences } = &followed.life;
        let fences: Vec<u8> = fences.iter().flat_map(|fence| fence.to_be_bytes()).collect();
        for part in [self.projection.as_bytes(), epoch.as_bytes(), &fences, kind.as_bytes()].iter().chain(question) {
            key.update((part.len() as u64).to_be_bytes());
            key.update(part);
        }
        Some(Mark { key: key.finalize().into(), read: followed.position() })
    }

    /// The position, `at_least` or later, at which the answer is known to be true, if it still is. Where streams are parked,
    /// nobody is told so who asks for a position.
    fn vouched(&self, subject: Subject, entry: &Entry, at_least: i64) -> Option<i64> {
        let followed = self.followed();
        let followed = followed.as_ref().filter(|followed| followed.is_confirmed())?;
        if followed.position() < at_least || (at_least > 0 && !followed.is_clean()) {
            return None;
        }
        followed.is_unchanged(subject, entry.read, entry.version).then(|| followed.position())
    }

    async fn follow(&self, mut notices: Subscription<Arc<ChangeNotice>>, shutdown: &Shutdown) {
        loop {
            tokio::select! {
                () = shutdown.requested() => return,
                received = notices.next() => match received {
                    Some(Received::Item(notice)) if notice.projection == self.projection => self.hear(&notice),
                    Some(Received::Item(_)) => {}
                    Some(Received::Interrupted) => self.doubt(),
                    None => return,
                },
                () = self.doubted.notified() => self.look().await,
            }
        }
    }

    fn doubt(&self) {
        if let Some(followed) = &mut *self.followed() {
            followed.doubt();
        }
    }

    fn hear(&self, notice: &ChangeNotice) {
        let mut place = self.followed();
        // While nobody asks, nothing is read of what happens.
        let Some(followed) = place.as_mut().filter(|followed| followed.is_wanted()) else { return *place = None };
        let heard = Batch::from_notice(notice).is_ok_and(|batch| {
            let changes: Option<Vec<_>> = batch.changes.iter().map(changed_row).collect();
            let lane = usize::try_from(notice.lane);
            let (Some(changes), Ok(lane)) = (changes, lane) else { return false };
            followed.is_of(&batch.epoch, lane, batch.fence)
                && followed.hear((lane, batch.parked != Some(0)), batch.from, batch.to, changes)
        });
        if !heard {
            // Another life has begun: the next who asks makes this look for where it is.
            *place = None;
        }
    }

    async fn look(&self) {
        match tokio::time::timeout(TRUST, self.progress.look(self.projection)).await {
            Ok(Ok(Lanes { epoch, positions, fences, parked })) => {
                let life = Life { epoch: epoch.to_string(), fences };
                let mut followed = self.followed();
                let same = |followed: &&mut Followed| followed.life == life && !followed.was_beyond(&positions);
                match followed.as_mut().filter(same) {
                    Some(followed) => followed.see(&positions, parked > 0),
                    None => *followed = Some(Followed::from(life, &positions, parked > 0)),
                }
            }
            Ok(Err(error)) => debug!(%error, "it cannot be seen what has changed"),
            Err(_) => debug!("it was not seen in time what has changed"),
        }
    }
}

fn changed_row(change: &Change) -> Option<ChangedRow> {
    // A list that may have had it is any list, where it cannot be told which.
    let group = collection_of(change).ok().flatten();
    Some(ChangedRow { row: Uuid::try_parse(&change.key).ok()?, group, position: change.position })
}
