//! `tidemark run` as a real process: databases, administrators, and what a kill leaves of files and imports.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod files;
mod imports;
mod server;

use std::time::Duration;

use bootstrap::config::SecretKey;
use diesel_async::SimpleAsyncConnection;
use event_store::log;
use test_support::TestDatabase;
use uuid::Uuid;

use server::{Directory, Server, read};

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

#[test]
fn a_server_goes_on_when_nobody_reads_its_greeting() {
    let directory = Directory::new();
    let mut server = Server::start_unread(&directory);
    let log = directory.0.join("log");
    while !read(&log).contains("nobody reads the greeting") {
        assert!(!server.has_ended(), "{}", read(&log));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(directory.said(&["projections", "list"]).contains("users"));
    assert!(!server.has_ended(), "{}", read(&log));
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
        ("TIDEMARK_FILES__URL", "files"),
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
