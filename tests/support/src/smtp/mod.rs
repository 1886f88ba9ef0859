//! A mail server in the process: takes mails and keeps them for the test to read, and fails on demand.

mod received;
mod session;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::{Mutex as AsyncMutex, watch},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

pub use received::ReceivedMail;

use self::session::Session;

/// How long a test waits for mails before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where in a session something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpStep {
    Greeting,
    Sender,
    Recipient,
    /// After the content. `Close` and `Hang` come when the mail was taken: only the answer is lost.
    Content,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpFault {
    /// The answer is this code, and quotes what it was told, as real servers do.
    Reply(u16),
    Close,
    /// No answer, until the client gives up.
    Hang,
    /// The answer comes only when the client says something else: to a client that gave up and uses the connection
    /// again, it looks like the answer to that.
    Late,
}

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    AtOnce,
    OnStartTls,
}

/// A mail server on a free port of this machine, until it is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    shared: Arc<Shared>,
    running: AsyncMutex<Option<JoinSet<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    tls: Option<(SmtpTls, Tls)>,
    credentials: Option<(String, String)>,
    mails: watch::Sender<Vec<ReceivedMail>>,
    fault: Mutex<Option<(SmtpStep, SmtpFault, usize)>>,
    sessions: AtomicUsize,
}

#[derive(Clone)]
struct Tls(TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl SmtpSink {
    /// A server that takes every mail, in plain text and from everybody.
    pub async fn start() -> Self {
        Self::listen(Shared::default()).await
    }

    /// A server that takes mails only through TLS and after this user has signed in.
    pub async fn start_secure(tls: SmtpTls, config: ServerConfig, user: &str, password: &str) -> Self {
        let tls = Some((tls, Tls(TlsAcceptor::from(Arc::new(config)))));
        let credentials = Some((user.to_owned(), password.to_owned()));
        Self::listen(Shared { tls, credentials, ..Shared::default() }).await
    }

    async fn listen(shared: Shared) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(shared);
        let running = AsyncMutex::new(Some(serve(listener, shared.clone())));
        Self { address, shared, running }
    }

    /// For `mail.smtp_url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes all sessions and the port: connections are refused until [`Self::resume`].
    pub async fn stop(&self) {
        if let Some(mut tasks) = self.running.lock().await.take() {
            tasks.shutdown().await;
        }
    }

    /// Listens on the same port again.
    pub async fn resume(&self) {
        let mut running = self.running.lock().await;
        if running.is_none() {
            let listener = TcpListener::bind(self.address).await.expect("the port is still free");
            *running = Some(serve(listener, self.shared.clone()));
        }
    }

    /// Fails at this step from now on, until [`Self::accept`].
    pub fn fail(&self, step: SmtpStep, fault: SmtpFault) {
        self.fail_next(usize::MAX, step, fault);
    }

    /// Fails the next `times` times that a session comes to this step.
    pub fn fail_next(&self, times: usize, step: SmtpStep, fault: SmtpFault) {
        *self.shared.fault() = Some((step, fault, times));
    }

    /// Takes every mail again.
    pub fn accept(&self) {
        *self.shared.fault() = None;
    }

    /// Sessions since the start.
    pub fn sessions(&self) -> usize {
        self.shared.sessions.load(Ordering::SeqCst)
    }

    /// The mails taken so far, in order.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.shared.mails.borrow().clone()
    }

    /// Waits until at least `count` mails have been taken.
    ///
    /// # Panics
    /// After 20 s.
    pub async fn wait_for_mails(&self, count: usize) -> Vec<ReceivedMail> {
        let mut mails = self.shared.mails.subscribe();
        let enough = mails.wait_for(|mails| mails.len() >= count);
        match tokio::time::timeout(PATIENCE, enough).await {
            Ok(mails) => mails.expect("the sink outlives the wait").clone(),
            Err(_) => panic!("{} of {count} mails came", self.mails().len()),
        }
    }
}

impl Shared {
    fn fault(&self) -> MutexGuard<'_, Option<(SmtpStep, SmtpFault, usize)>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong at this step now, if anything.
    fn take_fault(&self, at: SmtpStep) -> Option<SmtpFault> {
        let mut fault = self.fault();
        match fault.as_mut() {
            Some((step, kind, times)) if *step == at && *times > 0 => {
                *times -= 1;
                Some(*kind)
            }
            Some(_) | None => None,
        }
    }
}

fn serve(listener: TcpListener, shared: Arc<Shared>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut sessions = JoinSet::new();
        loop {
            let Ok((client, _)) = listener.accept().await else { continue };
            shared.sessions.fetch_add(1, Ordering::SeqCst);
            sessions.spawn(Session::run(client, shared.clone()));
            while sessions.try_join_next().is_some() {}
        }
    });
    tasks
}
