//! The subscribing side: one exclusive queue per process and kind, made anew with every connection.

use std::{collections::HashMap, sync::Arc};

use bootstrap::{Shutdown, Tasks};
use bytes::Bytes;
use futures::StreamExt;
use lapin::{
    Channel, Connection, Consumer, ExchangeKind,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, QueueDeclareOptions},
    types::FieldTable,
};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use uuid::Uuid;

use super::{
    Shared, headers,
    headers::Numbered,
    link::{Link, LinkEvent},
    topology,
    topology::{number, table, text},
};
use crate::{BusError, BusState, ChangeNotice, metrics, subscription::Feed};

/// Publishers whose sequences are remembered. Each process that projects is one; restarts make new ones.
const PUBLISHERS: usize = 256;

/// How a queue is bounded, and how much of it is on the way at once.
struct Shape {
    link: &'static str,
    exchange: String,
    kind: ExchangeKind,
    length: i64,
    bytes: i64,
    prefetch: u16,
}

pub(super) fn changes(tasks: &Tasks, shared: &Arc<Shared>, feed: &Arc<Feed<Arc<ChangeNotice>>>) {
    let exchange = shared.names.changes.clone();
    let kind = ExchangeKind::Topic;
    let shape = Shape { link: "changes", exchange, kind, length: 4096, bytes: 16 * 1024 * 1024, prefetch: 256 };
    start(tasks, shared, feed, Arc::new(shape), Gaps::default, |gaps, feed, mut delivery| {
        if let Some(numbered) = headers::to_notice(&mut delivery) {
            gaps.deliver(feed, numbered);
        }
    });
}

pub(super) fn presence(tasks: &Tasks, shared: &Arc<Shared>, feed: &Arc<Feed<Bytes>>) {
    let (exchange, kind) = (shared.names.presence.clone(), ExchangeKind::Fanout);
    let shape = Shape { link: "presence", exchange, kind, length: 4096, bytes: 16 * 1024 * 1024, prefetch: 256 };
    start(
        tasks,
        shared,
        feed,
        Arc::new(shape),
        || (),
        |(), feed, mut delivery| feed.item(Bytes::from(std::mem::take(&mut delivery.data))),
    );
}

pub(super) fn wakeups(tasks: &Tasks, shared: &Arc<Shared>, feed: &Arc<Feed<i64>>) {
    // With one on its way and one waiting, a burst of any length costs two messages; the newest is always kept.
    let (exchange, kind) = (shared.names.wakeups.clone(), ExchangeKind::Fanout);
    let shape = Shape { link: "wakeups", exchange, kind, length: 1, bytes: 64 * 1024, prefetch: 1 };
    start(
        tasks,
        shared,
        feed,
        Arc::new(shape),
        || (),
        |(), feed, delivery| {
            if let Some(position) = headers::to_position(&delivery) {
                feed.item(position);
            }
        },
    );
}

fn start<T, S>(
    tasks: &Tasks,
    shared: &Arc<Shared>,
    feed: &Arc<Feed<T>>,
    shape: Arc<Shape>,
    fresh: fn() -> S,
    deliver: fn(&mut S, &Feed<T>, Delivery),
) where
    T: Clone + Send + 'static,
    S: Send + 'static,
{
    let (shared, feed, shutdown) = (shared.clone(), feed.clone(), tasks.shutdown().clone());
    tasks.supervise(format!("bus.{}", shape.link), move || {
        let (shared, feed, shape, shutdown) = (shared.clone(), feed.clone(), shape.clone(), shutdown.clone());
        async move {
            let subscriber = Subscriber { shared: &shared, shape: &shape, feed: &feed };
            let kept = subscriber.keep_connected(&shutdown, fresh(), deliver).await;
            feed.end();
            if let Err(error) = &kept {
                shared.set_state(shape.link, BusState::Down(error.to_string()));
            }
            kept
        }
    });
}

struct Subscriber<'a, T> {
    shared: &'a Shared,
    shape: &'a Shape,
    feed: &'a Feed<T>,
}

