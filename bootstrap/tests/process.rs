//! Starting, draining and ending, watched from outside on a real process with real signals.
//!
//! The process is this test program itself, started again with a role in its environment.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bootstrap::{Config, Context, config::ConfigError, process};
use rustix::process::{Pid, Signal, kill_process};

const ROLE: &str = "BOOTSTRAP_PROCESS_ROLE";
const PATIENCE: Duration = Duration::from_secs(60);

/// The other side of every test here: does nothing unless it was started with a role.
#[test]
fn the_process_under_test() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let exit = process::run("tidemark-test", Config::load(None), async |context: Context| match role.as_str() {
        "drains" => {
            let (shutdown, tasks) = (context.shutdown.clone(), context.tasks.clone());
            tasks.supervise("writer", move || {
                let shutdown = shutdown.clone();
                async move {
                    // Said from within: a task that has not begun when the process is told to stop never does.
                    println!("ready");
                    shutdown.requested().await;
                    println!("writer finished its batch");
                    Ok::<_, ConfigError>(())
                }
            });
            context.shutdown.requested().await;
            Ok(())
        }
        "hangs" => {
            println!("ready");
            std::future::pending().await
        }
        "returns" => Ok(()),
        "fails" => Err(anyhow::anyhow!("the disk is gone").context("cannot write")),
        "needs a database" => context.database().await.map(drop),
        other => panic!("unknown role {other}"),
    });
    std::process::exit(exit as i32);
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Running {
    fn start(role: &str, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_process_under_test", "--nocapture"]);
        command.env(ROLE, role).env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0").env("TIDEMARK_LOG__FORMAT", "json");
        command.env_remove("DATABASE_URL").envs(environment.iter().copied());
        Self(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn wait_for_line(&mut self, wanted: &str) {
        let lines = BufReader::new(self.0.stdout.as_mut().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.ends_with(wanted)), "never said {wanted}");
    }

    /// Reads log lines until the one that tells where the admin server listens.
    fn admin_address(&mut self) -> String {
        let lines = BufReader::new(self.0.stderr.as_mut().unwrap()).lines().map_while(Result::ok);
        let started = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok());
        let mut addresses = started.filter_map(|line| line["admin"].as_str().map(str::to_owned));
        addresses.next().expect("the process says where its admin server is")
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Exit code and everything that was still to be read, or a failure when it takes too long.
    fn end(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        while self.0.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < PATIENCE, "the process does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut output = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut output).unwrap();
        (self.0.wait().unwrap().code(), output)
    }
}

fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

#[test]
fn sigterm_drains_the_tasks_and_ends_with_success() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut process = Running::start("drains", &[]);
        process.wait_for_line("ready");
        process.signal(signal);
        let (code, output) = process.end();
        assert_eq!(code, Some(0), "{output}");
        assert!(output.contains("writer finished its batch") && output.contains("stopped"), "{output}");
    }
}

#[test]
fn the_admin_server_answers_metrics_and_health() {
    let mut process = Running::start("drains", &[]);
    let address = process.admin_address();
    process.wait_for_line("ready");
    assert_eq!(get(&address, "/health/live").0, 200);
    for path in ["/health", "/health/ready"] {
        let (status, answer) = get(&address, path);
        assert_eq!(status, 200);
        assert!(answer.contains(r#""disk":{"state":"#) && answer.contains("latency_ms"), "{answer}");
    }
    let (status, metrics) = get(&address, "/metrics");
    assert_eq!(status, 200);
    assert!(
        metrics.contains("tidemark_build_info{")
            && metrics.contains(r#"tidemark_process_tasks_count{state="running"} 1"#)
    );
    assert_eq!(get(&address, "/").0, 404);
}

#[test]
fn a_process_that_is_stopping_says_so_and_a_second_signal_ends_it() {
    let mut process = Running::start("hangs", &[]);
    let address = process.admin_address();
    process.wait_for_line("ready");
    process.signal(Signal::TERM);
    let started = Instant::now();
    while get(&address, "/health/ready").0 != 503 {
        assert!(started.elapsed() < PATIENCE, "never reported as stopping");
    }
    assert_eq!(get(&address, "/health/live").0, 200);
    process.signal(Signal::TERM);
    assert_eq!(process.end().0, Some(143));
}

#[test]
fn work_that_does_not_end_is_abandoned_after_the_grace() {
    let mut process = Running::start("hangs", &[("TIDEMARK_SHUTDOWN_GRACE_SECONDS", "1")]);
    process.wait_for_line("ready");
    process.signal(Signal::TERM);
    let (code, output) = process.end();
    assert_eq!(code, Some(1));
    assert!(output.contains("tidemark-test: work was still running 1 s after the request to stop"), "{output}");
}

#[test]
fn the_exit_code_tells_success_failure_and_configuration_apart() {
    assert_eq!(Running::start("returns", &[]).end().0, Some(0));
    let (code, output) = Running::start("fails", &[]).end();
    assert_eq!(code, Some(1));
    assert!(output.contains("tidemark-test: cannot write: the disk is gone\n"), "{output}");
    let (code, output) = Running::start("returns", &[("TIDEMARK_HTTP__BIND", "nowhere")]).end();
    assert_eq!(code, Some(2));
    assert!(output.contains("tidemark-test: configuration refused:\n  http.bind (TIDEMARK_HTTP__BIND)"), "{output}");
}

#[test]
fn a_missing_or_unprepared_database_is_a_matter_of_configuration() {
    let (code, output) = Running::start("needs a database", &[]).end();
    assert_eq!(code, Some(2));
    assert!(output.contains("database.url (DATABASE_URL): is required"), "{output}");
    let server = std::env::var("TIDEMARK_TEST_DATABASE_URL");
    let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    let (code, output) = Running::start("needs a database", &[("DATABASE_URL", &server)]).end();
    assert_eq!(code, Some(2));
    assert!(output.contains("run `tidemark migrate`"), "{output}");
}

#[test]
fn an_occupied_admin_port_is_one_clear_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, output) = Running::start("returns", &[("TIDEMARK_ADMIN__BIND", &address)]).end();
    assert_eq!(code, Some(1));
    let expected = format!("tidemark-test: cannot listen on {address} for metrics and health: Address already in use");
    assert!(output.contains(&expected), "{output}");
}
