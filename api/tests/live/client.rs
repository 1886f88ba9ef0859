//! A client of the protocol, and the model of what it may be told.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};
use uuid::Uuid;

use crate::app::TestApp;

/// Machines that run tests have other things to do, too.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

/// What a handshake may say beside the address.
#[derive(Clone, Copy, Default)]
pub(crate) struct Offer<'a> {
    pub(crate) origin: Option<&'a str>,
    pub(crate) no_subprotocol: bool,
    /// Bytes that the client's kernel keeps for it.
    pub(crate) receive_buffer: Option<u32>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::offer(address, Offer::default()).await.expect("the handshake succeeds")
    }

    pub(crate) async fn offer(address: SocketAddr, offer: Offer<'_>) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/v1/live").into_client_request()?;
        let headers = request.headers_mut();
        if !offer.no_subprotocol {
            headers.insert("sec-websocket-protocol", "tidemark.v2, tidemark.v1".parse().expect("a header"));
        }
        if let Some(origin) = offer.origin {
            headers.insert("origin", origin.parse().expect("a header"));
        }
        let socket = TcpSocket::new_v4()?;
        if let Some(bytes) = offer.receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        let stream = socket.connect(address).await?;
        let (socket, response) = client_async(request, stream).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "tidemark.v1");
        Ok(Self { socket })
    }

    /// Connected and signed in.
    pub(crate) async fn signed_in(app: &TestApp, user_id: Uuid) -> Self {
        let mut client = Self::connect(app.address()).await;
        client.sign_in(&app.token(user_id)).await;
        client
    }

    pub(crate) async fn sign_in(&mut self, token: &str) -> Value {
        self.send(json!({"t": "auth", "id": 1, "token": token})).await;
        let ready = self.next().await;
        assert_eq!(ready["t"], "ready", "{ready}");
        ready
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("sent");
    }

    pub(crate) async fn subscribe(&mut self, id: u64, topic: &str) {
        self.send(json!({"t": "sub", "id": id, "topic": topic})).await;
    }

    /// Subscribes to those records of a topic for which a condition holds.
    pub(crate) async fn filter(&mut self, id: u64, topic: &str, filter: &str) {
        self.send(json!({"t": "sub", "id": id, "topic": topic, "filter": filter})).await;
    }

    pub(crate) async fn resume(&mut self, id: u64, topic: &str, after: &str, epoch: &str) {
        self.send(json!({"t": "sub", "id": id, "topic": topic, "after": after, "epoch": epoch})).await;
    }

    /// The next message that is no ping.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match self.read().await {
                Ok(message) if message["t"] == "ping" => self.send(json!({"t": "pong"})).await,
                Ok(message) => return message,
                Err(closed) => panic!("the connection was closed: {closed:?}"),
            }
        }
    }

    /// How the server closes the connection; what it says before is skipped.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(closed) = self.read().await {
                return closed.map_or(0, |frame| frame.code.into());
            }
        }
    }

    async fn read(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("something is said in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }
}

/// What a client knows of one subscription; checks every message against the protocol's promises.
#[derive(Clone, Debug, Default)]
pub(crate) struct Follower {
    pub(crate) id: u64,
    /// Version and content of each record.
    pub(crate) records: BTreeMap<String, (i64, Value)>,
    pub(crate) removed: BTreeMap<String, i64>,
    pub(crate) position: String,
    pub(crate) epoch: String,
    pub(crate) mode: String,
    pub(crate) reset: Option<String>,
    pub(crate) changes: usize,
    /// Every key that was told, in whatever message.
    pub(crate) heard: BTreeSet<String>,
    loading: bool,
}

impl Follower {
    pub(crate) fn new(id: u64) -> Self {
        Self { id, ..Self::default() }
    }

    /// The follower of a client that comes back: it knows what it knew.
    pub(crate) fn resumed(self, id: u64) -> Self {
        Self { id, mode: String::new(), reset: None, changes: 0, ..self }
    }

    /// Subscribes and reads until the subscription has begun.
    pub(crate) async fn begin(client: &mut Client, id: u64, topic: &str) -> Self {
        let mut follower = Self::new(id);
        client.subscribe(id, topic).await;
        follower.begun(client).await;
        follower
    }

    pub(crate) async fn begun(&mut self, client: &mut Client) {
        while self.mode.is_empty() {
            let message = client.next().await;
            self.take(&message);
        }
    }

    /// Subscribes to the records of a topic for which a condition holds, and reads until that has begun.
    pub(crate) async fn begin_filtered(client: &mut Client, id: u64, topic: &str, filter: &str) -> Self {
        let mut follower = Self::new(id);
        client.filter(id, topic, filter).await;
        follower.begun(client).await;
        follower
    }

    /// Reads until a condition holds.
    pub(crate) async fn until(&mut self, client: &mut Client, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            let message = client.next().await;
            self.take(&message);
        }
    }

    pub(crate) fn take(&mut self, message: &Value) {
        assert_eq!(message["id"], self.id, "{message}");
        match message["t"].as_str().expect("a type") {
            "snap" => self.take_snapshot(message),
            "subbed" => self.take_beginning(message),
            "chg" => self.take_change(message),
            "reset" => self.reset = Some(text(&message["why"])),
            other => panic!("unexpected {other}: {message}"),
        }
    }

    pub(crate) fn name_of(&self, id: Uuid) -> Option<&str> {
        self.records.get(&id.to_string())?.1["display_name"].as_str()
    }

    pub(crate) fn knows(&self, id: Uuid) -> bool {
        self.records.contains_key(&id.to_string())
    }

    pub(crate) fn has_heard_of(&self, id: Uuid) -> bool {
        self.heard.contains(&id.to_string())
    }

    pub(crate) fn number(&self) -> i64 {
        self.position.parse().expect("a plain position")
    }

    fn take_snapshot(&mut self, message: &Value) {
        if !std::mem::replace(&mut self.loading, true) {
            self.records.clear();
        }
        for item in message["items"].as_array().expect("items") {
            self.heard.insert(text(&item["key"]));
            let known = self.records.insert(text(&item["key"]), (number(&item["version"]), item["data"].clone()));
            assert!(known.is_none(), "a record comes once in a snapshot");
        }
    }

    fn take_beginning(&mut self, message: &Value) {
        self.mode = text(&message["mode"]);
        assert_eq!(self.mode == "snapshot", std::mem::replace(&mut self.loading, false));
        if self.mode == "resumed" {
            assert_eq!(message["pos"], *self.position, "a resumed subscription goes on where it was");
        }
        (self.position, self.epoch) = (text(&message["pos"]), text(&message["epoch"]));
    }

    fn take_change(&mut self, message: &Value) {
        assert!(!self.loading && !self.mode.is_empty(), "no change before the subscription has begun: {message}");
        assert_eq!(message["prev"], *self.position, "no gap: {message}");
        let before = self.number();
        self.position = text(&message["pos"]);
        assert!(self.number() >= before, "positions only grow: {message}");
        self.changes += 1;
        let (key, version) = (text(&message["key"]), number(&message["version"]));
        self.heard.insert(key.clone());
        let known = self.records.get(&key).map_or(0, |(version, _)| *version);
        match message["op"].as_str().expect("an op") {
            "upsert" if version > known => {
                self.records.insert(key, (version, message["data"].clone()));
            }
            "remove" if version > known => {
                self.records.remove(&key);
                self.removed.insert(key, version);
            }
            "upsert" | "remove" => {}
            other => panic!("unexpected op {other}"),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a string")).to_owned()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is a number"))
}
