//! A client of `tidemark.v1`, the WebSocket protocol of docs/live.md, that hides nothing of what the server says.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail, ensure};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A connection whose user has signed in.
pub struct Live {
    socket: WebSocketStream<TcpStream>,
    next_id: u64,
}

impl Live {
    /// Connects and signs in. An error tells why the server, or the network, did not let it.
    pub async fn connect(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}/v1/live").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("tidemark.v1"));
        let connecting = async {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            anyhow::Ok(client_async(request, stream).await?)
        };
        let (socket, _) = timeout(PATIENCE, connecting).await.context("connecting took too long")??;
        let mut live = Self { socket, next_id: 1 };
        let id = live.say(json!({"t": "auth", "token": token})).await?;
        let ready = live.next(PATIENCE).await?.context("no answer to the token")?;
        ensure!(ready["t"] == "ready" && ready["id"] == id, "not signed in: {ready}");
        Ok(live)
    }

    /// Asks for a topic, from where an earlier subscription ended; returns the subscription's id.
    pub async fn subscribe(&mut self, topic: &str, resume: Option<(i64, &str)>) -> anyhow::Result<u64> {
        let mut request = json!({"t": "sub", "topic": topic});
        if let Some((after, epoch)) = resume {
            (request["after"], request["epoch"]) = (json!(after.to_string()), json!(epoch));
        }
        self.say(request).await
    }

    /// The next message but for pings, which are answered; `None` when nothing comes in time.
    pub async fn next(&mut self, patience: Duration) -> anyhow::Result<Option<Value>> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let Ok(message) = tokio::time::timeout_at(deadline, self.socket.next()).await else { return Ok(None) };
            match message.context("the connection has ended")?? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    if message["t"] != "ping" {
                        return Ok(Some(message));
                    }
                    self.send(json!({"t": "pong"})).await?;
                }
                Message::Close(frame) => bail!("closed: {frame:?}"),
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Binary(_) | Message::Frame(_) => bail!("the protocol is text"),
            }
        }
    }

    /// Reads on until a message of this kind (`t`) comes.
    ///
    /// # Panics
    /// When none comes within 20 s.
    pub async fn expect(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next(PATIENCE).await.expect("the connection is open");
            let message = message.unwrap_or_else(|| panic!("no {kind} came in time"));
            if message["t"] == kind {
                return message;
            }
        }
    }

    async fn say(&mut self, mut request: Value) -> anyhow::Result<u64> {
        let id = self.next_id;
        self.next_id += 1;
        request["id"] = json!(id);
        self.send(request).await?;
        Ok(id)
    }

    async fn send(&mut self, message: Value) -> anyhow::Result<()> {
        let sending = self.socket.send(Message::text(message.to_string()));
        Ok(timeout(PATIENCE, sending).await.context("the server does not read")??)
    }
}
