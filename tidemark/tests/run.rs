//! `tidemark run` as a real process: its private database, which commands find, and whom it makes an administrator.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use bootstrap::config::SecretKey;
use diesel_async::SimpleAsyncConnection;
use event_store::log;
use rustix::process::{Pid, Signal, kill_process};
use test_support::TestDatabase;
use uuid::Uuid;

/// A directory of an installation's own, removed with this value.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("tidemark-run-{}", Uuid::now_v7()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark"));
        command.args(arguments).current_dir(&self.0);
        for name in ["AMQP_URL", "REDIS_URL", "DATABASE_URL", "RUST_LOG"] {
            command.env_remove(name);
        }
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let log = || fs::read_to_string(self.0.join("log")).unwrap_or_default();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}\n{}", log());
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// `tidemark run`; told to stop, and awaited, with this value.
struct Server {
    child: Child,
    /// What it told the developer when it was ready.
    greeting: String,
}

impl Server {
    fn start(directory: &Directory, variables: &[(&str, &str)]) -> Self {
        let mut command = directory.command(&["run"]);
        command.env("TIDEMARK_GREETING", "1").env("TIDEMARK_HTTP__BIND", "127.0.0.1:0");
        command.env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0").envs(variables.iter().copied());
        let log = fs::File::create(directory.0.join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = String::new();
        // The last line is how to register somebody.
        while !greeting.contains("correct horse battery staple") {
            let line = lines.next().unwrap_or_else(|| panic!("{}", read(&directory.0.join("log")))).unwrap();
            greeting.push_str(&line);
            greeting.push('\n');
        }
        Self { child, greeting }
    }

    fn stop(&mut self) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        if self.child.try_wait().unwrap().is_none() {
            kill_process(pid, Signal::TERM).unwrap();
            self.child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn commands_find_the_private_database_whether_the_server_runs_or_not() {
    let directory = Directory::new();
    let output = directory.output(&["projections", "list"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "there is none yet: {said}");
    assert!(said.contains("database.url (DATABASE_URL): is required"), "{said}");

    let mut server = Server::start(&directory, &[]);
    assert!(server.greeting.contains("an administrator was made"), "{}", server.greeting);
    assert_eq!(directory.said(&["migrate"]), "log: up to date\nkeys: up to date\n");
    let said = directory.said(&["user", "create-admin", "root@example.org"]);
    assert!(said.contains("/account/reset-password#token="), "{said}");
    server.stop();

    assert!(directory.said(&["projections", "list"]).contains("users"));
    let again = directory.said(&["user", "create-admin", "root@example.org"]);
    assert!(again.contains("had an account"), "the same database: {again}");
    // A command that has started the server has stopped it, too.
    let server = Server::start(&directory, &[]);
    assert!(!read(&directory.0.join("log")).contains("adopting"), "{}", server.greeting);
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_development_nobody_is_an_administrator_until_the_operator_makes_somebody() {
    let directory = Directory::new();
    let (log_database, keys_database) = (TestDatabase::create().await, TestDatabase::create().await);
    // The account of the server for tests may have a password that is refused outside development.
    let (role, password) = (format!("run_{}", Uuid::now_v7().simple()), Uuid::new_v4().simple().to_string());
    let mut admin = log_database.connect().await;
    admin.batch_execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{password}'")).await.unwrap();
    let url = |url: &str| format!("postgres://{role}:{password}@{}", url.rsplit_once('@').unwrap().1);
    let (log_url, keys_url) = (url(log_database.url()), url(keys_database.url()));
    let secrets: Vec<String> = (0..4).map(|_| SecretKey::generate().to_base64()).collect();
    let variables = [
        ("TIDEMARK_ENVIRONMENT", "production"),
        ("TIDEMARK_HTTP__PUBLIC_URL", "https://example.org"),
        ("DATABASE_URL", &log_url),
        ("TIDEMARK_KEYS_DATABASE_URL", &keys_url),
        ("SMTP_URL", "smtp://127.0.0.1:9"),
        ("TIDEMARK_MAIL__FROM", "Tidemark <no-reply@example.org>"),
        ("TIDEMARK_ERASURE__LEDGER", "erasures"),
        ("TIDEMARK_SECRETS__MASTER_KEY", &secrets[0]),
        ("TIDEMARK_SECRETS__TOKEN_KEY", &secrets[1]),
        ("TIDEMARK_SECRETS__PASSWORD_PEPPER", &secrets[2]),
        ("TIDEMARK_SECRETS__INDEX_KEY", &secrets[3]),
    ];
    let mut server = Server::start(&directory, &variables);
    assert!(server.greeting.contains("`tidemark user create-admin <address>` makes"), "{}", server.greeting);
    assert!(!server.greeting.contains("password  "), "{}", server.greeting);
    assert_eq!(log::head(&mut admin).await.unwrap(), 0, "nothing was written");
    server.stop();
    admin.batch_execute(&format!("DROP ROLE {role}")).await.unwrap();
    let logged = read(&directory.0.join("log"));
    assert!(
        logged.contains("there is no administrator") && logged.contains("security_txt.contact is not set"),
        "{logged}"
    );
}
