//! A server that speaks the protocol of Amazon S3: the program `s3s-fs`, one process for each test.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bootstrap::config::{FilesPlace, S3Credentials, S3Place};

const PROGRAM: &str = "s3s-fs";
const VARIABLE: &str = "TIDEMARK_TEST_S3_PROGRAM";
const BUCKET: &str = "files";
const ACCESS_KEY: &str = "tidemark";
const SECRET_KEY: &str = "tidemark-test-secret";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server with one bucket; it ends, and its content goes, with this value.
#[derive(Debug)]
pub struct S3Server {
    server: Child,
    port: u16,
    root: PathBuf,
}

impl S3Server {
    /// Starts one. `None`, and a loud word, with `TIDEMARK_TEST_S3=off` only.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            let is_off = std::env::var("TIDEMARK_TEST_S3").is_ok_and(|value| value == "off");
            assert!(
                is_off,
                "there is no {PROGRAM}: ./dev test builds it; TIDEMARK_TEST_S3=off leaves out what needs it"
            );
            warn();
            return None;
        };
        let root = std::env::temp_dir().join(format!("tidemark-s3-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(root.join(BUCKET)).expect("a directory for the bucket");
        let port = free_port();
        let server = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .args(["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY])
            .arg(&root)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let server = Self { server, port, root };
        server.wait_until_it_listens();
        Some(server)
    }

    /// As a configuration names it.
    pub fn place(&self, prefix: &str) -> FilesPlace {
        self.place_at(prefix, &format!("127.0.0.1:{}", self.port))
    }

    /// The same as an operator writes it.
    pub fn settings(&self, prefix: &str) -> Vec<(&'static str, String)> {
        vec![
            ("TIDEMARK_FILES__URL", format!("s3://{BUCKET}/{prefix}")),
            ("TIDEMARK_FILES__ENDPOINT", format!("http://{}", self.address())),
            ("TIDEMARK_FILES__ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("TIDEMARK_FILES__SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ]
    }

    /// The same over something that stands in between.
    pub fn place_at(&self, prefix: &str, address: &str) -> FilesPlace {
        let endpoint = format!("http://{address}").parse().expect("an address makes a URL");
        let credentials =
            S3Credentials { access_key_id: ACCESS_KEY.to_owned(), secret_access_key: SECRET_KEY.to_owned().into() };
        FilesPlace::S3(S3Place {
            bucket: BUCKET.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: Some(endpoint),
            region: "us-east-1".to_owned(),
            credentials: Some(credentials),
        })
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn wait_until_it_listens(&self) {
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "{PROGRAM} does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
        drop(std::fs::remove_dir_all(&self.root));
    }
}

/// What `./dev` has installed, or somebody else.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.dev/tools/bin").join(PROGRAM);
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).map(|directory| directory.join(PROGRAM)).collect::<Vec<_>>());
    named.into_iter().chain([installed]).chain(on_path).find(|path| path.is_file())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests should see it")]
fn warn() {
    eprintln!("WARNING: nothing was tested against S3, since there is no {PROGRAM}, and TIDEMARK_TEST_S3=off");
}
