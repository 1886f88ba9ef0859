//! The writer of one connection: the only one who sends on it, with a limit on how long the client may keep it waiting.

use std::time::Duration;

use ::metrics::{counter, histogram};
use actix_ws::{Closed, Message, Session};
use futures::SinkExt;

use super::{
    metrics,
    peer::{Outgoing, Peer},
    protocol::Closing,
};

/// A client that has no room for the next message for this long has stopped reading.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// The last word need not be heard.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends what waits, until the connection is to be closed, or is.
pub(crate) async fn run(peer: &Peer, mut session: Session) {
    loop {
        let sent = match peer.next().await {
            Outgoing::Frame(frame) => write(&mut session, Message::Text(frame.into())).await,
            Outgoing::Pong(payload) => write(&mut session, Message::Pong(payload)).await,
            Outgoing::Change(message, since) => {
                let sent = write(&mut session, Message::Text(message.into())).await;
                histogram!(metrics::PUSH_SECONDS).record(since.elapsed());
                sent
            }
            Outgoing::Close(closing, reason) => return close(session, closing, reason).await,
        };
        match sent {
            Ok(()) => {}
            Err(Stuck::Closed) => return,
            Err(Stuck::TimedOut) => return close(session, Closing::Slow, "does not read").await,
        }
    }
}

enum Stuck {
    /// The client is gone.
    Closed,
    TimedOut,
}

async fn write(session: &mut Session, message: Message) -> Result<(), Stuck> {
    counter!(metrics::SENT).increment(1);
    match tokio::time::timeout(WRITE_TIMEOUT, session.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Closed)) => Err(Stuck::Closed),
        Err(_) => Err(Stuck::TimedOut),
    }
}

async fn close(session: Session, closing: Closing, reason: &str) {
    counter!(metrics::CLOSED, "code" => closing.code().to_string()).increment(1);
    // Fails when the client is gone; a client that does not read loses the connection without a word.
    drop(tokio::time::timeout(CLOSE_TIMEOUT, session.close(Some(closing.reason(reason)))).await);
}
