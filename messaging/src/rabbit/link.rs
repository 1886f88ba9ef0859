//! One connection to the broker that can always be ended, even in the middle of its handshake.

use std::{
    net::{Shutdown, TcpStream},
    os::fd::AsFd,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use futures::{StreamExt, stream::BoxStream};
use lapin::{
    Connection, ConnectionProperties, Event,
    runtime::default_runtime,
    tcp::{AMQPUriTcpExt, AsyncTcpStream, OwnedTLSConfig},
};
use tokio::time::timeout;

use super::RabbitSettings;
use crate::{BusError, metrics};

const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// A connection with its events. Dropping it ends it at once.
///
/// Connections are plain: the supervised task that owns one makes another when it is lost. lapin's own recovery would
/// replay only what it has seen declared, gives up after a number of attempts, and keeps trying while nobody needs it.
pub(super) struct Link {
    connection: Arc<Connection>,
    events: BoxStream<'static, Event>,
    _socket: Socket,
}

/// What a link's owner must know of its events.
pub(super) enum LinkEvent {
    Blocked(String),
    Unblocked,
    Lost(BusError),
}

impl Link {
    /// Connects, at most for the connect time-out. `purpose` is shown in the broker's list of connections.
    pub(super) async fn open(settings: &RabbitSettings, purpose: &'static str) -> Result<Self, BusError> {
        let socket = Socket::default();
        let slot = Arc::downgrade(&socket.0);
        let (uri, limit) = (settings.uri.clone(), settings.connect_timeout);
        let name = format!("{} {purpose}", settings.prefix);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connecting = Connection::connector(
            uri,
            default_runtime()?,
            async move |uri, runtime| {
                let tls = OwnedTLSConfig::default();
                let connecting = uri.connect_with_config_async(tls.as_ref(), &runtime);
                let timed_out = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
                let stream = timeout(limit, connecting).await.map_err(timed_out)??;
                let descriptor = match &stream {
                    AsyncTcpStream::Plain(stream) => stream.get_ref().as_fd().try_clone_to_owned()?,
                    AsyncTcpStream::Rustls(stream) => stream.get_ref().0.get_ref().as_fd().try_clone_to_owned()?,
                    // Of the TLS libraries that lapin knows, only rustls is compiled in.
                    _ => return Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into()),
                };
                Socket::fill(&slot, TcpStream::from(descriptor))?;
                Ok(stream)
            },
            properties,
        );
        let connection = timeout(limit, connecting).await.map_err(|_| BusError::TimedOut)??;
        ::metrics::counter!(metrics::CONNECTIONS, "link" => purpose).increment(1);
        Ok(Self { events: connection.events_listener().boxed(), connection: Arc::new(connection), _socket: socket })
    }

    /// The connection, for making channels. It ends with this link, whoever holds it.
    pub(super) fn connection(&self) -> Arc<Connection> {
        self.connection.clone()
    }

    /// The next event that matters. Safe to cancel.
    pub(super) async fn event(&mut self) -> LinkEvent {
        loop {
            match timeout(LOOK_INTERVAL, self.events.next()).await {
                Ok(Some(Event::ConnectionBlocked(reason))) => return LinkEvent::Blocked(reason),
                Ok(Some(Event::ConnectionUnblocked)) => return LinkEvent::Unblocked,
                // The end of a channel, which its user has seen.
                Ok(Some(Event::Error(error))) if error.is_amqp_soft_error() => {}
                Ok(Some(Event::Error(error))) => return LinkEvent::Lost(error.into()),
                Ok(None) => return LinkEvent::Lost(BusError::NotConnected),
                Ok(Some(_)) => {}
                // Not every end of a connection is an event.
                Err(_) if self.connection.status().connected() => {}
                Err(_) => return LinkEvent::Lost(BusError::NotConnected),
            }
        }
    }

    /// Ends the connection in an orderly way, if the broker answers in time.
    pub(super) async fn close(self) {
        drop(timeout(CLOSE_TIMEOUT, self.connection.close(200, "OK".into())).await);
    }
}

/// A second handle to the connection's socket. lapin has no way to give up a connection that does not answer, and it
/// keeps a thread for each: shutting the socket down ends both.
#[derive(Default)]
struct Socket(Arc<OnceLock<TcpStream>>);

impl Socket {
    /// Fails when the link was given up meanwhile.
    fn fill(slot: &Weak<OnceLock<TcpStream>>, socket: TcpStream) -> std::io::Result<()> {
        let filled = slot.upgrade().is_some_and(|slot| slot.set(socket).is_ok());
        if filled { Ok(()) } else { Err(std::io::ErrorKind::ConnectionAborted.into()) }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(socket) = self.0.get() {
            // Fails when the connection has ended already.
            drop(socket.shutdown(Shutdown::Both));
        }
    }
}
