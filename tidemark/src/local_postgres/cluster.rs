//! The files and the server process of one private cluster.

use std::{
    fs::{self, File},
    io::{self, Write},
    net::TcpListener,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Account, LocalPostgresError, Programs, Result, read_trimmed};

/// Longer than `pg_ctl` itself waits, so that its own message comes first.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(120);
/// Small and durable: what acknowledges an event must have it on disk. No personal data in the server's log: `terse`
/// leaves out the values in `DETAIL`.
const SETTINGS: &str = "
# Tidemark's private cluster
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = 128MB
max_wal_size = 1GB
fsync = on
full_page_writes = on
synchronous_commit = on
jit = off
timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_error_verbosity = terse
log_timezone = 'UTC'
";

const PASSWORD_FILE: &str = "password";
/// Beyond any system's highest process id.
const IMPOSSIBLE_PID: i32 = i32::MAX;

#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) programs: Programs,
    pub(super) account: Account,
    /// Holds the data, and beside it what the server's user need not read.
    pub(super) home: PathBuf,
    pub(super) data: PathBuf,
}

impl Cluster {
    /// The cluster for which a directory is wanted, whether it was made or not.
    pub(super) fn at(directory: &Path) -> Result<Self> {
        let account = Account::for_server()?;
        let home = account.home_for(directory)?;
        let data = home.join("data");
        Ok(Self { programs: Programs::find(&data)?, account, home, data })
    }

    /// Makes the cluster unless it is there, and returns the password of its one user.
    pub(super) async fn ensure_initialised(&self) -> Result<String> {
        if let Some(password) = self.password().filter(|_| self.data.join("PG_VERSION").exists()) {
            return Ok(password);
        }
        let password_file = self.home.join(PASSWORD_FILE);
        let password = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
        io("cannot write the database's password", write_private(&password_file, &password))?;
        // Made aside and renamed, so that a start that was cut off leaves no half of a cluster behind.
        let making = self.home.join("data.new");
        io("cannot remove an unfinished cluster", remove_all(&making))?;
        io("cannot make the data directory", fs::create_dir(&making).and_then(|()| self.account.give(&making)))?;
        self.initdb(&making, &password).await?;
        io("cannot configure the cluster", append(&making.join("postgresql.conf"), SETTINGS))?;
        let kept = fs::rename(&making, &self.data).and_then(|()| File::open(&self.home)?.sync_all());
        io("cannot put the cluster in its place", kept)?;
        Ok(password)
    }

    async fn initdb(&self, data: &Path, password: &str) -> Result<()> {
        let for_server = self.home.join("password.new");
        io("cannot remove a file", remove_all(&for_server))?;
        let written = write_private(&for_server, password).and_then(|()| self.account.give(&for_server));
        io("cannot write the database's password", written)?;
        let mut command = self.command("initdb");
        command.arg("--pgdata").arg(data).arg("--pwfile").arg(&for_server);
        command.args(["--username=tidemark", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]);
        command.arg("--data-checksums");
        let made = run("initdb", command).await;
        io("cannot remove a file", remove_all(&for_server))?;
        made.map(drop)
    }

    /// The port of the server that runs on this data, if one does. Otherwise a `postmaster.pid` that a crash left behind
    /// gets an impossible process id: the old one may belong to any other program by now, which would keep the server
    /// from starting. The file itself must stay, because its other lines keep a new server from starting while processes
    /// of the crashed one still write.
    pub(super) fn running_port(&self) -> Option<u16> {
        let pid_file = self.data.join("postmaster.pid");
        let content = fs::read_to_string(&pid_file).ok()?;
        let (pid, rest) = content.split_once('\n')?;
        if self.is_our_server(pid.trim()) {
            return port_of(rest);
        }
        // If this fails, the start will say why.
        drop(fs::write(&pid_file, format!("{IMPOSSIBLE_PID}\n{rest}")));
        None
    }

    /// The same for whoever may change nothing: another process has the lock.
    pub(super) fn port_in_use(&self) -> Option<u16> {
        let content = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        let (pid, rest) = content.split_once('\n')?;
        port_of(rest).filter(|_| self.is_our_server(pid.trim()))
    }

