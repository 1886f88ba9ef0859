//! One connection as the hubs see it: its subscriptions, its user's rights, and what waits to be sent.
//!
//! Nothing here waits: hubs and loaders put messages in, the connection's writer takes them out. Whoever holds the lock
//! takes no other one, but for a look at the roles.

mod holding;
mod sending;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use ::metrics::counter;
use bytes::Bytes;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Rendered, metrics,
    protocol::{Closing, ErrorCode, Frame, MAX_SUBSCRIPTIONS, Mode, Refusal, ResetReason},
    queue::{Queue, Waiting},
    subscription::{Buffer, Phase, Subscription},
    topic::{Rights, Topic, Verdict},
};
use crate::auth::{AccessToken, KnownRoles};

pub(crate) use sending::Outgoing;

static SERIALS: AtomicU64 = AtomicU64::new(1);

/// What whoever may not see a topic is told.
pub(crate) const FORBIDDEN: &str = "you may not see this topic";

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: Uuid,
    state: Mutex<State>,
    /// What roles permit. Looked at under the lock: whoever makes it known that they have changed tells all connections
    /// afterwards, so that none of them keeps what it has seen before.
    roles: KnownRoles,
    /// Something waits to be sent.
    ready: Notify,
    /// Something was sent, so there may be room.
    room: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    subscriptions: Vec<Subscription>,
    rights: Option<Rights>,
    /// The one that the connection counts as long as.
    token: Option<AccessToken>,
    /// The last ping's payload; earlier ones need no answer (RFC 6455, section 5.5.3).
    pong: Option<Bytes>,
    closing: Option<(Closing, &'static str)>,
}

/// What became of something that a loading subscription wanted to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Supply {
    Taken,
    /// Not now; see [`Peer::room`].
    Full,
    /// The subscription is over.
    Gone,
}

/// What became of the wish to go live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    Live,
    /// More changed meanwhile than could be kept: read on from where you are.
    Missed,
    Gone,
}

impl Peer {
    pub(crate) fn new(roles: KnownRoles) -> Self {
        Self { id: Uuid::now_v7(), state: Mutex::default(), roles, ready: Notify::new(), room: Notify::new() }
    }

    /// The rights of the user; `None` before anybody has signed in.
    pub(crate) fn rights(&self) -> Option<Rights> {
        self.lock().rights.clone()
    }

