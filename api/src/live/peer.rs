//! One connection as the hubs see it: its subscriptions, its user's rights, and what waits to be sent.
//!
//! Nothing here waits: hubs and loaders put messages in, the connection's writer takes them out. Whoever holds the lock
//! takes no other one, but for a look at the roles.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use ::metrics::counter;
use bytes::Bytes;
use domain::roles::RoleName;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Rendered, metrics,
    protocol::{ChangePrefix, Closing, ErrorCode, Frame, MAX_SUBSCRIPTIONS, Mode, Refusal, ResetReason},
    queue::{Entry, Full, Queue, Waiting},
    source::{AccountState, Standing},
    subscription::{Buffer, Phase, Subscription},
    topic::{Rights, Topic},
};
use crate::auth::{AccessToken, KnownRoles, LatestRoles};

static SERIALS: AtomicU64 = AtomicU64::new(1);

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

/// What the writer does next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Frame(String),
    Pong(Bytes),
    /// A change, and when the process learned of it.
    Change(String, Instant),
    Close(Closing, &'static str),
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

    /// The connection counts as long as this token from now on, be it that nobody knows yet whether it does: what is found
    /// out meanwhile is not missed.
    pub(crate) fn hold(&self, token: AccessToken) {
        self.lock().token = Some(token);
    }

    /// Some tokens have become void. The connection ends here if its own is one of them.
    pub(crate) fn withdraw(&self, is_void: impl Fn(&AccessToken) -> bool) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(is_void) {
            state.close(Closing::Unauthenticated, "the access token is not valid");
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Another era has begun: the connection ends here if its user has not signed in since.
    pub(crate) fn begin_era(&self, era: u32) {
        let mut state = self.lock();
        if state.rights.as_ref().is_some_and(|rights| rights.era < era) {
            state.close(Closing::Unauthenticated, "the access token is not valid");
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Signs the user in, or keeps what is known already but for the generation and the era of a renewed token.
    pub(crate) fn enter(&self, rights: Rights) {
        let (mut state, generation, era) = (self.lock(), rights.generation, rights.era);
        let known = state.rights.get_or_insert(rights);
        known.generation = known.generation.max(generation);
        known.era = known.era.max(era);
        state.permit(&self.roles.latest());
    }

    /// What roles permit has changed. Subscriptions that are not open to the user any more end here.
    pub(crate) fn permit_anew(&self) {
        let mut state = self.lock();
        if state.permit(&self.roles.latest()) {
            drop(state);
            self.ready.notify_one();
        }
    }

    /// The user's record has changed. The connection, or subscriptions that are not open to the user any more, end here.
    pub(crate) fn judge(&self, standing: &Standing) {
        let mut state = self.lock();
        if state.take(standing, &self.roles.latest()) {
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Opens a subscription; it is loading. Returns its serial.
    pub(crate) fn subscribe(&self, id: u64, name: &str) -> Result<(u64, Topic), Refusal> {
        let mut state = self.lock();
        let refuse = |code, detail| Err(Refusal::new(id, code, detail));
        let Some(rights) = &state.rights else { return refuse(ErrorCode::Unauthenticated, "sign in first") };
        let topic = Topic::of(id, name, rights)?;
        if state.subscriptions.iter().any(|subscription| subscription.id == id) {
            return refuse(ErrorCode::DuplicateId, "a subscription with this id is open");
        }
        if state.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return refuse(ErrorCode::TooManySubscriptions, "too many subscriptions are open");
        }
        let serial = SERIALS.fetch_add(1, Ordering::Relaxed);
        state.subscriptions.push(Subscription::new(id, serial, topic.clone()));
        Ok((serial, topic))
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

    pub(crate) fn send(&self, frame: &Frame<'_>) {
        self.lock().push_frame(frame.encode());
        self.ready.notify_one();
    }

    pub(crate) fn pong(&self, payload: Bytes) {
        self.lock().pong = Some(payload);
        self.ready.notify_one();
    }

    /// Closes the connection after what is to be said; changes are not sent any more.
    pub(crate) fn close(&self, closing: Closing, reason: &'static str) {
        self.lock().close(closing, reason);
        self.ready.notify_one();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.lock().closing.is_some()
    }

    /// Waits until there may be room for more of a loading subscription.
    pub(crate) async fn room(&self) {
        loop {
            let sent = self.room.notified();
            tokio::pin!(sent);
            sent.as_mut().enable();
            if self.lock().queue.has_room() {
                return;
            }
            sent.await;
        }
    }

    /// What is to be sent next; waits for it.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                self.room.notify_waiters();
                return outgoing;
            }
            self.ready.notified().await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        if let Some(payload) = state.pong.take() {
            return Some(Outgoing::Pong(payload));
        }
        while let Some(entry) = state.queue.pop() {
            match entry {
                Entry::Frame(frame) => return Some(Outgoing::Frame(frame)),
                Entry::Change(waiting) => {
                    let Some(at) = state.find(waiting.serial) else { continue };
                    // Asked once more: rights may have gone while the change waited.
                    if state.shows(at, &waiting.change) {
                        return Some(state.subscriptions[at].compose(&waiting));
                    }
                }
            }
        }
        state.closing.map(|(closing, reason)| Outgoing::Close(closing, reason))
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

    /// True when something is to be said about it.
    fn take(&mut self, standing: &Standing, known: &LatestRoles) -> bool {
        let version = standing.version;
        let is_news = self.rights.as_ref().is_some_and(|rights| rights.version < version);
        match &standing.account {
            AccountState::Gone => self.close(Closing::Forbidden, "this account is gone"),
            AccountState::Suspended if is_news => self.close(Closing::Forbidden, "this account is suspended"),
            AccountState::Active { generation, .. } if is_news && self.is_behind(*generation) => {
                self.close(Closing::Unauthenticated, "the access token is not valid");
            }
            AccountState::Active { roles, second_factor, .. } if is_news => {
                return self.take_roles(version, roles, *second_factor, known);
            }
            AccountState::Suspended | AccountState::Active { .. } => return false,
        }
        true
    }

    /// Whether the connection's token is of an earlier generation.
    fn is_behind(&self, generation: u32) -> bool {
        self.rights.as_ref().is_some_and(|rights| rights.generation < generation)
    }

    fn take_roles(&mut self, version: i64, roles: &[RoleName], second_factor: bool, known: &LatestRoles) -> bool {
        let Some(rights) = &mut self.rights else { return false };
        rights.version = version;
        rights.second_factor = second_factor;
        roles.clone_into(&mut rights.roles);
        self.permit(known)
    }

    /// Works out what the user's roles permit. True when something is to be said about it.
    fn permit(&mut self, known: &LatestRoles) -> bool {
        let Some(rights) = &mut self.rights else { return false };
        rights.permissions = known.permissions_of(&rights.roles, rights.second_factor);
        let rights = rights.clone();
        let mut revoked = false;
        while let Some(at) = self.subscriptions.iter().position(|open| !open.topic.is_open_to(&rights)) {
            self.reset(at, ResetReason::Revoked);
            revoked = true;
        }
        revoked
    }

    /// Queues a change; ends the subscription when the client is too slow for it. False then.
    fn push(&mut self, at: usize, waiting: Waiting) -> bool {
        match self.queue.push_change(waiting) {
            Ok(0) => true,
            Ok(coalesced) => {
                counter!(metrics::COALESCED).increment(coalesced);
                true
            }
            Err(Full) => {
                self.reset(at, ResetReason::Slow);
                false
            }
        }
    }

    fn push_frame(&mut self, frame: String) {
        if self.closing.is_none() && self.queue.push_frame(frame) == Err(Full) {
            self.close(Closing::Slow, "asks, but does not read the answers");
        }
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

impl Subscription {
    fn compose(&mut self, waiting: &Waiting) -> Outgoing {
        let prev = self.sent;
        self.sent = waiting.upto.max(prev);
        let removed = waiting.change.removed;
        let prefix = ChangePrefix { id: self.id, topic: self.topic.name, prev, pos: self.sent, removed };
        Outgoing::Change(waiting.change.message(&prefix), waiting.since)
    }
}
