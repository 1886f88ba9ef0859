//! The operator's commands on accounts: administrators without a password that stays, lost second factors.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
};

use api::Api;
use bootstrap::{Config, Context, Shutdown, metrics::Metrics};
use chrono::{TimeDelta, Utc};
use domain::{
    Aggregate, Sealed,
    users::{ConfirmTotp, EnrolTotp, User},
};
use event_store::{EventStore, Execution, Head, RecordedEvent, StreamId, log};
use test_support::TestDatabase;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

const PASSWORD: &str = "abacus linen twelve moon";

/// An installation for development, with an api process and commands on one database.
struct Installation {
    database: TestDatabase,
    directory: PathBuf,
    context: Context,
    address: SocketAddr,
    store: EventStore,
}

impl Installation {
    async fn new() -> Self {
        bootstrap::process::install_crypto();
        let database = TestDatabase::create().await;
        let directory = std::env::temp_dir().join(format!("tidemark-accounts-{}", Uuid::now_v7()));
        fs::create_dir(&directory).unwrap();
        let mut config = Config::development(database.url()).unwrap();
        config.http.bind = "127.0.0.1:0".parse().unwrap();
        config.database.pool_size = 6;
        config.erasure.ledger = directory.join("erasures");
        let context = Context::new(config, Shutdown::new(), Metrics::install().unwrap());
        let head = Head::new();
        let bus = messaging::start(&context, &head).unwrap();
        let options = api::Options { password_cost: 4, ..Default::default() };
        let api = Api::start(&context, bus, head.clone(), options).await.unwrap();
        let address = api.address();
        tokio::spawn(api.serve());
        let pool = database.pool(2);
        let store = EventStore::open(database.url(), pool, head, &context.tasks, Default::default());
        Self { database, directory, context, address, store }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark"));
        command.arg("user").args(arguments).current_dir(&self.directory);
        command.env_remove("AMQP_URL").env_remove("REDIS_URL").env_remove("RUST_LOG");
        command.env("DATABASE_URL", self.database.url()).output().unwrap()
    }

    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    async fn post(&self, path: &str, body: &str) -> u16 {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    async fn reset(&self, token: &str, password: &str) -> u16 {
        self.post("/v1/auth/reset-password", &format!(r#"{{"token":"{token}","password":"{password}"}}"#)).await
    }

    async fn login(&self, email: &str, password: &str) -> u16 {
        self.post("/v1/auth/login", &format!(r#"{{"email":"{email}","password":"{password}"}}"#)).await
    }

    async fn events(&self) -> Vec<RecordedEvent> {
        log::tail(&mut self.database.connect().await, 0, 1000).await.unwrap()
    }

    async fn user(&self, id: Uuid) -> User {
        EventStore::load::<User>(&self.store, &StreamId::new(User::CATEGORY, id)).await.unwrap().state
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.context.shutdown.request();
        drop(fs::remove_dir_all(&self.directory));
    }
}

fn token_in(said: &str) -> &str {
    said.lines().find_map(|line| line.split_once("/account/reset-password#token=")).unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_chooses_the_password_by_a_link_that_counts_once_and_not_for_long() {
    let installation = Installation::new().await;
    let said = installation.said(&["create-admin", "root@example.org"]);
    let events = installation.events().await;
    let root = events[0].aggregate_id().unwrap();
    assert!(said.starts_with(&format!("{root} is an administrator")), "{said}");
    let account = installation.user(root).await.account().unwrap().clone();
    let request = account.requests.password_reset.unwrap();
    assert!(request.expires_at <= Utc::now() + TimeDelta::minutes(30), "{request:?}");
    assert!(events.iter().all(|event| event.metadata().actor.as_deref() == Some("operator")));

    let token = token_in(&said);
    assert_eq!(installation.reset(token, PASSWORD).await, 204);
    assert_eq!(installation.login("root@example.org", PASSWORD).await, 200);
    assert_eq!(installation.reset(token, "another linen twelve moon").await, 400, "it counts once");

    // Whose link got lost gets another one, and only the last one counts.
    let (first, second) = (
        installation.said(&["password-link", "root@example.org"]),
        installation.said(&["password-link", &root.to_string()]),
    );
    assert_eq!(installation.reset(token_in(&first), PASSWORD).await, 400);
    assert_eq!(installation.reset(token_in(&second), "another linen twelve moon").await, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_has_an_account_becomes_an_administrator_and_keeps_the_password() {
    let installation = Installation::new().await;
    let register = format!(r#"{{"email":"ada@example.org","password":"{PASSWORD}"}}"#);
    assert_eq!(installation.post("/v1/auth/register", &register).await, 202);
    let said = installation.said(&["create-admin", "ada@example.org"]);
    assert!(said.contains("is an administrator now") && !said.contains("#token="), "{said}");
    assert_eq!(installation.login("ada@example.org", PASSWORD).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_second_factor_is_taken_off_by_the_operator_and_that_is_written_down() {
    let installation = Installation::new().await;
    let register = format!(r#"{{"email":"ada@example.org","password":"{PASSWORD}"}}"#);
    assert_eq!(installation.post("/v1/auth/register", &register).await, 202);
    let ada = installation.events().await[0].aggregate_id().unwrap();
    let said = installation.said(&["reset-second-factor", "ada@example.org"]);
    assert!(said.ends_with("nothing was done\n"), "{said}");

    let (stream, at) = (StreamId::new(User::CATEGORY, ada), Utc::now());
    let enrol = EnrolTotp { secret: Sealed::from_ciphertext("s".to_owned()), at };
    installation.store.execute(&stream, enrol, Execution::new(Uuid::now_v7())).await.unwrap();
    let confirm = ConfirmTotp { recovery_codes: vec![], at };
    installation.store.execute(&stream, confirm, Execution::new(Uuid::now_v7())).await.unwrap();
    assert_eq!(installation.login("ada@example.org", PASSWORD).await, 401, "it takes a code");
    let before = installation.user(ada).await.account().unwrap().sessions_generation;

    let said = installation.said(&["reset-second-factor", &ada.to_string()]);
    assert!(said.contains("has no second factor any more"), "{said}");
    let account = installation.user(ada).await.account().unwrap().clone();
    assert_eq!((account.totp.is_on(), account.sessions_generation > before), (false, true));
    let events = installation.events().await;
    let last = events.last().unwrap();
    assert_eq!(
        (last.event_type.as_str(), last.metadata().actor.as_deref()),
        ("user.second_factor_reset", Some("operator"))
    );
    assert_eq!(installation.login("ada@example.org", PASSWORD).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said_in_one_sentence() {
    let installation = Installation::new().await;
    let nobody = Uuid::now_v7().to_string();
    for (arguments, expected) in [
        (["create-admin", "root"], "tidemark user: the e-mail address: "),
        (["password-link", "eve@example.org"], "tidemark user: there is no account with this address"),
        (["reset-second-factor", &nobody], "tidemark user: there is no such user"),
        (["reset-second-factor", "ada"], "tidemark user: neither an id nor an e-mail address"),
    ] {
        let output = installation.run(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.starts_with(expected), "{said}");
    }
}
