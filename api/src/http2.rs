//! Bounds what one HTTP/2 connection may ask at the same time. The server's library sets no limit, and a client that
//! asks without reading the answers would have them all kept for it.

use std::{
    any::Any,
    cell::Cell,
    net::Shutdown,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::{Extensions, ServiceRequest, ServiceResponse},
    rt::net::TcpStream,
};
use bytes::Bytes;
use socket2::{SockRef, Socket};
use tracing::debug;

/// Requests whose answers have not been sent. Clients assume 100 until they are told otherwise (RFC 9113, section 6.5.2,
/// recommends no less), and nothing can be told here.
const MOST_REQUESTS: usize = 256;
const PROTOCOL: &[u8] = b"h2";

/// An HTTP/2 connection, as its requests know it.
struct Connection {
    open: Cell<usize>,
    /// The connection's socket once more, to end it.
    socket: Socket,
}

/// To be called for every connection that the server accepts (`HttpServer::on_connect`).
pub(crate) fn prepare(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let (stream, session) = stream.get_ref();
    if session.alpn_protocol() != Some(PROTOCOL) {
        return;
    }
    match SockRef::from(stream).try_clone() {
        Ok(socket) => drop(data.insert(Rc::new(Connection { open: Cell::new(0), socket }))),
        // The peer may be gone already, or there are no descriptors left.
        Err(error) => debug!(%error, "an HTTP/2 connection is not bounded"),
    }
}

/// A request on an HTTP/2 connection, until its answer has been sent.
pub(crate) struct OpenRequest(Rc<Connection>);

impl OpenRequest {
    /// `None` for HTTP/1.1, where one request follows another. Ends a connection on which too many are open.
    pub(crate) fn begin(request: &ServiceRequest) -> Option<Self> {
        let connection = Rc::clone(request.conn_data::<Rc<Connection>>()?);
        connection.open.set(connection.open.get() + 1);
        if connection.open.get() > MOST_REQUESTS
            && let Err(error) = connection.socket.shutdown(Shutdown::Both)
        {
            debug!(%error, "a connection with too many requests had ended");
        }
        Some(Self(connection))
    }

    /// Ends with the answer's body.
    pub(crate) fn end_with(self, response: ServiceResponse) -> ServiceResponse {
        response.map_body(|_, body| BoxBody::new(Answer { body, _open: self }))
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.open.set(self.0.open.get().saturating_sub(1));
    }
}

struct Answer {
    body: BoxBody,
    _open: OpenRequest,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
