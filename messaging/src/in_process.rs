//! The bus of an installation that is one process: memory only, no server.

use std::sync::Arc;

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};

use crate::{Bus, BusState, ChangeNotice, CloudEvent, Published, Subscription, metrics, subscription::Feed};

/// Notices that a subscriber may be behind before it is interrupted.
const CHANGES_CAPACITY: usize = 1024;
/// What is told of who is there that a subscriber may be behind.
const PRESENCE_CAPACITY: usize = 1024;
/// Positions that a subscriber may be behind; only the newest one matters.
const WAKEUPS_CAPACITY: usize = 16;

/// Hands notices and wake-ups to the subscribers of this process. Events go nowhere, since there is no outside, and
/// count as confirmed at once; so nobody needs to run the relay.
#[derive(Debug)]
pub struct InProcessBus {
    changes: Feed<Arc<ChangeNotice>>,
    presence: Feed<Bytes>,
    wakeups: Feed<i64>,
}

impl Default for InProcessBus {
    fn default() -> Self {
        let bus = Self {
            changes: Feed::new(CHANGES_CAPACITY),
            presence: Feed::new(PRESENCE_CAPACITY),
            wakeups: Feed::new(WAKEUPS_CAPACITY),
        };
        bus.changes.begin();
        bus.presence.begin();
        bus.wakeups.begin();
        bus
    }
}

impl InProcessBus {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Bus for InProcessBus {
    fn needs_relay(&self) -> bool {
        false
    }

    fn publish_events<'a>(&'a self, events: &'a [CloudEvent]) -> BoxFuture<'a, Published> {
        if let Some(last) = events.last() {
            self.wakeups.item(last.sequence);
        }
        std::future::ready(Published::all(events)).boxed()
    }

    fn step_down(&self) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }

    fn publish_change(&self, notice: ChangeNotice) {
        ::metrics::counter!(metrics::CHANGES_PUBLISHED).increment(1);
        self.changes.item(Arc::new(notice));
    }

    fn changes(&self) -> Subscription<Arc<ChangeNotice>> {
        self.changes.subscribe()
    }

    fn publish_presence(&self, message: Bytes) {
        self.presence.item(message);
    }

    fn presence(&self) -> Subscription<Bytes> {
        self.presence.subscribe()
    }

    fn wakeups(&self) -> Subscription<i64> {
        self.wakeups.subscribe()
    }

    fn state(&self) -> BusState {
        BusState::Up
    }
}
