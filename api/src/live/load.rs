//! Begins one subscription: a snapshot, or what a client that was away has missed; then what happened meanwhile.
//!
//! No gap is possible: the subscription is registered before anything is read, and what is read must be at least as far
//! as the hub was at that moment; everything later is offered by the hub and kept in a buffer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ::metrics::counter;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    definitions::Definitions,
    epochs::Epochs,
    hub::{Hub, in_time},
    metrics,
    peer::{Peer, Supply, Switch},
    protocol::{ErrorCode, Mode, Refusal, ResetReason},
    source::{Change, Earlier, Extent, Page, SourceError},
    told::Told,
    topic::Topic,
};

/// Records read at once, and sent in one frame at most.
const PAGE_ROWS: usize = 100;
/// A frame of a snapshot is sent once it has this size.
const SNAPSHOT_FRAME_BYTES: usize = 32 * 1024;
/// A client that has missed more gets a snapshot.
const MOST_MISSED: usize = 1000;
const RENDERED_AT_ONCE: usize = 8;
/// A client that does not take the next part within this time is too slow.
const ROOM_TIMEOUT: Duration = Duration::from_secs(10);
/// The read model reaches the hub's position within this time, or something is wrong.
const FLOOR_TIMEOUT: Duration = Duration::from_secs(5);
const FLOOR_RETRY: Duration = Duration::from_millis(20);
/// Waiting for a turn to read.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a subscription lasts that asks for the time, at least.
const LASTS: Duration = Duration::from_secs(60);
/// How often more may happen during the loading than is kept.
const MOST_ROUNDS: usize = 20;

/// One subscription that begins.
pub(crate) struct Load {
    pub(crate) hub: Arc<Hub>,
    pub(crate) peer: Arc<Peer>,
    /// Bounds how many read at the same time.
    pub(crate) turns: Arc<Semaphore>,
    pub(crate) definitions: Arc<Definitions>,
    pub(crate) epochs: Epochs,
    pub(crate) id: u64,
    pub(crate) serial: u64,
    pub(crate) topic: Topic,
    /// Where the client left off, and in which epoch.
    pub(crate) resume: Option<(i64, String)>,
}

/// Why the subscription does not go on.
enum End {
    /// It is over already.
    Gone,
    Failed(SourceError),
    Reset(ResetReason),
}

impl From<SourceError> for End {
    fn from(error: SourceError) -> Self {
        Self::Failed(error)
    }
}

impl Load {
    /// Runs until the subscription is live or over. One whose records come and go with the time, not with changes only, is
    /// ended after a while, to begin anew.
    pub(crate) async fn run(self) {
        match self.load().await {
            Ok(()) if self.topic.is_by_time() => {
                tokio::time::sleep(LASTS.mul_f64(1.0 + rand::random::<f64>() / 4.0)).await;
                self.peer.reset(self.serial, ResetReason::Expired);
            }
            Ok(()) | Err(End::Gone) => {}
            Err(End::Reset(why)) => self.peer.reset(self.serial, why),
            Err(End::Failed(error)) => {
                tracing::warn!(projection = self.hub.source().projection(), %error, "a subscription cannot begin");
                self.peer.refuse(self.serial, Refusal::new(self.id, ErrorCode::Unavailable, "try again"));
            }
        }
    }

    async fn load(&self) -> Result<(), End> {
        self.confirm().await?;
        let (epoch, floor) = self.floor().await?;
        let mut at = match self.resume_from(&epoch, floor).await? {
            Some(position) => position,
            None => self.snapshot(&epoch, floor).await?,
        };
        for _ in 0..MOST_ROUNDS {
            match self.peer.go_live(self.serial, at) {
                Switch::Live => return Ok(()),
                Switch::Gone => return Err(End::Gone),
                Switch::Missed => {}
            }
            let (_, floor) = self.floor().await?;
            at = self.read_on(&epoch, at, floor).await?;
        }
        Err(End::Reset(ResetReason::Expired))
    }

