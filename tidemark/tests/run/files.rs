//! What is left of a file where the process is killed between its content and its event, or between its end and its content's.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use diesel_async::SimpleAsyncConnection;
use event_store::log;
use jobs::{EnqueueOptions, admin, enqueue};
use serde_json::{Value, json};
use test_support::TestDatabase;
use workers::files::{FILE_QUEUE, SweepContent};

use crate::server::{Directory, Server};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const CONTENT: &str = "what somebody has written";

/// An all-in-one that is killed and started again in one place.
pub(crate) struct Scene {
    pub(crate) database: TestDatabase,
    directory: Directory,
    server: Server,
    /// Of the administrator, who was made at the first start.
    login: Value,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let (database, directory) = (TestDatabase::create().await, Directory::new());
        let server = Server::start(&directory, &[("DATABASE_URL", database.url())]);
        let said =
            |label: &str| server.greeting.split_once(label).unwrap().1.split_whitespace().next().unwrap().to_owned();
        let login = json!({"email": said("e-mail"), "password": said("password  ")});
        Self { database, directory, server, login }
    }

    pub(crate) async fn start_again(&mut self) {
        self.server.kill();
        self.server = Server::start(&self.directory, &[("DATABASE_URL", self.database.url())]);
    }

    pub(crate) fn address(&self) -> String {
        self.server.greeting.split_once("http://").unwrap().1.split_whitespace().next().unwrap().to_owned()
    }

    pub(crate) fn call(&self, method: &str, path: &str, token: &str, content_type: &str, body: &str) -> (u16, Value) {
        call(&self.address(), method, path, token, content_type, body).unwrap()
    }

    pub(crate) fn sign_in(&self) -> String {
        let (status, signed_in) = self.call("POST", "/v1/auth/login", "", "application/json", &self.login.to_string());
        assert_eq!(status, 200, "{signed_in}");
        signed_in["access_token"].as_str().unwrap().to_owned()
    }

    fn listed(&self) -> usize {
        let (status, list) = self.call("GET", "/v1/files", &self.sign_in(), "application/json", "");
        assert_eq!(status, 200, "{list}");
        list["items"].as_array().unwrap().len()
    }

    async fn event_types(&self) -> Vec<String> {
        let events = log::tail(&mut self.database.connect().await, 0, 1000).await.unwrap();
        events.into_iter().map(|event| event.event_type).filter(|name| name.starts_with("file")).collect()
    }

    /// Everything in the object store.
    fn stored(&self) -> Vec<PathBuf> {
        let mut stored = vec![];
        walk(&self.directory.0.join(".tidemark/files"), &mut stored);
        stored
    }

    async fn wait_until_stored(&self, count: usize) {
        let begun = Instant::now();
        while self.stored().len() != count {
            assert!(begun.elapsed() < PATIENCE, "{:?} and not {count}", self.stored());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn sweep(&self) {
        let mut conn = self.database.connect().await;
        enqueue(&mut conn, &SweepContent {}, &EnqueueOptions::default()).await.unwrap();
        let begun = Instant::now();
        while admin::busy(&mut conn).await.unwrap() > 0 {
            assert!(begun.elapsed() < PATIENCE, "jobs are still running");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// `Err` where the answer does not come.
pub(crate) fn call(
    address: &str,
    method: &str,
    path: &str,
    token: &str,
    content_type: &str,
    body: &str,
) -> std::io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    let authorization = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{authorization}\
         Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, serde_json::from_str(body).unwrap_or_default()))
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_between_content_and_event_leaves_content_that_is_swept_up() {
    let mut scene = Scene::set().await;
    let token = scene.sign_in();
    // Nobody appends while this has the lock of the log's head.
    let mut blocking = scene.database.connect().await;
    blocking.batch_execute("BEGIN; SELECT * FROM log_head FOR UPDATE").await.unwrap();
    let address = scene.address();
    let upload =
        std::thread::spawn(move || call(&address, "POST", "/v1/files?name=a.txt", &token, "text/plain", CONTENT));
    scene.wait_until_stored(1).await;
    scene.server.kill();
    assert!(upload.join().unwrap().is_err(), "nobody was told that there is a file");
    // The server's side of a connection whose client is gone goes on with what it was told.
    let others = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    blocking.batch_execute(others).await.unwrap();
    blocking.batch_execute("ROLLBACK").await.unwrap();

    scene.start_again().await;
    assert_eq!((scene.event_types().await, scene.listed()), (vec![], 0));
    // What was written just now may be about to become a file.
    let kept = scene.call("POST", "/v1/files?name=b.txt", &scene.sign_in(), "text/plain", CONTENT);
    assert_eq!(kept.0, 201, "{}", kept.1);
    scene.sweep().await;
    assert_eq!(scene.stored().len(), 2);
    for path in scene.stored() {
        let yesterday = SystemTime::now() - Duration::from_secs(25 * 3600);
        fs::File::options().write(true).open(path).unwrap().set_modified(yesterday).unwrap();
    }
    scene.sweep().await;
    assert_eq!(scene.stored().len(), 1);
    let path = format!("/v1/files/{}", kept.1["id"].as_str().unwrap());
    let (status, _) = scene.call("GET", &format!("{path}/content"), &scene.sign_in(), "text/plain", "");
    assert_eq!(status, 200, "what a file has stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_between_the_end_of_a_file_and_that_of_its_content_goes_on_with_it() {
    let mut scene = Scene::set().await;
    let token = scene.sign_in();
    let (status, file) = scene.call("POST", "/v1/files?name=a.txt", &token, "text/plain", CONTENT);
    assert_eq!(status, 201, "{file}");
    let mut conn = scene.database.connect().await;
    admin::pause(&mut conn, FILE_QUEUE).await.unwrap();
    let path = format!("/v1/files/{}", file["id"].as_str().unwrap());
    assert_eq!(scene.call("DELETE", &path, &token, "application/json", "").0, 204);
    scene.start_again().await;
    assert_eq!(scene.call("GET", &path, &scene.sign_in(), "application/json", "").0, 404);
    assert_eq!(scene.stored().len(), 1);
    admin::resume(&mut conn, FILE_QUEUE).await.unwrap();
    scene.wait_until_stored(0).await;
}