    /// Opens a subscription; it is loading. Returns its serial.
    pub(crate) fn subscribe(&self, id: u64, topic: Topic) -> Result<u64, Refusal> {
        let mut state = self.lock();
        let refuse = |code, detail| Err(Refusal::new(id, code, detail));
        let Some(rights) = &state.rights else { return refuse(ErrorCode::Unauthenticated, "sign in first") };
        match topic.verdict(rights) {
            Verdict::Same => {}
            // The rights have changed since they were looked at.
            Verdict::Other => return refuse(ErrorCode::Unavailable, "try again"),
            Verdict::Closed => return refuse(ErrorCode::Forbidden, FORBIDDEN),
        }
        if state.subscriptions.iter().any(|subscription| subscription.id == id) {
            return refuse(ErrorCode::DuplicateId, "a subscription with this id is open");
        }
        if state.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return refuse(ErrorCode::TooManySubscriptions, "too many subscriptions are open");
        }
        let serial = SERIALS.fetch_add(1, Ordering::Relaxed);
        state.subscriptions.push(Subscription::new(id, serial, topic));
        Ok(serial)
    }

    /// Ends a subscription at the client's wish; unknown ids are none of our business.
    pub(crate) fn unsubscribe(&self, id: u64) {
        let mut state = self.lock();
        if let Some(at) = state.subscriptions.iter().position(|subscription| subscription.id == id) {
            state.remove(at);
        }
    }

    /// Whether the subscription is still open.
    pub(crate) fn has(&self, serial: u64) -> bool {
        self.lock().find(serial).is_some()
    }

    /// Tells the connection about a change. False when the subscription is over.
    pub(crate) fn offer(&self, serial: u64, change: &Arc<Rendered>, upto: i64, since: Instant) -> bool {
        let mut state = self.lock();
        let Some(at) = state.find(serial) else { return false };
        if !state.shows(at, change) {
            return true;
        }
        let subscription = &mut state.subscriptions[at];
        match &mut subscription.phase {
            Phase::Loading(buffer) => {
                buffer.push(Waiting { serial, upto, change: Arc::clone(change), since });
                return true;
            }
            Phase::Live => {}
        }
        let Some(waiting) = subscription.waiting(change, upto, since) else { return true };
        let kept = state.push(at, waiting);
        self.ready.notify_one();
        kept
    }

    /// Sends a change that a loading subscription has missed.
    pub(crate) fn supply(&self, serial: u64, change: &Arc<Rendered>, upto: i64, since: Instant) -> Supply {
        let mut state = self.lock();
        let Some(at) = state.find(serial) else { return Supply::Gone };
        if !state.queue.has_room() {
            return Supply::Full;
        }
        if !state.shows(at, change) {
            return Supply::Taken;
        }
        let Some(waiting) = state.subscriptions[at].waiting(change, upto, since) else { return Supply::Taken };
        let kept = state.push(at, waiting);
        self.ready.notify_one();
        if kept { Supply::Taken } else { Supply::Gone }
    }

    /// Sends a part of a snapshot.
    pub(crate) fn supply_frame(&self, serial: u64, frame: &str) -> Supply {
        let mut state = self.lock();
        if state.find(serial).is_none() {
            return Supply::Gone;
        }
        if !state.queue.has_room() {
            return Supply::Full;
        }
        state.push_frame(frame.to_owned());
        self.ready.notify_one();
        Supply::Taken
    }

    /// Says that the subscription has begun, at a position. False when it is over.
    pub(crate) fn subbed(&self, serial: u64, mode: Mode, position: i64, epoch: &str) -> bool {
        let mut state = self.lock();
        let Some(at) = state.find(serial) else { return false };
        let subscription = &mut state.subscriptions[at];
        (subscription.queued, subscription.sent) = (position, position);
        let frame = Frame::Subbed { id: subscription.id, mode, pos: position.to_string(), epoch };
        state.push_frame(frame.encode());
        self.ready.notify_one();
        true
    }

    /// From here on the subscription gets what its hub says; `position` is how far it has loaded.
    pub(crate) fn go_live(&self, serial: u64, position: i64) -> Switch {
        let mut state = self.lock();
        let Some(at) = state.find(serial) else { return Switch::Gone };
        let subscription = &mut state.subscriptions[at];
        let Phase::Loading(buffer) = std::mem::replace(&mut subscription.phase, Phase::Live) else {
            return Switch::Live;
        };
        let Some(missed) = buffer.beyond(position) else {
            subscription.phase = Phase::Loading(Buffer::default());
            return Switch::Missed;
        };
        for Waiting { change, upto, since, .. } in missed {
            let Some(waiting) = state.subscriptions[at].waiting(&change, upto, since) else { continue };
            if !state.push(at, waiting) {
                break;
            }
        }
        self.ready.notify_one();
        Switch::Live
    }

    /// Ends a subscription and says why.
    pub(crate) fn reset(&self, serial: u64, why: ResetReason) {
        let mut state = self.lock();
        if let Some(at) = state.find(serial) {
            state.reset(at, why);
            self.ready.notify_one();
        }
    }

    /// Ends a subscription that could not be begun.
    pub(crate) fn refuse(&self, serial: u64, refusal: Refusal) {
        let mut state = self.lock();
        if let Some(at) = state.find(serial) {
            state.remove(at);
            state.push_frame(Frame::from(refusal).encode());
            self.ready.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn find(&self, serial: u64) -> Option<usize> {
        self.subscriptions.iter().position(|subscription| subscription.serial == serial)
    }

    fn shows(&self, at: usize, change: &Rendered) -> bool {
        let rights = self.rights.as_ref();
        rights.is_some_and(|rights| self.subscriptions[at].topic.shows(change.key, rights))
    }

    fn reset(&mut self, at: usize, why: ResetReason) {
        let subscription = self.remove(at);
        counter!(metrics::RESETS, "why" => why.name()).increment(1);
        self.push_frame(Frame::reset(subscription.id, why).encode());
    }

    fn remove(&mut self, at: usize) -> Subscription {
        let subscription = self.subscriptions.swap_remove(at);
        self.queue.forget(subscription.serial);
        subscription
    }

    fn close(&mut self, closing: Closing, reason: &'static str) {
        self.closing.get_or_insert((closing, reason));
        self.queue.forget_all();
        self.subscriptions.clear();
    }
}
