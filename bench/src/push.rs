//! From a command's first byte to the change on a subscriber's WebSocket: log, projection, bus, hub.

use std::time::{Duration, Instant};

use anyhow::Context;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    application::{Application, Wiring},
    http::Client,
    report::{Report, quantile_ms},
};

const SCENARIO: &str = "push";
const CHANGES: usize = 500;
/// Between two changes: the system is idle when each is made.
const PAUSE: Duration = Duration::from_millis(4);
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) type Socket = WebSocketStream<TcpStream>;

pub(crate) async fn run(report: &mut Report) -> anyhow::Result<()> {
    measure(report, Wiring::Embedded, "embedded", "<= 1.5", "<= 2.8").await?;
    measure(report, Wiring::RabbitMq, "through RabbitMQ", "<= 3", "<= 8").await
}

async fn measure(report: &mut Report, wiring: Wiring, name: &str, p50: &str, p99: &str) -> anyhow::Result<()> {
    let application = Application::start(wiring).await?;
    let token = application.person(0).await?;
    let mut socket = subscribe(&application, &token, "users/me").await?;
    let mut client = Client::connect(application.address).await?;
    let headers = format!("authorization: Bearer {token}\r\n");
    let mut latencies = vec![];
    for number in 0..CHANGES {
        tokio::time::sleep(PAUSE).await;
        let name = format!("Name {number}");
        let body = json!({ "display_name": name }).to_string();
        let started = Instant::now();
        let (answer, pushed) = tokio::join!(
            client.send("PATCH", "/v1/users/me", &headers, &body),
            tokio::time::timeout(PATIENCE, pushed(&mut socket, &name))
        );
        answer?.json(200)?;
        let at = pushed??;
        // What was measured before the first tenth is warm-up.
        if number >= CHANGES / 10 {
            latencies.push(at - started);
        }
    }
    let (median, tail) = (quantile_ms(&mut latencies, 0.5), quantile_ms(&mut latencies, 0.99));
    report.add_with_target(SCENARIO, format!("command to push, {name}, p50"), median, "ms", Some(p50));
    report.add_with_target(SCENARIO, format!("command to push, {name}, p99"), tail, "ms", Some(p99));
    drop(socket);
    application.stop().await
}

/// A connection that follows a topic.
pub(crate) async fn subscribe(application: &Application, token: &str, topic: &str) -> anyhow::Result<Socket> {
    let mut request = format!("ws://{}/v1/live", application.address).into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "tidemark.v1".parse()?);
    let stream = TcpStream::connect(application.address).await?;
    stream.set_nodelay(true)?;
    let (mut socket, _) = client_async(request, stream).await?;
    socket.send(Message::text(json!({ "t": "auth", "id": 1, "token": token }).to_string())).await?;
    socket.send(Message::text(json!({ "t": "sub", "id": 2, "topic": topic }).to_string())).await?;
    loop {
        let (frame, _) = tokio::time::timeout(PATIENCE, next(&mut socket)).await??;
        if frame["t"] == "subbed" {
            return Ok(socket);
        }
    }
}

/// When the change to this name came. The registration may come before the first one.
async fn pushed(socket: &mut Socket, name: &str) -> anyhow::Result<Instant> {
    loop {
        let (frame, at) = next(socket).await?;
        if frame["t"] == "chg" && frame["data"]["display_name"] == name {
            return Ok(at);
        }
    }
}

async fn next(socket: &mut Socket) -> anyhow::Result<(Value, Instant)> {
    loop {
        let message = socket.next().await.context("the server hung up")??;
        let at = Instant::now();
        if let Message::Text(text) = message {
            return Ok((serde_json::from_str(&text)?, at));
        }
    }
}
