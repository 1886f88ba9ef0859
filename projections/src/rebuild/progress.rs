//! How far a rebuild is.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use tokio::sync::watch;

use crate::metrics::{REBUILD_POSITION, REBUILD_RATE, REBUILD_TARGET};

/// What a rebuild is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Starting,
    Loading,
    Indexing,
    CatchingUp,
    Switching,
    Finished,
}

/// How far a rebuild is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RebuildProgress {
    pub phase: Phase,
    /// The new build; 0 before it is begun.
    pub build: i32,
    /// All lanes of the new build have come so far.
    pub position: i64,
    /// The head of the log as last seen.
    pub target: i64,
    /// Since the rebuild began to load.
    pub events_per_second: f64,
    /// Until the target is reached at that speed; `None` before anything is known of it.
    pub remaining: Option<Duration>,
}

/// Where a rebuild tells how far it is. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Reporter {
    projection: &'static str,
    sender: Arc<watch::Sender<RebuildProgress>>,
    lanes: Arc<Mutex<Lanes>>,
}

#[derive(Debug, Default)]
struct Lanes {
    started: Option<(Instant, i64)>,
    positions: Vec<i64>,
}

impl Reporter {
    pub(super) fn new(projection: &'static str) -> Self {
        Self { projection, sender: Arc::default(), lanes: Arc::default() }
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<RebuildProgress> {
        self.sender.subscribe()
    }

    pub(super) fn begin(&self, build: i32, phase: Phase) {
        *self.lanes.lock().unwrap_or_else(PoisonError::into_inner) = Lanes::default();
        self.sender.send_replace(RebuildProgress { phase, build, ..RebuildProgress::default() });
    }

    /// Since the rebuild began to load.
    pub(super) fn elapsed(&self) -> Duration {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.started.map_or(Duration::ZERO, |(at, _)| at.elapsed())
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.sender.send_modify(|progress| progress.phase = phase);
    }

    /// The positions of all lanes, and where they are heading for.
    pub(super) fn aim(&self, positions: Vec<i64>, target: i64) {
        {
            let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.positions = positions;
            let position = lanes.position();
            lanes.started.get_or_insert((Instant::now(), position));
        }
        self.report(target);
    }

    pub(super) fn advance(&self, lane: i16, position: i64) {
        if let Some(known) = self.lanes.lock().unwrap_or_else(PoisonError::into_inner).positions.get_mut(lane as usize)
        {
            *known = position;
        }
        let target = self.sender.borrow().target;
        self.report(target);
    }

    pub(super) fn finish(&self, position: i64) {
        self.aim(vec![position], position);
        self.enter(Phase::Finished);
    }

    fn report(&self, target: i64) {
        let (position, rate) = {
            let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let position = lanes.position();
            let rate = lanes
                .started
                .map_or(0.0, |(at, from)| (position - from) as f64 / at.elapsed().as_secs_f64().max(f64::EPSILON));
            (position, rate)
        };
        let missing = (target - position).max(0) as f64;
        let remaining = (rate > 0.0).then(|| Duration::try_from_secs_f64(missing / rate).unwrap_or(Duration::MAX));
        gauge!(REBUILD_POSITION, "projection" => self.projection).set(position as f64);
        gauge!(REBUILD_TARGET, "projection" => self.projection).set(target as f64);
        gauge!(REBUILD_RATE, "projection" => self.projection).set(rate);
        self.sender.send_modify(|progress| {
            let (phase, build) = (progress.phase, progress.build);
            *progress = RebuildProgress { phase, build, position, target, events_per_second: rate, remaining };
        });
    }
}

impl Lanes {
    fn position(&self) -> i64 {
        self.positions.iter().copied().min().unwrap_or(0)
    }
}
