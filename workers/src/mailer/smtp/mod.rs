//! SMTP through lettre's connections, with a pool of our own.
//!
//! lettre's pool takes a connection back when the future that used it is dropped, in whatever state that is: after a
//! time-out the next mail reads the answers meant for the last one. Here a connection that did not end its mail in good
//! order is closed. And a refusal is told by its step: only what is said to `RCPT TO` is about the address.

mod server;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bootstrap::security_log::{self, Entry, Kind};
use lettre::{
    Address,
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt},
    },
};
use tokio::time::timeout;

pub use server::{InvalidSmtpUrl, SmtpServer};

use super::transport::{DeliveryError, Step};

/// A connection that was not used for this long is closed rather than used.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// For the answer to `NOOP` and `QUIT`.
const COURTESY_TIMEOUT: Duration = Duration::from_secs(2);

/// A mail server and the open connections to it. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Smtp {
    server: Arc<SmtpServer>,
    idle: Arc<Idle>,
    /// For one mail from beginning to end.
    send_timeout: Duration,
}

#[derive(Default)]
struct Idle {
    most: usize,
    connections: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl std::fmt::Debug for Idle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idle").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Smtp {
    /// Keeps at most `most_idle` connections open between mails.
    pub(crate) fn new(server: SmtpServer, most_idle: usize, send_timeout: Duration) -> Self {
        let idle = Idle { most: most_idle, connections: Mutex::default() };
        Self { server: Arc::new(server), idle: Arc::new(idle), send_timeout }
    }

    /// Hands a formatted mail to the server, which has taken responsibility for it when this returns `Ok`.
    ///
    /// A time-out or a lost connection after the content was sent leaves open whether the server took the mail.
    pub(crate) async fn deliver(&self, from: &Address, to: &Address, content: &[u8]) -> Result<(), DeliveryError> {
        timeout(self.send_timeout, self.converse(from, to, content)).await.unwrap_or(Err(DeliveryError::TimedOut))
    }

    async fn converse(&self, from: &Address, to: &Address, content: &[u8]) -> Result<(), DeliveryError> {
        let mut connection = match self.idle_connection().await {
            Some(connection) => connection,
            None => self.server.connect().await.map_err(|error| not_connected(&error))?,
        };
        match transact(&mut connection, from, to, content).await {
            Ok(()) => {
                self.idle.put(connection);
                Ok(())
            }
            Err(error) => {
                // Only a matter of manners: the connection is closed when it is dropped.
                drop(timeout(COURTESY_TIMEOUT, connection.quit()).await);
                Err(error)
            }
        }
    }

    /// A connection from the pool that still answers. Taken out of it meanwhile: if the caller is cancelled, it closes.
    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.idle.lock().pop()?;
            let fresh = since.elapsed() < IDLE_LIMIT;
            if fresh && timeout(COURTESY_TIMEOUT, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    /// Closes the connections that have been idle for too long, or all of them.
    pub(crate) async fn close_idle(&self, all: bool) {
        let closing: Vec<_> = {
            let mut idle = self.idle.lock();
            let (old, fresh) = idle.drain(..).partition(|(_, since)| all || since.elapsed() >= IDLE_LIMIT);
            *idle = fresh;
            old
        };
        for (mut connection, _) in closing {
            drop(timeout(COURTESY_TIMEOUT, connection.quit()).await);
        }
    }
}

impl Idle {
    fn put(&self, connection: AsyncSmtpConnection) {
        let mut connections = self.lock();
        if connections.len() < self.most {
            connections.push((connection, Instant::now()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn transact(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: &Address,
    content: &[u8],
) -> Result<(), DeliveryError> {
    connection.command(Mail::new(Some(from.clone()), vec![])).await.map_err(at(Step::Sender))?;
    connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(at(Step::Recipient))?;
    connection.command(Data).await.map_err(at(Step::Content))?;
    connection.message(content).await.map_err(at(Step::Content))?;
    Ok(())
}

/// Tells a server that cannot prove who it is from one that does not answer.
fn not_connected(error: &Error) -> DeliveryError {
    let Some(reason) = tls_failure(error) else { return DeliveryError::Unreachable };
    let entry = Entry { kind: Kind::MailTls, user: None, request_id: None };
    security_log::refused(entry, &reason);
    DeliveryError::Untrusted
}

/// Why no session could be made that is private: what the TLS library says of the certificate, or that the server offers
/// no TLS. Says nothing of anybody.
fn tls_failure(error: &Error) -> Option<String> {
    if error.is_tls() || error.is_client() {
        return Some("the server offers no TLS that can be used".to_owned());
    }
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        // rustls hands its own errors on in this form.
        if let Some(cause) = cause.downcast_ref::<io::Error>()
            && cause.kind() == io::ErrorKind::InvalidData
        {
            return Some(cause.to_string());
        }
        source = cause.source();
    }
    None
}

/// What an error says: the step and the reply's code. Its text is dropped, because servers quote addresses in it.
fn at(step: Step) -> impl Fn(Error) -> DeliveryError {
    move |error| match error.status() {
        Some(code) => DeliveryError::Reply { step, code: u16::from(code) },
        None => DeliveryError::Unreachable,
    }
}
