//! A log with a relay and somebody who listens.

use std::{sync::Arc, time::Duration};

use bootstrap::Tasks;
use domain::EventName;
use event_store::{
    Append, EventStore, Expected, Head, NewEvent, Options, RawJson, StreamId,
    consumer::{ConsumerKey, checkpoint},
};
use lapin::types::FieldTable;
use messaging::{Bus, RabbitBus, relay};
use test_support::TestDatabase;
use tokio::{task::JoinHandle, time::timeout};
use uuid::Uuid;

use crate::{
    broker::{Broker, Deliveries, PATIENCE},
    installation::{Installation, interruption},
};

/// A log, and an external consumer that hears everything.
pub(crate) struct Scene {
    pub(crate) database: TestDatabase,
    pub(crate) installation: Installation,
    pub(crate) store: EventStore,
    // Keeps the consumer's connection.
    _broker: Broker,
    pub(crate) heard: Deliveries,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let (database, installation) = (TestDatabase::create().await, Installation::on_rabbitmq());
        let (pool, head) = (database.pool(2), Head::new());
        let store = EventStore::open(database.url(), pool, head.clone(), &installation.tasks, Options::default());
        let (url, shutdown) = (database.url().to_owned(), installation.tasks.shutdown().clone());
        installation.tasks.supervise("head", move || {
            let (head, url, shutdown) = (head.clone(), url.clone(), shutdown.clone());
            async move {
                head.watch(&url, &shutdown).await;
                Ok::<(), std::convert::Infallible>(())
            }
        });
        // Whoever comes first declares the exchange.
        let declaring = installation.process();
        interruption(&mut declaring.wakeups()).await;
        let broker = Broker::connect().await;
        let queue = broker.bound_queue(&format!("{}.events", installation.prefix), FieldTable::default()).await;
        let heard = broker.consume(&queue).await;
        Self { database, installation, store, _broker: broker, heard }
    }

    /// Appends `count` events and returns the head.
    pub(crate) async fn append(&self, count: usize) -> i64 {
        let stream = StreamId::new("user", Uuid::now_v7());
        let mut last = 0;
        for start in (0..count).step_by(100) {
            let events = (start..count.min(start + 100)).map(|_| registered()).collect();
            let append = Append::to_stream(Uuid::now_v7(), stream.clone(), Expected::Any, events);
            last = self.store.append(append).await.expect("appended").last_position;
        }
        last
    }

    /// A process that relays, with a bus of its own; it can be stopped alone.
    pub(crate) fn relay(&self, url: &str) -> Relaying {
        self.relay_with(url, Duration::from_secs(1))
    }

    /// The same with a lease of its own.
    pub(crate) fn relay_with(&self, url: &str, lease: Duration) -> Relaying {
        let tasks = Tasks::new(self.installation.tasks.shutdown().child());
        let mut settings = self.installation.settings(url);
        settings.publish_timeout = Duration::from_secs(20);
        settings.connect_timeout = Duration::from_secs(2);
        let bus: Arc<dyn Bus> = Arc::new(RabbitBus::new(settings, &tasks));
        let relay = relay::Relay {
            settings: relay::Settings { lease, ..Default::default() },
            bus: bus.clone(),
            head: self.store.head().clone(),
            url: self.database.url().to_owned(),
        };
        let run = tokio::spawn(relay::run(relay, tasks.shutdown().clone()));
        Relaying { bus, tasks, run }
    }

    pub(crate) async fn checkpoint(&self) -> i64 {
        let mut conn = self.database.connect().await;
        let checkpoint = checkpoint::read(&mut conn, &ConsumerKey::new(relay::CONSUMER)).await.expect("readable");
        checkpoint.map_or(0, |checkpoint| checkpoint.position)
    }

    pub(crate) async fn wait_for_checkpoint(&self, position: i64) {
        let waiting = async { while self.checkpoint().await != position {} };
        timeout(PATIENCE, waiting).await.expect("the checkpoint comes to the head");
    }
}

pub(crate) struct Relaying {
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) tasks: Tasks,
    pub(crate) run: JoinHandle<Result<(), relay::RelayError>>,
}

impl Relaying {
    /// Lets it end in an orderly way.
    pub(crate) async fn stop(self) {
        self.tasks.shutdown().request();
        timeout(PATIENCE, self.run).await.expect("it stops").expect("without panic").expect("without error");
        assert!(self.tasks.join(PATIENCE).await);
    }
}

pub(crate) fn registered() -> NewEvent {
    let name = EventName { name: "user.registered", version: 1 };
    let payload = RawJson::from_serialize(&serde_json::json!({ "email": "sealed" })).expect("JSON");
    NewEvent { id: Uuid::now_v7(), name, payload }
}