    /// Looks at the collection once more, now that whoever is told of its changes includes this subscription.
    async fn confirm(&self) -> Result<(), End> {
        let Some(collection) = self.topic.collection() else { return Ok(()) };
        let latest = async {
            let _turn = self.turns.acquire().await;
            self.definitions.latest(collection).await
        };
        let latest = tokio::time::timeout(TURN_TIMEOUT, latest).await.map_err(|_| SourceError::TimedOut)?;
        let shape = latest.map_err(|error| SourceError::Unavailable(anyhow::anyhow!("{error:?}")))?;
        self.peer.redefine(self.serial, shape.as_ref());
        if self.peer.has(self.serial) { Ok(()) } else { Err(End::Gone) }
    }

    async fn floor(&self) -> Result<(Arc<str>, i64), End> {
        let floor = tokio::time::timeout(FLOOR_TIMEOUT, self.hub.floor()).await;
        floor.map_err(|_| SourceError::TimedOut.into())
    }

    /// Sends what the client has missed; `None` when it needs a snapshot. Returns the position that it has reached.
    async fn resume_from(&self, epoch: &Arc<str>, floor: i64) -> Result<Option<i64>, End> {
        let Some((after, known)) = &self.resume else { return Ok(None) };
        let own_epoch = self.epochs.of(&self.topic, epoch);
        if *known != own_epoch {
            return Ok(None);
        }
        let page = self.missed(epoch, *after, floor, MOST_MISSED).await?;
        // Ahead of us: whatever it is, it is not from here.
        if page.more || *after > page.mark.position {
            return Ok(None);
        }
        let Some(told) = self.tell(page.changes, *after).await? else { return Ok(None) };
        if !self.peer.subbed(self.serial, Mode::Resumed, *after, &own_epoch) {
            return Err(End::Gone);
        }
        counter!(metrics::LOADS, "mode" => "resumed").increment(1);
        self.send(&told, page.mark.position).await?;
        Ok(Some(page.mark.position))
    }

    /// Sends all records, page by page; returns the position from which changes have to follow. Every page is of one
    /// moment; those after the first may hold later states, which then come once more as changes.
    async fn snapshot(&self, epoch: &Arc<str>, floor: i64) -> Result<i64, End> {
        let mut begun: Option<i64> = None;
        let mut last_key: Option<Uuid> = None;
        loop {
            let page = self.settled(epoch, floor, || self.records(last_key)).await?;
            let position = *begun.get_or_insert(page.mark.position);
            last_key = page.changes.last().map(|change| change.key);
            self.send_items(page.changes, position, !page.more).await?;
            if page.more {
                continue;
            }
            counter!(metrics::LOADS, "mode" => "snapshot").increment(1);
            let epoch = self.epochs.of(&self.topic, epoch);
            return match self.peer.subbed(self.serial, Mode::Snapshot, position, &epoch) {
                true => Ok(position),
                false => Err(End::Gone),
            };
        }
    }

    /// Sends what has changed beyond a position; returns the one that it has reached.
    async fn read_on(&self, epoch: &Arc<str>, begun: i64, floor: i64) -> Result<i64, End> {
        let mut after = begun;
        let mut reached = None;
        loop {
            let page = self.missed(epoch, after, floor, PAGE_ROWS).await?;
            let reached = *reached.get_or_insert(page.mark.position);
            after = page.changes.last().map_or(after, |change| change.position);
            // What the client knows is as old as the beginning, whatever it is sent meanwhile.
            let told = self.tell(page.changes, begun).await?.ok_or(End::Reset(ResetReason::Epoch))?;
            self.send(&told, reached).await?;
            if !page.more {
                return Ok(reached);
            }
        }
    }

    async fn records(&self, after: Option<Uuid>) -> Result<Page, SourceError> {
        self.hub.source().records(&self.topic.scope, &self.topic.audience, after, PAGE_ROWS).await
    }

    async fn missed(&self, epoch: &Arc<str>, after: i64, floor: i64, limit: usize) -> Result<Page, End> {
        let extent = Extent::from(self.topic.scope);
        self.settled(epoch, floor, || self.hub.source().changed(&extent, after, limit)).await
    }