impl<T: Clone> Subscriber<'_, T> {
    async fn keep_connected<S>(
        &self,
        shutdown: &Shutdown,
        mut state: S,
        deliver: fn(&mut S, &Feed<T>, Delivery),
    ) -> Result<(), BusError> {
        let limit = self.shared.settings.connect_timeout;
        let Some(link) = shutdown.run_until(Link::open(&self.shared.settings, self.shape.link)).await else {
            return Ok(());
        };
        let mut link = link?;
        let connection = link.connection();
        let (channel, queue, consumer) =
            timeout(limit, self.consume(&connection)).await.map_err(|_| BusError::TimedOut)??;
        self.shared.set_state(self.shape.link, BusState::Up);
        self.feed.begin();
        let mut deliveries = consumer.ready_chunks(usize::from(self.shape.prefetch));
        let period = self.shared.settings.reassert_interval;
        let mut reassert = interval_at(Instant::now() + period, period);
        reassert.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.requested() => break,
                chunk = deliveries.next() => {
                    // The queue was deleted, or its channel closed.
                    let chunk = chunk.ok_or(BusError::NotConnected)?;
                    self.take(&channel, chunk, |delivery| deliver(&mut state, self.feed, delivery)).await?;
                }
                _ = reassert.tick() => {
                    timeout(limit, self.bind(&connection, &channel, &queue)).await.map_err(|_| BusError::TimedOut)??;
                }
                event = link.event() => match event {
                    LinkEvent::Blocked(_) | LinkEvent::Unblocked => {}
                    LinkEvent::Lost(error) => return Err(error),
                },
            }
        }
        link.close().await;
        Ok(())
    }

    async fn consume(&self, connection: &Connection) -> Result<(Channel, String, Consumer), BusError> {
        topology::declare(connection, &self.shared.names).await?;
        let channel = connection.create_channel().await?;
        channel.basic_qos(self.shape.prefetch, BasicQosOptions::default()).await?;
        // A name of its own: the broker may still hold the queue of a connection it does not yet know to be dead.
        let queue = format!("{}.{}", self.shape.exchange, Uuid::new_v4());
        let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..Default::default() };
        let arguments = table([
            ("x-queue-type", text("classic")),
            ("x-max-length", number(self.shape.length)),
            ("x-max-length-bytes", number(self.shape.bytes)),
            ("x-overflow", text("drop-head")),
        ]);
        channel.queue_declare(queue.as_str().into(), options, arguments).await?;
        self.bind(connection, &channel, &queue).await?;
        let options = BasicConsumeOptions { exclusive: true, ..Default::default() };
        let consumer = channel.basic_consume(queue.as_str().into(), "".into(), options, FieldTable::default()).await?;
        Ok((channel, queue, consumer))
    }

    /// Also from time to time: deleting an exchange takes its bindings along without telling the consumers.
    async fn bind(&self, connection: &Connection, channel: &Channel, queue: &str) -> Result<(), BusError> {
        topology::exchange(connection, &self.shape.exchange, self.shape.kind.clone(), FieldTable::default()).await?;
        topology::bind(channel, queue, &self.shape.exchange, "#").await
    }

    async fn take(
        &self,
        channel: &Channel,
        chunk: Vec<lapin::Result<Delivery>>,
        mut deliver: impl FnMut(Delivery),
    ) -> Result<(), BusError> {
        let mut last = None;
        for delivery in chunk {
            let delivery = delivery?;
            last = Some(delivery.delivery_tag);
            deliver(delivery);
        }
        if let Some(tag) = last {
            let acked = channel.basic_ack(tag, BasicAckOptions { multiple: true });
            timeout(self.shared.settings.publish_timeout, acked).await.map_err(|_| BusError::TimedOut)??;
        }
        Ok(())
    }
}

/// How far each publisher's sequence has come.
#[derive(Default)]
struct Gaps(HashMap<Uuid, i64>);

impl Gaps {
    fn deliver(&mut self, feed: &Feed<Arc<ChangeNotice>>, numbered: Numbered) {
        if self.0.len() >= PUBLISHERS && !self.0.contains_key(&numbered.publisher) {
            // Forgetting is safe as long as it is said.
            self.0.clear();
            feed.interrupt();
        }
        let previous = self.0.insert(numbered.publisher, numbered.number);
        if previous.is_some_and(|previous| numbered.number != previous + 1) {
            ::metrics::counter!(metrics::CHANGES_GAPS).increment(1);
            feed.interrupt();
        }
        if let Some(notice) = numbered.notice {
            feed.item(Arc::new(notice));
        }
    }
}
