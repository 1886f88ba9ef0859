//! The private cluster on the installed PostgreSQL programs: first start, restart, adoption, crash, refusals.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use bootstrap::{Shutdown, Tasks, db};
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use rustix::process::{Pid, Signal, kill_process};
use tidemark::local_postgres::{LocalPostgres, LocalPostgresError};

/// A directory that is removed with this value; declared before the cluster, so dropped after it.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("tidemark-postgres-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn server_pid(&self) -> Pid {
        let pid_file = fs::read_to_string(self.0.join("data/postmaster.pid")).unwrap();
        Pid::from_raw(pid_file.lines().next().unwrap().trim().parse().unwrap()).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn value(url: &str, query: &str) -> String {
    let mut connection = db::connect(url).await.unwrap();
    sql_query(query).get_result::<Shown>(&mut connection).await.unwrap().value
}

fn wait_until_gone(pid: Pid) {
    let started = Instant::now();
    while rustix::process::test_kill_process(pid).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(30), "the server does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test]
async fn a_new_cluster_is_durable_private_and_survives_a_restart() {
    let directory = Directory::new();
    let postgres = LocalPostgres::start(directory.path()).await.unwrap();
    let url = postgres.url("postgres");
    for (setting, expected) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
    ] {
        assert_eq!(value(&url, &format!("SELECT current_setting('{setting}') AS value")).await, expected, "{setting}");
    }
    let without_password = url.replace(url.split(['/', '@']).nth(2).unwrap(), "tidemark:wrong");
    assert!(db::connect(&without_password).await.is_err(), "a password is needed");
    postgres.ensure_database("tidemark").await.unwrap();
    postgres.ensure_database("tidemark").await.unwrap();
    let database = postgres.url("tidemark");
    let mut connection = db::connect(&database).await.unwrap();
    connection.batch_execute("CREATE TABLE kept AS SELECT 'yes' AS value").await.unwrap();
    postgres.stop().await.unwrap();
    assert!(db::connect(&database).await.is_err(), "a stopped server does not answer");

    let again = LocalPostgres::start(directory.path()).await.unwrap();
    assert_eq!(again.url("tidemark"), database, "port and password are kept");
    assert_eq!(value(&database, "SELECT value FROM kept").await, "yes");
    let pid = directory.server_pid();
    drop(again);
    wait_until_gone(pid);
}

#[tokio::test]
async fn a_second_process_is_refused_and_a_left_server_is_adopted() {
    let directory = Directory::new();
    let postgres = LocalPostgres::start(directory.path()).await.unwrap();
    let (url, pid) = (postgres.url("postgres"), directory.server_pid());
    let refused = LocalPostgres::start(directory.path()).await.unwrap_err();
    assert!(matches!(refused, LocalPostgresError::InUse(_)), "{refused}");
    // What kill -9 of this process leaves: the server runs, the lock is gone.
    let lock = directory.path().join("lock");
    fs::remove_file(&lock).unwrap();
    let adopted = LocalPostgres::start(directory.path()).await.unwrap();
    assert_eq!((adopted.url("postgres"), directory.server_pid()), (url, pid), "it is the same server");
    std::mem::forget(postgres);
    adopted.stop().await.unwrap();
    wait_until_gone(pid);
}

#[tokio::test]
async fn a_killed_server_and_a_stale_pid_file_are_recovered_from() {
    let directory = Directory::new();
    let postgres = LocalPostgres::start(directory.path()).await.unwrap();
    let mut connection = db::connect(&postgres.url("postgres")).await.unwrap();
    connection.batch_execute("CREATE TABLE kept AS SELECT 'acknowledged' AS value").await.unwrap();
    let pid = directory.server_pid();
    kill_process(pid, Signal::KILL).unwrap();
    wait_until_gone(pid);
    drop(postgres);
    // The same file, but its process id now belongs to another program: this one.
    let pid_file = directory.path().join("data/postmaster.pid");
    let stale = fs::read_to_string(&pid_file).unwrap();
    let (_, rest) = stale.split_once('\n').unwrap();
    fs::write(&pid_file, format!("{}\n{rest}", std::process::id())).unwrap();

    let recovered = LocalPostgres::start(directory.path()).await.unwrap();
    assert_eq!(value(&recovered.url("postgres"), "SELECT value FROM kept").await, "acknowledged");
}

#[tokio::test]
async fn a_server_that_is_killed_under_a_running_process_is_started_again_in_its_place() {
    let directory = Directory::new();
    let postgres = LocalPostgres::start(directory.path()).await.unwrap();
    let (url, tasks) = (postgres.url("postgres"), Tasks::new(Shutdown::new()));
    postgres.keep_running(&tasks);
    let mut connection = db::connect(&url).await.unwrap();
    connection.batch_execute("CREATE TABLE kept AS SELECT 'acknowledged' AS value").await.unwrap();
    for _ in 0..2 {
        let pid = directory.server_pid();
        kill_process(pid, Signal::KILL).unwrap();
        wait_until_gone(pid);
        let started = Instant::now();
        while db::connect(&url).await.is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "nobody starts it again: {:?}", tasks.states());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(value(&url, "SELECT value FROM kept").await, "acknowledged");
        assert_ne!(directory.server_pid(), pid);
    }
    tasks.shutdown().request();
    assert!(tasks.join(Duration::from_secs(10)).await);
    let pid = directory.server_pid();
    postgres.stop().await.unwrap();
    wait_until_gone(pid);
}

#[tokio::test]
async fn an_unfinished_cluster_and_an_occupied_port_are_no_obstacle() {
    let directory = Directory::new();
    fs::create_dir_all(directory.path().join("data.new/base")).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    fs::write(directory.path().join("port"), port.to_string()).unwrap();
    let postgres = LocalPostgres::start(directory.path()).await.unwrap();
    assert!(!postgres.url("postgres").contains(&format!(":{port}/")));
    assert_eq!(value(&postgres.url("postgres"), "SELECT 'answers' AS value").await, "answers");
    assert!(!directory.path().join("data.new").exists());
}

#[tokio::test]
async fn a_command_uses_what_runs_and_starts_what_does_not() {
    let directory = Directory::new();
    let home = directory.path();
    assert!(LocalPostgres::reach(&home.join("none")).await.unwrap().is_none());
    assert!(LocalPostgres::reach(home).await.unwrap().is_none(), "it makes no cluster");

    let postgres = LocalPostgres::start(home).await.unwrap();
    let (url, pid) = (postgres.url("postgres"), directory.server_pid());
    let reached = LocalPostgres::reach(home).await.unwrap().unwrap();
    assert_eq!(reached.url("postgres"), url);
    drop(reached);
    LocalPostgres::reach(home).await.unwrap().unwrap().stop().await.unwrap();
    assert_eq!(value(&url, "SELECT 'goes on' AS value").await, "goes on", "it belongs to the other process");
    assert_eq!(directory.server_pid(), pid);
    postgres.stop().await.unwrap();

    let reached = LocalPostgres::reach(home).await.unwrap().unwrap();
    let pid = directory.server_pid();
    assert_eq!(value(&reached.url("postgres"), "SELECT 'answers' AS value").await, "answers");
    reached.stop().await.unwrap();
    wait_until_gone(pid);
}
