//! One installation per test: a database, a bus that can lose notices, the projection, and api processes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::{
    Api,
    auth::{Counts, Eras, RoleBook, Tokens},
};

use bootstrap::{Config, Context, Shutdown, db, metrics::Metrics};
use bytes::Bytes;
use chrono::Utc;
use diesel_async::SimpleAsyncConnection;
use domain::{
    Sealed,
    roles::{ChangeRole, DefineRole, Permission, RoleDescription, RoleName},
    sessions::EndAllSessions,
    users::{
        ChangeProfile, EndSession, GrantRole, Locale, RegisterUser, SignOutEverywhere, StepUp, UserEvent, UserId,
        events::{EndReason, SignInMethod},
    },
};
use event_store::{
    Append, EventStore, Execution, Expected, Head, NewEvent, Options, StreamAppend, StreamId, SubjectKeys,
};
use futures::{StreamExt, future::BoxFuture, stream};
use messaging::{Bus, BusState, ChangeNotice, CloudEvent, InProcessBus, Published, Subscription};
use test_support::TestDatabase;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub(crate) struct TestApp {
    pub(crate) bus: Arc<LossyBus>,
    pub(crate) events: EventStore,
    pub(crate) keys: SubjectKeys,
    pub(crate) tokens: Tokens,
    pub(crate) config: Config,
    head: Head,
    projector: Context,
    api: Process,
    database: TestDatabase,
}

/// One api process.
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    pub(crate) context: Context,
    served: Option<JoinHandle<anyhow::Result<()>>>,
}

/// The in-process bus, which loses change notices on demand.
#[derive(Debug, Default)]
pub(crate) struct LossyBus {
    inner: InProcessBus,
    loses: AtomicBool,
}

impl LossyBus {
    pub(crate) fn lose_notices(&self, loses: bool) {
        self.loses.store(loses, Ordering::SeqCst);
    }
}

impl Bus for LossyBus {
    fn needs_relay(&self) -> bool {
        self.inner.needs_relay()
    }

    fn publish_events<'a>(&'a self, events: &'a [CloudEvent]) -> BoxFuture<'a, Published> {
        self.inner.publish_events(events)
    }

