//! A server of somebody else's that is sent things over HTTP, and answers as a test says.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Listens on a port of its own until it is dropped.
pub struct HttpReceiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<ReceivedRequest>>,
    /// For the next requests; after them, all is well.
    replies: Mutex<VecDeque<HttpReply>>,
    always: Mutex<Option<HttpReply>>,
    written: AtomicU64,
}

/// What has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// Such as `POST /hook HTTP/1.1`.
    pub line: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum HttpReply {
    Status(u16),
    /// With headers and a body.
    Full(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A good answer whose body never ends.
    Endless,
    /// Nothing, and the connection stays.
    Hang,
    /// Nothing, and the connection ends.
    Close,
}

impl ReceivedRequest {
    /// The value of a header, whose name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl HttpReceiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, accepting }
    }

    /// With a token, as such URLs often have one.
    pub fn url(&self) -> String {
        self.url_of("127.0.0.1")
    }

    /// The same under another name of this machine.
    pub fn url_of(&self, host: &str) -> String {
        format!("http://{host}:{}/hook?token=Url-t0ken", self.address.port())
    }

    /// Answers the next requests with these, one each, and all later ones well.
    pub fn reply_next(&self, replies: impl IntoIterator<Item = HttpReply>) {
        lock(&self.shared.replies).extend(replies);
    }

    /// Answers every request so; `None` answers well again.
    pub fn reply_always(&self, reply: Option<HttpReply>) {
        *lock(&self.shared.always) = reply;
    }

    pub fn received(&self) -> Vec<ReceivedRequest> {
        lock(&self.shared.received).clone()
    }

    /// All requests, once there are so many.
    ///
    /// # Panics
    /// When there are not within 20 s.
    pub async fn wait_for(&self, count: usize) -> Vec<ReceivedRequest> {
        let waiting = async {
            while self.received().len() < count {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let come = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(come.is_ok(), "{} requests of {count}", self.received().len());
        self.received()
    }

    /// Bytes of endless bodies that were taken from it.
    pub fn written(&self) -> u64 {
        self.shared.written.load(Ordering::Relaxed)
    }
}

impl Drop for HttpReceiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        lock(&shared.received).push(request);
        let always = lock(&shared.always).clone();
        let reply = lock(&shared.replies).pop_front().or(always).unwrap_or(HttpReply::Status(204));
        if !answer(&mut stream, reply, &shared.written).await {
            return;
        }
    }
}

/// Whether the connection goes on.
async fn answer(stream: &mut TcpStream, reply: HttpReply, written: &AtomicU64) -> bool {
    let (status, headers, body) = match reply {
        HttpReply::Status(status) => (status, vec![], vec![]),
        HttpReply::Full(status, headers, body) => (status, headers, body),
        HttpReply::Endless => {
            let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n").await;
            while sent.is_ok() {
                sent = stream.write_all(&[b'x'; 4096]).await;
                written.fetch_add(4096, Ordering::Relaxed);
            }
            return false;
        }
        HttpReply::Hang => std::future::pending().await,
        HttpReply::Close => return false,
    };
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let head = format!("HTTP/1.1 {status} So\r\n{headers}{length}\r\n");
    stream.write_all(&[head.as_bytes(), &body].concat()).await.is_ok()
}

/// The next request of a connection; `None` at its end.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<ReceivedRequest> {
    loop {
        if let Some((request, length)) = parse(buffer) {
            buffer.drain(..length);
            return Some(request);
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// A request that is there to its end, and its length in bytes.
fn parse(buffer: &[u8]) -> Option<(ReceivedRequest, usize)> {
    let head_length = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&buffer[..head_length]);
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = head_length + length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let body = buffer.get(head_length..length)?.to_vec();
    Some((ReceivedRequest { line, headers, body }, length))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
