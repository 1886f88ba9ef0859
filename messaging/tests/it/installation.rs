//! An installation of several processes that share a bus, of either kind.

use std::{sync::Arc, time::Duration};

use bootstrap::{Shutdown, Tasks};
use bytes::Bytes;
use chrono::Utc;
use messaging::{
    Bus, BusState, ChangeNotice, CloudEvent, InProcessBus, Published, RabbitBus, RabbitSettings, Received, Subscription,
};
use tokio::time::timeout;
use uuid::Uuid;

use crate::broker::{Broker, PATIENCE};

pub(crate) struct Installation {
    pub(crate) prefix: String,
    pub(crate) tasks: Tasks,
    embedded: Option<Arc<InProcessBus>>,
}

impl Installation {
    pub(crate) fn in_process() -> Self {
        Self::with(Some(Arc::default()))
    }

    pub(crate) fn on_rabbitmq() -> Self {
        // RUST_LOG shows what the bus and its client library say.
        drop(tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).try_init());
        Self::with(None)
    }

    fn with(embedded: Option<Arc<InProcessBus>>) -> Self {
        Self { prefix: test_support::unique_prefix(), tasks: Tasks::new(Shutdown::new()), embedded }
    }

    /// The bus as one more process has it.
    pub(crate) fn process(&self) -> Arc<dyn Bus> {
        match &self.embedded {
            Some(bus) => bus.clone(),
            None => Arc::new(self.rabbit(&test_support::amqp_url())),
        }
    }

    /// A bus that reaches the broker at `url`, with time-outs that suit a test.
    pub(crate) fn rabbit(&self, url: &str) -> RabbitBus {
        RabbitBus::new(self.settings(url), &self.tasks)
    }

    pub(crate) fn settings(&self, url: &str) -> RabbitSettings {
        let mut settings = RabbitSettings::new(url).expect("a valid URL").with_prefix(&self.prefix);
        settings.reassert_interval = Duration::from_millis(200);
        settings
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.tasks.shutdown().request();
        if self.embedded.is_some() {
            return;
        }
        let prefix = std::mem::take(&mut self.prefix);
        // A thread of its own: the test's runtime may be ending, and drop cannot wait on it.
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { Broker::connect().await.remove_installation(&prefix).await });
        });
        drop(removed.join());
    }
}

pub(crate) fn event(sequence: i64) -> CloudEvent {
    let stream = format!("user-{}", Uuid::nil());
    CloudEvent {
        id: Uuid::now_v7(),
        source: "urn:tidemark:log:test".to_owned(),
        event_type: "user.registered".to_owned(),
        subject: stream.clone(),
        time: Utc::now(),
        dataschema: "urn:tidemark:schema:user.registered:1".to_owned(),
        sequence,
        partitionkey: stream,
        correlationid: None,
        causationid: None,
        traceparent: None,
        data: Bytes::from_static(b"{}"),
    }
}

pub(crate) fn events(positions: std::ops::RangeInclusive<i64>) -> Vec<CloudEvent> {
    positions.map(event).collect()
}

pub(crate) fn notice(position: i64) -> ChangeNotice {
    let body = Bytes::from(format!(r#"{{"position":{position}}}"#));
    ChangeNotice { projection: "users".to_owned(), build: 2, lane: 1, position, body }
}

/// The next thing a subscription yields.
pub(crate) async fn next<T: Clone>(subscription: &mut Subscription<T>) -> Received<T> {
    let received = timeout(PATIENCE, subscription.next()).await.expect("something comes in time");
    received.expect("the bus is there")
}

/// Reads until an interruption.
pub(crate) async fn interruption<T: Clone>(subscription: &mut Subscription<T>) {
    while !matches!(next(subscription).await, Received::Interrupted) {}
}

/// The next item, past interruptions.
pub(crate) async fn item<T: Clone>(subscription: &mut Subscription<T>) -> T {
    loop {
        if let Received::Item(item) = next(subscription).await {
            return item;
        }
    }
}

/// Publishes until everything is confirmed, as the relay does.
pub(crate) async fn publish_until_confirmed(bus: &dyn Bus, events: &[CloudEvent]) {
    let publishing = async {
        loop {
            let Published { confirmed, failure } = bus.publish_events(events).await;
            if failure.is_none() {
                assert_eq!(confirmed, events.len());
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, publishing).await.expect("confirmed in time");
}

/// Waits until the bus is in a state that `wanted` accepts.
pub(crate) async fn wait_for_state(bus: &dyn Bus, wanted: impl Fn(&BusState) -> bool) {
    eventually("the state of the bus", || wanted(&bus.state())).await;
}

/// Waits until a condition holds that nothing announces.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let mut look = tokio::time::interval(Duration::from_millis(5));
    let looking = async {
        while !condition() {
            look.tick().await;
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}