    /// Of the cluster's one user; `None` before it was made.
    pub(super) fn password(&self) -> Option<String> {
        read_trimmed(&self.home.join(PASSWORD_FILE))
    }

    fn is_our_server(&self, pid: &str) -> bool {
        if Path::new("/proc/self").exists() {
            let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let data = self.data.as_os_str().as_encoded_bytes();
            return arguments.split(|byte| *byte == 0).any(|argument| argument == data);
        }
        let mut status = self.command("pg_ctl");
        status.arg("status").arg("--pgdata").arg(&self.data);
        status.output().is_ok_and(|output| output.status.success())
    }

    /// The port of the last start if it is still free, otherwise a new one, which is written down.
    pub(super) fn free_port(&self) -> Result<u16> {
        let file = self.home.join("port");
        let last = read_trimmed(&file).and_then(|text| text.parse().ok());
        let listener = last.and_then(|port: u16| TcpListener::bind(("127.0.0.1", port)).ok());
        let listener = listener.map_or_else(|| TcpListener::bind("127.0.0.1:0"), Ok);
        let port = io("no free port", listener.and_then(|listener| listener.local_addr()))?.port();
        io("cannot write the database's port", fs::write(&file, port.to_string()))?;
        Ok(port)
    }

    /// Starts the server in a session of its own, so that Ctrl-C reaches only this process, which then drains first.
    pub(super) async fn start(&self, port: u16) -> Result<()> {
        let mut command = self.command("pg_ctl");
        command.arg("start").arg("--pgdata").arg(&self.data).arg("--log").arg(self.data.join("start.log"));
        command.args(["--wait", "--timeout=90", "--silent"]).arg("--options").arg(format!("-p {port}"));
        // The server keeps the standard streams of whoever starts it: a pipe would never end.
        let started = run_detached(command).await?;
        if started.success() {
            return Ok(());
        }
        let log = read_trimmed(&self.data.join("start.log")).unwrap_or_default();
        let output = log.lines().last().unwrap_or("see start.log in its data directory").to_owned();
        Err(LocalPostgresError::Program { program: "postgres", output })
    }

    /// Fast: disconnects clients, ends what they were doing, writes everything down.
    pub(super) fn stop_command(&self) -> Command {
        let mut command = self.command("pg_ctl");
        command.arg("stop").arg("--pgdata").arg(&self.data).args(["--mode=fast", "--wait", "--timeout=60", "--silent"]);
        command
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.directory.join(program));
        // The caller's directory may be closed to the server's user, and its PG… variables are meant for other servers.
        command.current_dir("/").stdin(std::process::Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        self.account.applied_to(&mut command);
        command
    }
}

/// What follows the process id in `postmaster.pid`: the directory, the time of the start, the port.
fn port_of(rest: &str) -> Option<u16> {
    rest.lines().nth(2)?.trim().parse().ok()
}

/// Runs a program to its end; its last line says why it failed.
pub(super) async fn run(program: &'static str, command: Command) -> Result<Output> {
    let failed = |output: String| LocalPostgresError::Program { program, output };
    let running = tokio::process::Command::from(command).kill_on_drop(true).output();
    let output = tokio::time::timeout(PROGRAM_TIMEOUT, running).await;
    let output =
        output.map_err(|_| failed("no answer in time".to_owned()))?.map_err(|error| failed(error.to_string()))?;
    if output.status.success() { Ok(output) } else { Err(failed(last_line(&output))) }
}

async fn run_detached(command: Command) -> Result<std::process::ExitStatus> {
    let failed = |output: String| LocalPostgresError::Program { program: "pg_ctl", output };
    let mut command = tokio::process::Command::from(command);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let running = tokio::time::timeout(PROGRAM_TIMEOUT, command.status()).await;
    running.map_err(|_| failed("no answer in time".to_owned()))?.map_err(|error| failed(error.to_string()))
}

pub(super) fn last_line(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).join("\n");
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no output").to_owned()
}

fn write_private(path: &Path, content: &str) -> io::Result<()> {
    let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

fn append(path: &Path, content: &str) -> io::Result<()> {
    let mut file = File::options().append(true).open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

fn remove_all(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn io<T>(action: &str, result: io::Result<T>) -> Result<T> {
    result.map_err(|error| LocalPostgresError::Io { action: action.to_owned(), error })
}