    fn step_down(&self) -> BoxFuture<'_, ()> {
        self.inner.step_down()
    }

    fn publish_change(&self, notice: ChangeNotice) {
        if !self.loses.load(Ordering::SeqCst) {
            self.inner.publish_change(notice);
        }
    }

    fn changes(&self) -> Subscription<Arc<ChangeNotice>> {
        self.inner.changes()
    }

    fn publish_presence(&self, message: Bytes) {
        self.inner.publish_presence(message);
    }

    fn presence(&self) -> Subscription<Bytes> {
        self.inner.presence()
    }

    fn wakeups(&self) -> Subscription<i64> {
        self.inner.wakeups()
    }

    fn state(&self) -> BusState {
        self.inner.state()
    }
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        bootstrap::process::install_crypto();
        let database = TestDatabase::create().await;
        let mut config = Config::development(database.url()).expect("a valid configuration");
        config.http.bind = "127.0.0.1:0".parse().expect("an address");
        config.http.allowed_origins = vec!["https://console.example.org".to_owned()];
        // The server has connections for all tests that run at the same time.
        config.database.pool_size = 6;
        // Everybody in the tests has one address.
        (config.limits.anonymous_requests, config.limits.user_requests) = (1_000_000, 1_000_000);
        config.shutdown_grace = Duration::from_secs(2);
        adjust(&mut config);
        let (bus, head) = (Arc::new(LossyBus::default()), Head::new());
        let projector = context(&config);
        let pool = projector.database().await.expect("a database");
        let (watched, url, shutdown) = (head.clone(), database.url().to_owned(), projector.shutdown.clone());
        tokio::spawn(async move { watched.watch(&url, &shutdown).await });
        projections::start(&projector, bus.clone(), head.clone()).await.expect("the projections start");
        let keys = SubjectKeys::new(pool.clone(), config.secrets.master_key.expose());
        let events = EventStore::open(database.url(), pool, head.clone(), &projector.tasks, Options::default());
        let tokens = Tokens::new(&config.secrets.token_key, &config.http.public_url).expect("a valid key");
        let api = Process::start(&config, bus.clone(), head.clone()).await;
        Self { bus, events, keys, tokens, config, head, projector, api, database }
    }

    /// Another api process on the same database.
    pub(crate) async fn replica(&self, bus: Arc<dyn Bus>) -> Process {
        Process::start(&self.config, bus, self.head.clone()).await
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.api.address
    }

    /// Asks the api process to stop, as SIGTERM does, and returns when it has.
    pub(crate) fn stop_api(&mut self) -> JoinHandle<anyhow::Result<()>> {
        self.api.context.shutdown.request();
        self.api.served.take().expect("not stopped before")
    }

    /// Lets another api process take the place of the one that there is, which has stopped by then.
    pub(crate) async fn restart_api(&mut self) {
        self.stop_api().await.expect("it ends").expect("it stops in good order");
        self.api = Process::start(&self.config, self.bus.clone(), self.head.clone()).await;
    }

    pub(crate) async fn connect(&self) -> db::Connection {
        self.database.connect().await
    }

    /// Stops the projection, so that the test can write its tables.
    pub(crate) async fn stop_projecting(&self) {
        self.projector.shutdown.request();
        assert!(self.projector.tasks.join(Duration::from_secs(10)).await, "the projection stops");
    }

    pub(crate) async fn register(&self, name: &str) -> Uuid {
        let id = Uuid::now_v7();
        let key = self.keys.create(id).await.expect("a key");
        let command = RegisterUser {
            email: key.seal("user.email", &format!("{name}@example.org")),
            password_hash: key.seal("user.password_hash", "none"),
            display_name: Some(key.seal("user.display_name", name)),
            locale: Locale::En,
            verification: None,
            at: Utc::now(),
        };
        self.events.execute(&user(id), command, Execution::new(Uuid::now_v7())).await.expect("registered");
        id
    }

    pub(crate) async fn register_many(&self, count: usize) -> Vec<Uuid> {
        let register = async |number| self.register(&format!("user {number}")).await;
        stream::iter(0..count).map(register).buffered(32).collect().await
    }

    pub(crate) async fn register_admin(&self) -> Uuid {
        let id = self.register("admin").await;
        self.grant_admin(id).await;
        id
    }

    pub(crate) async fn grant_admin(&self, id: Uuid) {
        self.grant(id, RoleName::ADMIN).await;
    }

    /// Defines a role; returns its name.
    pub(crate) async fn define_role(&self, name: &str, permissions: &[&str]) -> RoleName {
        let role = RoleName::parse(name).expect("a valid name");
        let (description, permissions) = (RoleDescription::default(), parse(permissions));
        let command = DefineRole { role: role.clone(), description, permissions, at: Utc::now() };
        self.events.execute(&RoleBook::stream(), command, Execution::new(Uuid::now_v7())).await.expect("defined");
        role
    }

    pub(crate) async fn change_role(&self, role: &RoleName, permissions: &[&str]) {
        let (role, permissions) = (role.clone(), Some(parse(permissions)));
        let command = ChangeRole { role, description: None, permissions, at: Utc::now() };
        self.events.execute(&RoleBook::stream(), command, Execution::new(Uuid::now_v7())).await.expect("changed");
    }

    pub(crate) async fn grant(&self, id: Uuid, role: RoleName) {
        let command = GrantRole { role, at: Utc::now() };
        self.events.execute(&user(id), command, Execution::new(Uuid::now_v7())).await.expect("granted");
    }

    pub(crate) async fn sign_out_everywhere(&self, id: Uuid) {
        let command = SignOutEverywhere { at: Utc::now() };
        self.events.execute(&user(id), command, Execution::new(Uuid::now_v7())).await.expect("signed out");
    }

    pub(crate) async fn end_session(&self, id: Uuid, session_id: Uuid) {
        let command = EndSession { session_id, reason: EndReason::SignedOut, at: Utc::now() };
        self.events.execute(&user(id), command, Execution::new(Uuid::now_v7())).await.expect("ended");
    }

    pub(crate) async fn step_up(&self, id: Uuid, session_id: Uuid, rotation: u32) {
        let command = StepUp { session_id, rotation, method: SignInMethod::Password, at: Utc::now() };
        self.events.execute(&user(id), command, Execution::new(Uuid::now_v7())).await.expect("stepped up");
    }

    pub(crate) async fn end_all_sessions(&self) {
        let command = EndAllSessions { at: Utc::now() };
        self.events.execute(&Eras::stream(), command, Execution::new(Uuid::now_v7())).await.expect("ended");
    }

    /// Writes events as they are, all at once.
    pub(crate) async fn write(&self, events: impl IntoIterator<Item = (Uuid, UserEvent)>) {
        let part = |(id, event): (Uuid, UserEvent)| {
            let events = vec![NewEvent::from_domain(&event).expect("encoded")];
            StreamAppend { stream: user(id), expected: Expected::Any, events }
        };
        let streams = events.into_iter().map(part).collect();
        let append =
            Append { streams, ..Append::to_stream(Uuid::now_v7(), user(Uuid::now_v7()), Expected::Any, vec![]) };
        self.events.append(append).await.expect("written");
    }

    /// Changes what the user is called; returns the position of the event.
    pub(crate) async fn rename(&self, id: Uuid, name: &str) -> i64 {
        let sealed: Sealed = self.keys.get(id).await.expect("a key").seal("user.display_name", name);
        let command = ChangeProfile { display_name: Some(Some(sealed)), locale: None, at: Utc::now() };
        let done = self.events.execute(&user(id), command, Execution::new(Uuid::now_v7())).await.expect("renamed");
        done.position.expect("something was written")
    }

    pub(crate) fn token(&self, user_id: Uuid) -> String {
        self.token_of(user_id, Uuid::now_v7(), Counts::default())
    }

    /// Of this session.
    pub(crate) fn token_of(&self, user_id: Uuid, session_id: Uuid, counts: Counts) -> String {
        let (token, _) = self.tokens.issue(UserId::from_uuid(user_id), session_id, counts).expect("a token");
        token
    }

    /// Waits until the users' projection has come to a position.
    pub(crate) async fn projected(&self, position: i64) {
        self.projected_in("users", position).await;
    }

    /// Waits until a projection has come to a position.
    pub(crate) async fn projected_in(&self, projection: &str, position: i64) {
        let mut conn = self.connect().await;
        eventually("the projection catches up", async || {
            let (_, reached) = projections::snapshot::standing(&mut conn, projection).await.expect("a standing");
            (reached >= position).then_some(())
        })
        .await;
    }

    /// Does to the read model what the projection does: changes one row at the next position. Without a notice.
    pub(crate) async fn write_row(&self, id: Uuid, assignments: &str) {
        let mut conn = self.connect().await;
        let next = "(SELECT position + 1 FROM checkpoints WHERE consumer = 'users')";
        conn.batch_execute(&format!(
            "BEGIN;
             UPDATE users SET {assignments}, version = version + 1, position = {next} WHERE id = '{id}';
             UPDATE checkpoints SET position = position + 1 WHERE consumer = 'users';
             COMMIT"
        ))
        .await
        .expect("the row is written");
    }
}

impl Process {
    async fn start(config: &Config, bus: Arc<dyn Bus>, head: Head) -> Self {
        let context = context(config);
        let api = Api::start(&context, bus, head, api::Options::default()).await.expect("the api starts");
        let address = api.address();
        Self { address, context, served: Some(tokio::spawn(api.serve())) }
    }
}

fn context(config: &Config) -> Context {
    Context::new(config.clone(), Shutdown::new(), Metrics::install().expect("metrics"))
}

fn parse(permissions: &[&str]) -> Vec<Permission> {
    permissions.iter().map(|text| Permission::parse(text).expect("a known permission")).collect()
}

fn user(id: Uuid) -> StreamId {
    StreamId::new("user", id)
}

/// Waits for a condition, which every test has at most this long for.
pub(crate) async fn eventually<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = check().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("never happened: {what}"))
}
