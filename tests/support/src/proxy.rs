//! A TCP proxy that stands between a process and a server, and fails on demand.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{broadcast, watch},
    task::AbortHandle,
};

const BUFFER_BYTES: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, Default)]
struct Faults {
    refuse: bool,
    pause: bool,
    delay: Duration,
    /// Connections made under an older number are reset.
    cuts: u64,
}

/// Listens on a free port of this machine and forwards to one target until it is dropped.
#[derive(Debug)]
pub struct TcpProxy {
    address: SocketAddr,
    faults: watch::Sender<Faults>,
    injected: broadcast::Sender<Vec<u8>>,
    open: Arc<AtomicUsize>,
    accepted: Arc<AtomicUsize>,
    listener: AbortHandle,
}

impl TcpProxy {
    /// A proxy in front of `target`, such as `127.0.0.1:5672`.
    pub async fn to(target: impl Into<String>) -> Self {
        let target = target.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (faults, injected) = (watch::Sender::new(Faults::default()), broadcast::Sender::new(16));
        let (open, accepted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let link = Link { target, faults: faults.subscribe(), open: open.clone(), accepted: accepted.clone() };
        let listener = tokio::spawn(accept(listener, link, injected.clone())).abort_handle();
        Self { address, faults, injected, open, accepted, listener }
    }

    /// A proxy in front of the server that `url` names, and the URL that leads through it.
    pub async fn in_front_of(url: &str) -> (Self, String) {
        let after_scheme = url.find("://").expect("a URL has a scheme") + 3;
        let authority_end = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
        let host = url[after_scheme..authority_end].rfind('@').map_or(after_scheme, |at| after_scheme + at + 1);
        let proxy = Self::to(&url[host..authority_end]).await;
        let through = format!("{}{}{}", &url[..host], proxy.address, &url[authority_end..]);
        (proxy, through)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections open at this moment.
    pub fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Connections that were forwarded since the proxy began.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Resets every open connection; new ones are accepted.
    pub fn cut(&self) {
        self.faults.send_modify(|faults| faults.cuts += 1);
    }

    /// Resets every open connection, and every new one at once, until [`Self::resume`].
    pub fn refuse(&self) {
        self.faults.send_modify(|faults| (faults.cuts, faults.refuse) = (faults.cuts + 1, true));
    }

    /// Keeps connections open, and accepts new ones, but forwards nothing until [`Self::resume`].
    pub fn pause(&self) {
        self.faults.send_modify(|faults| faults.pause = true);
    }

    /// Holds every chunk back for `delay`, in both directions.
    pub fn delay(&self, delay: Duration) {
        self.faults.send_modify(|faults| faults.delay = delay);
    }

    /// Ends refusing, pausing and delaying.
    pub fn resume(&self) {
        self.faults.send_modify(|faults| *faults = Faults { cuts: faults.cuts, ..Faults::default() });
    }

    /// Sends `bytes` to every connected client as if the server had, even while paused. Meant for idle connections:
    /// it knows nothing of the protocol's frames.
    pub fn inject(&self, bytes: &[u8]) {
        drop(self.injected.send(bytes.to_vec()));
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.listener.abort();
        self.refuse();
    }
}

#[derive(Clone)]
struct Link {
    target: String,
    faults: watch::Receiver<Faults>,
    open: Arc<AtomicUsize>,
    accepted: Arc<AtomicUsize>,
}

async fn accept(listener: TcpListener, link: Link, injected: broadcast::Sender<Vec<u8>>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        if link.faults.borrow().refuse {
            drop(client.set_zero_linger());
            continue;
        }
        tokio::spawn(forward(client, link.clone(), injected.subscribe()));
    }
}

async fn forward(mut client: TcpStream, mut link: Link, injected: broadcast::Receiver<Vec<u8>>) {
    let cuts = link.faults.borrow().cuts;
    let Ok(mut server) = TcpStream::connect(&link.target).await else { return };
    for stream in [&client, &server] {
        drop(stream.set_nodelay(true));
    }
    link.accepted.fetch_add(1, Ordering::SeqCst);
    link.open.fetch_add(1, Ordering::SeqCst);
    {
        let (client_read, client_write) = client.split();
        let (server_read, server_write) = server.split();
        tokio::select! {
            () = pump(client_read, server_write, link.faults.clone(), None) => {}
            () = pump(server_read, client_write, link.faults.clone(), Some(injected)) => {}
            _ = link.faults.wait_for(|faults| faults.cuts > cuts) => {
                // The peers see a reset, not an orderly end.
            }
        }
    }
    if link.faults.borrow().cuts > cuts {
        drop(client.set_zero_linger());
        drop(server.set_zero_linger());
    }
    link.open.fetch_sub(1, Ordering::SeqCst);
}

/// Copies one direction until either side ends.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut faults: watch::Receiver<Faults>,
    mut injected: Option<broadcast::Receiver<Vec<u8>>>,
) {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let now = *faults.borrow_and_update();
        let chunk = tokio::select! {
            changed = faults.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
            Some(bytes) = next(&mut injected) => bytes,
            read = from.read(&mut buffer), if !now.pause => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    tokio::time::sleep(now.delay).await;
                    // What was read while a pause began waits for its end.
                    if faults.wait_for(|faults| !faults.pause).await.is_err() {
                        return;
                    }
                    buffer[..length].to_vec()
                }
            },
        };
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

async fn next(injected: &mut Option<broadcast::Receiver<Vec<u8>>>) -> Option<Vec<u8>> {
    match injected {
        Some(injected) => injected.recv().await.ok(),
        None => std::future::pending().await,
    }
}
