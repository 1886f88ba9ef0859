//! A payment provider: a real HTTP server that keeps its promises about keys, and breaks everything else on demand.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

pub(crate) const API_KEY: &str = "sk_test";

/// What goes wrong with the next charge.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    Decline,
    /// 500, and nothing is booked.
    Fail,
    /// It is booked, and nobody ever hears of it.
    HangBooked,
    /// It is not booked, and nobody ever hears of it.
    HangUnbooked,
    /// It is booked, and answered when there is a permit.
    AnswerLate(Arc<Semaphore>),
    /// It is booked, and the answer comes two times on the same connection.
    AnswerTwice,
}

#[derive(Debug, Default)]
struct Book {
    /// Order and amount of what was taken.
    charges: Vec<(String, i64)>,
    /// Orders that were given back, as often as they were.
    refunds: Vec<String>,
    /// Orders of which nothing is taken any more.
    closed: HashSet<String>,
    /// By key, what the first request was answered with.
    answers: HashMap<String, (u16, Value)>,
    faults: VecDeque<Fault>,
    /// So many refunds are answered with 500, and not booked.
    failing_refunds: usize,
    requests: usize,
}

/// Dropped, it stops to answer.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    book: Arc<Mutex<Book>>,
    _serving: JoinSet<()>,
}

impl Provider {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, book) = (listener.local_addr().unwrap(), Arc::<Mutex<Book>>::default());
        let (mut serving, shared) = (JoinSet::new(), Arc::clone(&book));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let book = Arc::clone(&shared);
                connections.spawn(async move { drop(answer(stream, &book).await) });
            }
        });
        Self { address, book, _serving: serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/", self.address)
    }

    /// The next charges go wrong so, in this order.
    pub(crate) fn will(&self, faults: impl IntoIterator<Item = Fault>) {
        self.book().faults.extend(faults);
    }

    pub(crate) fn will_fail_to_refund(&self, times: usize) {
        self.book().failing_refunds = times;
    }

    /// What was taken for an order.
    pub(crate) fn charged(&self, order: &str) -> Vec<i64> {
        let book = self.book();
        book.charges.iter().filter(|(of, _)| of == order).map(|(_, amount)| *amount).collect()
    }

    /// How often an order was given back.
    pub(crate) fn refunded(&self, order: &str) -> usize {
        self.book().refunds.iter().filter(|of| *of == order).count()
    }

    pub(crate) fn requests(&self) -> usize {
        self.book().requests
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }
}

async fn answer(mut stream: TcpStream, book: &Mutex<Book>) -> std::io::Result<()> {
    let (head, body) = read(&mut stream).await?;
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let header = |name: &str| {
        let named = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
        head.lines().find(named).map(|line| line[name.len() + 1..].trim().to_owned())
    };
    if header("authorization").as_deref() != Some(format!("Bearer {API_KEY}").as_str()) {
        return write(&mut stream, 401, &json!({})).await;
    }
    let key = header("idempotency-key").unwrap();
    let order = body["order"].as_str().unwrap_or_default().to_owned();
    let (fault, (status, reply)) = {
        let mut book = book.lock().unwrap();
        book.requests += 1;
        match path.as_str() {
            "/v1/charges" => {
                let fault = book.faults.pop_front();
                let reply = book.charge(key, &order, body["amount"].as_i64().unwrap(), fault.as_ref());
                (fault, reply)
            }
            "/v1/refunds" => (None, book.refund(key, &order)),
            _ => (None, (404, json!({}))),
        }
    };
    match fault {
        Some(Fault::HangBooked | Fault::HangUnbooked) => std::future::pending().await,
        Some(Fault::AnswerLate(permit)) => permit.acquire().await.unwrap().forget(),
        Some(Fault::AnswerTwice) => write(&mut stream, status, &reply).await?,
        Some(Fault::Decline | Fault::Fail) | None => {}
    }
    write(&mut stream, status, &reply).await
}

impl Book {
    fn charge(&mut self, key: String, order: &str, amount: i64, fault: Option<&Fault>) -> (u16, Value) {
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let reply = match fault {
            Some(Fault::Fail) => return (500, json!({})),
            Some(Fault::HangUnbooked) => return (0, Value::Null),
            Some(Fault::Decline) => (402, json!({"code": "card_declined"})),
            _ if self.closed.contains(order) => (402, json!({"code": "order_closed"})),
            Some(Fault::HangBooked | Fault::AnswerLate(_) | Fault::AnswerTwice) | None => {
                self.charges.push((order.to_owned(), amount));
                (201, json!({"id": format!("ch_{}", self.charges.len()), "status": "succeeded", "livemode": false}))
            }
        };
        self.answers.insert(key, reply.clone());
        reply
    }

    fn refund(&mut self, key: String, order: &str) -> (u16, Value) {
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        if self.failing_refunds > 0 {
            self.failing_refunds -= 1;
            return (500, json!({}));
        }
        self.closed.insert(order.to_owned());
        let place = self.charges.iter().position(|(of, _)| of == order);
        let reply = match place.filter(|_| !self.refunds.iter().any(|of| of == order)) {
            Some(place) => {
                self.refunds.push(order.to_owned());
                (201, json!({"status": "refunded", "charge": format!("ch_{}", place + 1)}))
            }
            None => (200, json!({"status": "nothing_held"})),
        };
        self.answers.insert(key, reply.clone());
        reply
    }
}

async fn read(stream: &mut TcpStream) -> std::io::Result<(String, Value)> {
    let (mut bytes, mut buffer) = (vec![], [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            assert!(read > 0, "a head has an end");
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let body = &bytes[end + 4..];
        if body.len() >= length.unwrap_or(0) {
            return Ok((head, serde_json::from_slice(body).unwrap()));
        }
        assert!(read > 0, "a body has an end");
    }
}

async fn write(stream: &mut TcpStream, status: u16, body: &Value) -> std::io::Result<()> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    stream.flush().await
}
