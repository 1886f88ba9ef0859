//! Settings of the TCP connections that may become WebSockets: a client that is gone, or does not read, holds neither
//! memory nor a place for long.

use std::{any::Any, time::Duration};

use actix_web::{dev::Extensions, rt::net::TcpStream};
use socket2::{SockRef, TcpKeepalive};
use tracing::debug;

/// Sent bytes that are not acknowledged for this long, or a window that stays closed, end the connection (tcp(7)).
const USER_TIMEOUT: Duration = Duration::from_secs(30);
/// A peer that vanished without a word is noticed within two minutes, also where nothing is sent.
const KEEPALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(20));
/// Bytes that the kernel keeps unsent. What has left does not count, so throughput does not suffer; what has not waits
/// in our queue instead, where it can still be coalesced.
const UNSENT_BYTES: u32 = 64 * 1024;

/// To be called for every connection that the server accepts (`HttpServer::on_connect`).
pub fn prepare(connection: &dyn Any, _: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    let socket = SockRef::from(stream);
    let set = socket
        .set_tcp_keepalive(&KEEPALIVE)
        .and_then(|()| socket.set_tcp_user_timeout(Some(USER_TIMEOUT)))
        .and_then(|()| socket.set_tcp_notsent_lowat(UNSENT_BYTES));
    if let Err(error) = set {
        // The peer may be gone already.
        debug!(%error, "a connection's settings cannot be made");
    }
}
