//! The bus of an installation of several processes: RabbitMQ through lapin, one connection per purpose.

mod feeds;
mod headers;
mod link;
mod notices;
mod presence;
mod publisher;
mod session;
mod topology;

use std::{
    fmt,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use bootstrap::Tasks;
use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use lapin::uri::AMQPUri;

use crate::{
    Bus, BusError, BusState, ChangeNotice, CloudEvent, Published, Subscription,
    rabbit::{publisher::Publisher, topology::Names},
    subscription::Feed,
};

pub use topology::ConsumerQueue;

/// Notices that a subscriber of this process may be behind before it is interrupted.
const CHANGES_CAPACITY: usize = 1024;
/// What is told of who is there that a subscriber of this process may be behind.
const PRESENCE_CAPACITY: usize = 1024;
/// Positions that a subscriber of this process may be behind; only the newest one matters.
const WAKEUPS_CAPACITY: usize = 16;
const DEFAULT_PREFIX: &str = "tidemark";
/// lapin keeps two buffers of 32 frames per connection; this bounds them to 1 MiB together.
const FRAME_BYTES: u32 = 16 * 1024;

/// Where the broker is, and how long to wait for it.
#[derive(Clone)]
pub struct RabbitSettings {
    uri: AMQPUri,
    /// Begins the name of every exchange and queue, so that installations can share a virtual host.
    pub prefix: String,
    /// For making a connection and for every step of declaring the topology.
    pub connect_timeout: Duration,
    /// For one call of `publish_events`, and for one notice on its way to the socket.
    pub publish_timeout: Duration,
    /// How often a subscriber makes sure that its queue is still bound.
    pub reassert_interval: Duration,
}

impl RabbitSettings {
    /// Settings for `amqp://` or `amqps://` `url`; the heartbeat is 10 s unless the URL says otherwise.
    pub fn new(url: &str) -> Result<Self, BusError> {
        let mut uri: AMQPUri = url.parse().map_err(|_| BusError::InvalidUrl)?;
        uri.query.heartbeat.get_or_insert(10);
        uri.query.frame_max.get_or_insert(FRAME_BYTES);
        Ok(Self {
            uri,
            prefix: DEFAULT_PREFIX.to_owned(),
            connect_timeout: Duration::from_secs(5),
            publish_timeout: Duration::from_secs(5),
            reassert_interval: Duration::from_secs(10),
        })
    }

    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }
}

impl fmt::Debug for RabbitSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = format!("{}:{}", self.uri.authority.host, self.uri.authority.port);
        f.debug_struct("RabbitSettings").field("host", &host).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// A process's access to the broker. Connects when first used, and again whenever a connection is lost, in supervised
/// tasks that end with the process's shutdown: one connection for publishing (which an alarm of the broker may block)
/// and one for each kind of subscription (which go on meanwhile).
pub struct RabbitBus {
    tasks: Tasks,
    publisher: Arc<Publisher>,
    changes: Subscribing<Arc<ChangeNotice>>,
    presence: Subscribing<Bytes>,
    wakeups: Subscribing<i64>,
    shared: Arc<Shared>,
}

/// What all connections of a bus have in common.
#[derive(Debug)]
struct Shared {
    settings: RabbitSettings,
    names: Names,
    states: Mutex<Vec<(&'static str, BusState)>>,
}

impl Shared {
    fn set_state(&self, link: &'static str, state: BusState) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.retain(|(name, _)| *name != link);
        states.push((link, state));
    }

    fn state_of(&self, link: &str) -> Option<BusState> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.iter().find(|(name, _)| *name == link).map(|(_, state)| state.clone())
    }
}

struct Subscribing<T> {
    feed: Arc<Feed<T>>,
    started: Once,
}

impl<T: Clone> Subscribing<T> {
    fn new(capacity: usize) -> Self {
        Self { feed: Arc::new(Feed::new(capacity)), started: Once::new() }
    }
}

impl RabbitBus {
    /// A bus whose tasks run among `tasks`. Nothing is connected until it is used.
    pub fn new(settings: RabbitSettings, tasks: &Tasks) -> Self {
        let names = Names::new(&settings.prefix);
        let shared = Arc::new(Shared { settings, names, states: Mutex::default() });
        Self {
            tasks: tasks.clone(),
            publisher: Arc::new(Publisher::new(shared.clone())),
            changes: Subscribing::new(CHANGES_CAPACITY),
            presence: Subscribing::new(PRESENCE_CAPACITY),
            wakeups: Subscribing::new(WAKEUPS_CAPACITY),
            shared,
        }
    }

    /// The publishing side, which connects from now on.
    fn publisher(&self) -> &Publisher {
        self.publisher.start(&self.tasks);
        &self.publisher
    }
}

impl Bus for RabbitBus {
    fn needs_relay(&self) -> bool {
        true
    }

    fn publish_events<'a>(&'a self, events: &'a [CloudEvent]) -> BoxFuture<'a, Published> {
        self.publisher().publish(events).boxed()
    }

    fn step_down(&self) -> BoxFuture<'_, ()> {
        self.publisher.step_down().boxed()
    }

    fn publish_change(&self, notice: ChangeNotice) {
        self.publisher().notices.send(notice);
    }

    fn changes(&self) -> Subscription<Arc<ChangeNotice>> {
        let subscription = self.changes.feed.subscribe();
        self.changes.started.call_once(|| feeds::changes(&self.tasks, &self.shared, &self.changes.feed));
        subscription
    }

    fn publish_presence(&self, message: Bytes) {
        self.publisher().presence.send(message);
    }

    fn presence(&self) -> Subscription<Bytes> {
        let subscription = self.presence.feed.subscribe();
        self.presence.started.call_once(|| feeds::presence(&self.tasks, &self.shared, &self.presence.feed));
        subscription
    }

    fn wakeups(&self) -> Subscription<i64> {
        let subscription = self.wakeups.feed.subscribe();
        self.wakeups.started.call_once(|| feeds::wakeups(&self.tasks, &self.shared, &self.wakeups.feed));
        subscription
    }

    fn state(&self) -> BusState {
        let states = self.shared.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.iter().map(|(_, state)| state).max().cloned().unwrap_or(BusState::Up)
    }
}

impl fmt::Debug for RabbitBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RabbitBus").field("settings", &self.shared.settings).field("state", &self.state()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_settings_nor_errors_show_the_password() {
        let settings =
            RabbitSettings::new("amqp://relay:hunter2@rabbit.example.org:5673/%2f").map(|it| format!("{it:?}"));
        assert!(settings.is_ok_and(|text| text.contains("rabbit.example.org:5673") && !text.contains("hunter2")));
        let refused = RabbitSettings::new("amqp:relay:hunter2").map_err(|error| format!("{error} {error:?}"));
        assert!(refused.is_err_and(|text| !text.contains("hunter2")));
    }
}