    /// Reads until the read model is at least as far as the hub was: after a crash of the database it may be behind for
    /// a moment, since read models do not wait for the disk.
    async fn settled<R>(&self, epoch: &Arc<str>, floor: i64, read: impl Fn() -> R) -> Result<Page, End>
    where
        R: Future<Output = Result<Page, SourceError>>,
    {
        let started = Instant::now();
        loop {
            let page = {
                let turn = tokio::time::timeout(TURN_TIMEOUT, self.turns.acquire()).await;
                // The semaphore is never closed.
                let Ok(Ok(_turn)) = turn else { return Err(SourceError::TimedOut.into()) };
                in_time(read()).await?
            };
            if page.mark.epoch != *epoch {
                return Err(End::Reset(ResetReason::Epoch));
            }
            if page.mark.position >= floor {
                return Ok(page);
            }
            if started.elapsed() > FLOOR_TIMEOUT {
                return Err(SourceError::TimedOut.into());
            }
            tokio::time::sleep(FLOOR_RETRY).await;
        }
    }

    /// What changes mean to a client that knows what was there at `begun`; `None` when finding that out is too much.
    async fn tell(&self, changes: Vec<Change>, begun: i64) -> Result<Option<Vec<Told>>, SourceError> {
        let told = self.render(changes).await?;
        let is_unsure = |told: &Told| told.is_unsure_of(&self.topic.audience);
        let unsure: Vec<&Change> = told.iter().filter(|(_, told)| is_unsure(told)).map(|(change, _)| change).collect();
        let mut earlier = Earlier::default();
        if !unsure.is_empty() {
            let known = in_time(self.hub.source().earlier(&unsure, begun)).await?;
            let Some(known) = known else { return Ok(None) };
            earlier = known;
        }
        let recall = |(_, mut told): (Change, Told)| {
            told.recall(earlier.remove(&told.key).unwrap_or_default());
            told
        };
        Ok(Some(told.into_iter().map(recall).collect()))
    }

    /// Sends changes in order, as fast as the client takes them.
    async fn send(&self, changes: &[Told], reached: i64) -> Result<(), End> {
        let since = Instant::now();
        for change in changes.iter().filter_map(|told| told.to(&self.topic.audience)) {
            let upto = change.position.min(reached);
            self.supply(|| self.peer.supply(self.serial, change, upto, since)).await?;
        }
        Ok(())
    }

    async fn send_items(&self, changes: Vec<Change>, position: i64, is_last: bool) -> Result<(), End> {
        let mut items = String::new();
        let told = self.render(changes).await?;
        let there = told.iter().filter_map(|(_, told)| told.to(&self.topic.audience));
        for change in there.filter(|change| !change.removed) {
            if items.len() >= SNAPSHOT_FRAME_BYTES {
                self.send_snap(&std::mem::take(&mut items), position, false).await?;
            }
            if !items.is_empty() {
                items.push(',');
            }
            change.push_item(&mut items);
        }
        if is_last || !items.is_empty() { self.send_snap(&items, position, is_last).await } else { Ok(()) }
    }

    async fn send_snap(&self, items: &str, position: i64, is_last: bool) -> Result<(), End> {
        let id = self.id;
        let frame = format!(r#"{{"t":"snap","id":{id},"items":[{items}],"last":{is_last},"pos":"{position}"}}"#);
        self.supply(|| self.peer.supply_frame(self.serial, &frame)).await
    }

    async fn supply(&self, offer: impl Fn() -> Supply) -> Result<(), End> {
        loop {
            match offer() {
                Supply::Taken => return Ok(()),
                Supply::Gone => return Err(End::Gone),
                Supply::Full => tokio::time::timeout(ROOM_TIMEOUT, self.peer.room())
                    .await
                    .map_err(|_| End::Reset(ResetReason::Slow))?,
            }
        }
    }

    async fn render(&self, changes: Vec<Change>) -> Result<Vec<(Change, Told)>, SourceError> {
        let source = self.hub.source();
        let render = |change| async move { Told::of(source, &change).await.map(|told| (change, told)) };
        in_time(stream::iter(changes).map(render).buffered(RENDERED_AT_ONCE).try_collect()).await
    }
}
