//! What waits to be sent on a connection, and its writer's side of it.

use std::time::Instant;

use ::metrics::counter;
use bytes::Bytes;

use super::{Peer, State};
use crate::live::{
    metrics,
    protocol::{ChangePrefix, Closing, Frame, ResetReason},
    queue::{Entry, Full, Waiting},
    subscription::Subscription,
};

/// What the writer does next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Frame(String),
    Pong(Bytes),
    /// A change, and when the process learned of it.
    Change(String, Instant),
    Close(Closing, &'static str),
}

impl Peer {
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
}

impl State {
    /// Queues a change; ends the subscription when the client is too slow for it. False then.
    pub(super) fn push(&mut self, at: usize, waiting: Waiting) -> bool {
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

    pub(super) fn push_frame(&mut self, frame: String) {
        if self.closing.is_none() && self.queue.push_frame(frame) == Err(Full) {
            self.close(Closing::Slow, "asks, but does not read the answers");
        }
    }
}

impl Subscription {
    fn compose(&mut self, waiting: &Waiting) -> Outgoing {
        let prev = self.sent;
        self.sent = waiting.upto.max(prev);
        let removed = waiting.change.removed;
        let prefix = ChangePrefix { id: self.id, topic: &self.topic.name, prev, pos: self.sent, removed };
        Outgoing::Change(waiting.change.message(&prefix), waiting.since)
    }
}
