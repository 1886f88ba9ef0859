//! What the publishing connection offers while it lasts: the right to publish events, and windows of confirms.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use futures::poll;
use lapin::{
    Channel, Confirmation, Connection, PublisherConfirm,
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions},
    protocol::AMQPSoftError,
    types::FieldTable,
};
use tokio_util::sync::CancellationToken;

use super::{Shared, headers, topology};
use crate::{BusError, CloudEvent, metrics};

pub(super) struct Session {
    connection: Arc<Connection>,
    /// With confirms; used by one caller at a time.
    events: Channel,
    /// Without confirms: notices and wake-ups.
    pub(super) hints: Channel,
    holds_turn: AtomicBool,
    /// Unroutable events have a place, so that a returned one means that the topology was damaged.
    mandatory: bool,
    /// Asks the task that owns the connection to make another.
    pub(super) broken: CancellationToken,
    /// Whether an alarm of the broker left messages behind that nobody waits for any more.
    pub(super) tainted: AtomicBool,
}

impl Session {
    pub(super) async fn open(connection: Arc<Connection>, shared: &Shared) -> Result<Self, BusError> {
        let mandatory = topology::declare(&connection, &shared.names).await?;
        let events = connection.create_channel().await?;
        events.confirm_select(ConfirmSelectOptions::default()).await?;
        let hints = connection.create_channel().await?;
        Ok(Self {
            connection,
            events,
            hints,
            holds_turn: AtomicBool::new(false),
            mandatory,
            broken: CancellationToken::new(),
            tainted: AtomicBool::new(false),
        })
    }

    pub(super) fn blocked(&self) -> bool {
        self.connection.status().blocked()
    }

    /// Makes this connection the only one that publishes events, by holding an exclusive queue. The broker lets go of
    /// the queue only after the connection is gone, with all that it had sent: so a process that was stopped in the
    /// middle of a window can't publish the rest of it between the messages of its successor. No lease in a database
    /// prevents that.
    pub(super) async fn take_turn(&self, shared: &Shared) -> Result<(), BusError> {
        if self.holds_turn.load(Ordering::SeqCst) {
            return Ok(());
        }
        // A refusal closes the channel.
        let channel = self.connection.create_channel().await?;
        let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
        let name = shared.names.turn.as_str().into();
        match channel.queue_declare(name, options, FieldTable::default()).await {
            Ok(_) => {
                self.holds_turn.store(true, Ordering::SeqCst);
                Ok(())
            }
            Err(error) if topology::is_soft(&error, AMQPSoftError::RESOURCELOCKED) => Err(BusError::NotMyTurn),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets another connection publish events. On the events' own channel, so the broker does it after them.
    pub(super) async fn give_turn(&self, shared: &Shared) -> Result<(), BusError> {
        if self.holds_turn.swap(false, Ordering::SeqCst) {
            let name = shared.names.turn.as_str().into();
            self.events.queue_delete(name, QueueDeleteOptions::default()).await?;
        }
        Ok(())
    }

    /// Wakes the readers of the log in all processes. Before the events themselves: the log has them already.
    pub(super) async fn wake(&self, shared: &Shared, position: i64) -> Result<(), BusError> {
        let (exchange, options) = (shared.names.wakeups.as_str().into(), BasicPublishOptions::default());
        drop(self.hints.basic_publish(exchange, "".into(), options, &[], headers::of_wakeup(position)).await?);
        Ok(())
    }

    /// Publishes all, then counts in `confirmed` how many have been confirmed without a gap. Stops at the first that
    /// is not; may be dropped at any time.
    pub(super) async fn publish(
        &self,
        shared: &Shared,
        events: &[CloudEvent],
        confirmed: &mut usize,
    ) -> Result<(), BusError> {
        let started = Instant::now();
        let options = BasicPublishOptions { mandatory: self.mandatory, ..Default::default() };
        let keys = events.iter().map(headers::routing_key).collect::<Result<Vec<_>, _>>()?;
        let writes = in_order(events.iter().zip(keys).map(|(event, key)| {
            let (exchange, properties) = (shared.names.events.as_str().into(), headers::of_event(event));
            self.events.basic_publish(exchange, key, options, &event.data, properties)
        }))
        .await;
        for write in writes {
            match write.await?.await? {
                Confirmation::Ack(None) => *confirmed += 1,
                Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)) => return Err(BusError::Returned),
                Confirmation::Nack(None) | Confirmation::NotRequested => return Err(BusError::Refused),
            }
        }
        ::metrics::histogram!(metrics::RELAY_CONFIRM_SECONDS).record(started.elapsed().as_secs_f64());
        Ok(())
    }
}

type Write<'a> = Pin<Box<dyn Future<Output = lapin::Result<PublisherConfirm>> + Send + 'a>>;

/// Starts every write before waiting for any: lapin puts a message among its outgoing frames when the write is first
/// polled, so this is where the order on the wire is made.
pub(super) async fn in_order<'a, W>(writes: impl Iterator<Item = W>) -> Vec<Write<'a>>
where
    W: Future<Output = lapin::Result<PublisherConfirm>> + Send + 'a,
{
    let mut started: Vec<Write<'a>> = Vec::with_capacity(writes.size_hint().0);
    for write in writes {
        let mut write = Box::pin(write);
        match poll!(&mut write) {
            std::task::Poll::Pending => started.push(write),
            std::task::Poll::Ready(done) => started.push(Box::pin(std::future::ready(done))),
        }
    }
    started
}
