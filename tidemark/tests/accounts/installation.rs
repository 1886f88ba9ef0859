//! An installation that the commands are run beside.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
};

use api::Api;
use bootstrap::{Config, Context, Shutdown, metrics::Metrics};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Aggregate, Command as Decided, Sealed,
    roles::RoleName,
    users::{ConfirmEmailChange, ConfirmTotp, EnrolTotp, RequestEmailChange, User, VerifyEmail},
};
use event_store::{EventStore, Execution, Head, RecordedEvent, StreamId, SubjectKeys, log};
use test_support::TestDatabase;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "abacus linen twelve moon";

/// An installation for development, with an api process and commands on one database.
pub(crate) struct Installation {
    database: TestDatabase,
    directory: PathBuf,
    context: Context,
    address: SocketAddr,
    store: EventStore,
}

impl Installation {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(settings: impl FnOnce(&mut Config)) -> Self {
        bootstrap::process::install_crypto();
        let database = TestDatabase::create().await;
        let directory = std::env::temp_dir().join(format!("tidemark-accounts-{}", Uuid::now_v7()));
        fs::create_dir(&directory).unwrap();
        let mut config = Config::development(database.url()).unwrap();
        config.http.bind = "127.0.0.1:0".parse().unwrap();
        config.database.pool_size = 6;
        config.erasure.ledger = directory.join("erasures");
        settings(&mut config);
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

    /// Why a command that fails did, on one line.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{arguments:?}: {said}");
        said
    }

    #[track_caller]
    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> u16 {
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

    pub(crate) async fn reset(&self, token: &str, password: &str) -> u16 {
        self.post("/v1/auth/reset-password", &format!(r#"{{"token":"{token}","password":"{password}"}}"#)).await
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> u16 {
        self.post("/v1/auth/login", &format!(r#"{{"email":"{email}","password":"{password}"}}"#)).await
    }

    /// Registers somebody who has yet to verify the address.
    pub(crate) async fn register(&self, email: &str) -> Uuid {
        let body = format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#);
        assert_eq!(self.post("/v1/auth/register", &body).await, 202);
        let events = self.events().await;
        events.iter().rfind(|event| event.event_type == "user.registered").unwrap().aggregate_id().unwrap()
    }

    pub(crate) async fn execute<C>(&self, user: Uuid, command: C)
    where
        C: Decided<Aggregate = User>,
        C::Refusal: std::fmt::Debug,
    {
        let stream = StreamId::new(User::CATEGORY, user);
        self.store.execute(&stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
    }

    pub(crate) async fn verify(&self, user: Uuid) {
        let request = self.user(user).await.account().unwrap().requests.verification.unwrap();
        self.execute(user, VerifyEmail { request_id: request.id, at: Utc::now() }).await;
    }

    /// Gives the user another address, with a way back to the old one until then.
    pub(crate) async fn change_email(&self, user: Uuid, email: &str, undo_expires_at: DateTime<Utc>) {
        let keys = SubjectKeys::new(self.database.pool(1), &self.context.config.secrets);
        let email = keys.get(user).await.unwrap().seal("user.email", email);
        let (request_id, at) = (Uuid::now_v7(), Utc::now());
        let expires_at = at + TimeDelta::hours(1);
        self.execute(user, RequestEmailChange { request_id, email, expires_at, at }).await;
        let undo_request_id = Uuid::now_v7();
        self.execute(user, ConfirmEmailChange { request_id, undo_request_id, undo_expires_at, at }).await;
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        log::tail(&mut self.database.connect().await, 0, 1000).await.unwrap()
    }

    pub(crate) async fn set_up_second_factor(&self, user: Uuid) {
        let at = Utc::now();
        self.execute(user, EnrolTotp { secret: Sealed::from_ciphertext("s".to_owned()), at }).await;
        self.execute(user, ConfirmTotp { recovery_codes: vec![], at }).await;
    }

    pub(crate) async fn is_administrator(&self, id: Uuid) -> bool {
        self.user(id).await.account().unwrap().roles.contains(&RoleName::ADMIN)
    }

    pub(crate) async fn user(&self, id: Uuid) -> User {
        EventStore::load::<User>(&self.store, &StreamId::new(User::CATEGORY, id)).await.unwrap().state
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.context.shutdown.request();
        drop(fs::remove_dir_all(&self.directory));
    }
}
