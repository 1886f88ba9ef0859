//! One process of the installation under test, and the signals it gets.

use std::{
    fs::File,
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
    sync::watch,
    time::timeout,
};

use super::programs::Programs;

/// Long enough for a debug build on a machine that is busy with other things.
const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(40);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    Api,
    Projector,
    Worker,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Api, Self::Projector, Self::Worker];

    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Api => "tidemark-api",
            Self::Projector => "tidemark-projector",
            Self::Worker => "tidemark-worker",
        }
    }
}

/// A running process; killed when it is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    addresses: watch::Receiver<Addresses>,
}

/// Where a process listens, as its log says.
#[derive(Clone, Copy, Debug, Default)]
struct Addresses {
    admin: Option<SocketAddr>,
    http: Option<SocketAddr>,
}

impl Process {
    /// Starts a program with nothing in its environment but `settings`. Its log goes on in `<name>.log`.
    pub(super) fn start(programs: &Programs, role: Role, name: &str, settings: &[(String, String)]) -> Self {
        let mut command = Command::new(programs.path(role));
        command.env_clear().envs(settings.iter().cloned()).current_dir(programs.directory());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().expect("the log is piped")).lines();
        let (found, addresses) = watch::channel(Addresses::default());
        tokio::spawn(follow(lines, open(&programs.directory().join(format!("{name}.log"))), found));
        Self { child, addresses }
    }

    /// The address of the HTTP API, once it listens.
    pub(super) async fn http(&mut self) -> SocketAddr {
        self.address(|addresses| addresses.http).await
    }

    /// The address of the admin server, once it listens.
    pub(super) async fn admin(&mut self) -> SocketAddr {
        self.address(|addresses| addresses.admin).await
    }

    async fn address(&mut self, of: impl Fn(&Addresses) -> Option<SocketAddr>) -> SocketAddr {
        let found = timeout(START_PATIENCE, self.addresses.wait_for(|addresses| of(addresses).is_some())).await;
        let addresses = found.expect("the process listens in time").expect("the process goes on");
        of(&addresses).expect("the address was waited for")
    }

    pub(super) fn signal(&self, signal: Signal) {
        let id = self.child.id().expect("the process runs");
        let id = Pid::from_raw(id.cast_signed()).expect("a process has an id");
        kill_process(id, signal).expect("our own process takes signals");
    }

    /// Ends it at once, as a crash would.
    pub(super) async fn kill(mut self) {
        self.child.kill().await.expect("our own process can be killed");
    }

    /// Asks it to stop, and waits until it has.
    pub(super) async fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let ended = timeout(STOP_PATIENCE, self.child.wait()).await;
        ended.expect("the process stops in time").expect("our own process can be awaited")
    }

    /// True when it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("our own process can be asked").is_some()
    }
}

fn open(path: &Path) -> File {
    File::options().append(true).create(true).open(path).expect("the run's directory is writable")
}

/// Keeps the log, and looks in it for what a test needs to know.
async fn follow(mut lines: Lines<BufReader<ChildStderr>>, mut log: File, found: watch::Sender<Addresses>) {
    while let Ok(Some(line)) = lines.next_line().await {
        drop(writeln!(log, "{line}"));
        let Ok(entry) = serde_json::from_str::<Value>(&line) else { continue };
        let address = |name: &str| entry[name].as_str().and_then(|address| address.parse().ok());
        match entry["message"].as_str() {
            Some("started") => found.send_modify(|addresses| addresses.admin = address("admin")),
            Some("listening") => found.send_modify(|addresses| addresses.http = address("address")),
            Some(_) | None => {}
        }
    }
}
