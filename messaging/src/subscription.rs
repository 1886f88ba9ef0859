//! Bounded subscriptions that say when something may have been missed, so that a slow reader never holds a publisher.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::broadcast::{self, error::RecvError};

use crate::metrics;

/// What a subscription yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received<T> {
    Item(T),
    /// Items may be missing before this point: read the truth once more. Always the first thing a subscription yields,
    /// so what follows it is complete until the next one.
    Interrupted,
}

/// One reader's bounded view of a feed. A reader that falls behind its capacity is interrupted.
#[derive(Debug)]
pub struct Subscription<T> {
    receiver: broadcast::Receiver<Received<T>>,
    begun: bool,
}

impl<T: Clone> Subscription<T> {
    /// The next item or interruption; `None` once the bus is gone. Safe to cancel: nothing is lost.
    pub async fn next(&mut self) -> Option<Received<T>> {
        if !std::mem::replace(&mut self.begun, true) {
            return Some(Received::Interrupted);
        }
        match self.receiver.recv().await {
            Ok(received) => Some(received),
            Err(RecvError::Lagged(_)) => {
                ::metrics::counter!(metrics::SUBSCRIPTION_INTERRUPTIONS).increment(1);
                Some(Received::Interrupted)
            }
            Err(RecvError::Closed) => None,
        }
    }
}

/// The sending side: hands every item to all subscriptions of this process and never waits.
#[derive(Debug)]
pub(crate) struct Feed<T> {
    sender: broadcast::Sender<Received<T>>,
    live: AtomicBool,
}

impl<T: Clone> Feed<T> {
    /// A feed whose subscriptions hold at most `capacity` items each. Not live until [`Self::begin`].
    pub(crate) fn new(capacity: usize) -> Self {
        Self { sender: broadcast::Sender::new(capacity), live: AtomicBool::new(false) }
    }

    pub(crate) fn subscribe(&self) -> Subscription<T> {
        let receiver = self.sender.subscribe();
        // While the feed is not live, its beginning will interrupt this subscription too.
        let begun = !self.live.load(Ordering::SeqCst);
        Subscription { receiver, begun }
    }

    /// From here on items flow; every subscription is told that it may have missed some before.
    pub(crate) fn begin(&self) {
        self.live.store(true, Ordering::SeqCst);
        self.interrupt();
    }

    pub(crate) fn interrupt(&self) {
        self.send(Received::Interrupted);
    }

    /// No items flow until the feed begins again.
    pub(crate) fn end(&self) {
        self.live.store(false, Ordering::SeqCst);
    }

    pub(crate) fn item(&self, item: T) {
        self.send(Received::Item(item));
    }

    fn send(&self, received: Received<T>) {
        // Fails only when nobody is subscribed.
        drop(self.sender.send(received));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_subscription_made_before_the_feed_is_live_waits_for_its_beginning() {
        let feed = Feed::new(4);
        let mut subscription = feed.subscribe();
        feed.begin();
        feed.item(1);
        assert_eq!(subscription.next().await, Some(Received::Interrupted));
        assert_eq!(subscription.next().await, Some(Received::Item(1)));
    }

    #[tokio::test]
    async fn a_subscription_to_a_live_feed_begins_at_once() {
        let feed = Feed::<i64>::new(4);
        feed.begin();
        assert_eq!(feed.subscribe().next().await, Some(Received::Interrupted));
    }

    #[tokio::test]
    async fn a_subscription_ends_with_its_feed() {
        let feed = Feed::<i64>::new(4);
        feed.begin();
        let mut subscription = feed.subscribe();
        drop(feed);
        assert_eq!(subscription.next().await, Some(Received::Interrupted));
        assert_eq!(subscription.next().await, None);
    }
}
