//! An application of a test's own: every role in this process, on a database of its own, with a mail server.

use std::{net::SocketAddr, path::Path, time::Duration};

use api::Api;
use bootstrap::{Config, Context, Shutdown, config::FilesPlace, metrics::Metrics, process, telemetry};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{GrantRole, User},
};
use event_store::{EventStore, Execution, Head, RecordedEvent, StreamId, log};
use serde_json::{Value, json};
use test_support::{ReceivedMail, SmtpSink, TestDatabase};
use tests::{
    feed,
    http::{Call, Reply},
    live::Live,
    wait,
};
use tokio::task::JoinHandle;
use uuid::Uuid;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The cheapest that bcrypt has: what is tested here is not the hash.
const PASSWORD_COST: u32 = 4;

/// What the application stands on beside PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) enum Servers {
    /// Bus and counters in the process.
    Embedded,
    /// RabbitMQ and Redis at these URLs.
    Separate { amqp: String, redis: String },
}

impl Servers {
    pub(crate) fn separate() -> Self {
        Self::Separate { amqp: test_support::amqp_url(), redis: test_support::redis_url() }
    }
}

pub(crate) struct TestApp {
    pub(crate) database: TestDatabase,
    pub(crate) sink: SmtpSink,
    /// Of the names in the broker, where there is one.
    pub(crate) prefix: Option<String>,
    address: SocketAddr,
    pub(crate) context: Context,
    head: Head,
    served: JoinHandle<anyhow::Result<()>>,
}

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

impl TestApp {
    pub(crate) async fn start(servers: &Servers) -> Self {
        Self::start_with(servers, vec![]).await
    }

    /// With these settings instead of, or beside, those that tests have.
    pub(crate) async fn start_with(servers: &Servers, settings: Vec<(&'static str, String)>) -> Self {
        process::install_crypto();
        let (database, sink) = (TestDatabase::create().await, SmtpSink::start().await);
        let (config, prefix) = config(&database, &sink, servers, settings);
        telemetry::init(&config.log);
        let context = Context::new(config, Shutdown::new(), Metrics::install().unwrap());
        let head = Head::new();
        let bus = messaging::start(&context, &head).unwrap();
        projections::start(&context, bus.clone(), head.clone()).await.unwrap();
        let options = workers::Options::from_config(&context.config).unwrap();
        workers::start(&context, head.clone(), options).await.unwrap();
        let options = api::Options { password_cost: PASSWORD_COST, ..api::Options::default() };
        let api = Api::start(&context, bus, head.clone(), options).await.unwrap();
        let address = api.address();
        Self { database, sink, prefix, address, context, head, served: tokio::spawn(api.serve()) }
    }

    pub(crate) async fn send(&self, call: Call) -> Reply {
        call.send(self.address, PATIENCE).await.unwrap()
    }

    pub(crate) async fn register(&self, email: &str, name: &str, locale: &str) -> Reply {
        let body = json!({"email": email, "password": PASSWORD, "display_name": name, "locale": locale});
        self.send(Call::post("/v1/auth/register", body)).await
    }

    /// Signs somebody in who has registered.
    pub(crate) async fn sign_in(&self, email: &str) -> Member {
        let body = json!({"email": email, "password": PASSWORD});
        let reply = self.send(Call::post("/v1/auth/login", body)).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        let me =
            self.send(Call::get("/v1/users/me").token(&token).header("tidemark-after", self.head_now().await)).await;
        Member { id: me.json()["id"].as_str().unwrap().parse().unwrap(), token }
    }

    /// Registers an administrator, who gets the role as an operator gives it, and signs them in.
    pub(crate) async fn administrator(&self, email: &str) -> Member {
        assert_eq!(self.register(email, "Root", "en").await.status, 202);
        let member = self.sign_in(email).await;
        let (tasks, pool) = (&self.context.tasks, self.database.pool(2));
        let store = EventStore::open(self.database.url(), pool, self.head.clone(), tasks, Default::default());
        let command = GrantRole { role: RoleName::ADMIN, at: chrono::DateTime::UNIX_EPOCH };
        let stream = StreamId::new(User::CATEGORY, member.id);
        store.execute(&stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
        member
    }

    pub(crate) async fn live(&self, member: &Member) -> Live {
        Live::connect(self.address, &member.token).await.unwrap()
    }

    /// The mails to an address, once there are at least this many.
    pub(crate) async fn mails_to(&self, address: &str, count: usize) -> Vec<ReceivedMail> {
        wait::until("a mail", PATIENCE, async || {
            let mails = self.sink.mails().into_iter().filter(|mail| mail.to == [address]).collect::<Vec<_>>();
            (mails.len() >= count).then_some(mails)
        })
        .await
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        log::tail(&mut self.database.connect().await, 0, 10_000).await.unwrap()
    }

    pub(crate) async fn head_now(&self) -> i64 {
        log::head(&mut self.database.connect().await).await.unwrap()
    }

    /// Where a consumer of the log is; 0 before it has begun.
    pub(crate) async fn position_of(&self, consumer: &str) -> i64 {
        // Not for the whole file: its `execute` would hide the store's.
        use diesel_async::RunQueryDsl;

        #[derive(QueryableByName)]
        struct At {
            #[diesel(sql_type = BigInt)]
            position: i64,
        }
        let query = sql_query("SELECT coalesce(min(position), 0) AS position FROM checkpoints WHERE consumer = $1")
            .bind::<Text, _>(consumer);
        query.get_result::<At>(&mut self.database.connect().await).await.unwrap().position
    }

    /// Waits until projections, reactions, jobs and, where there is a broker, the relay have nothing left to do.
    pub(crate) async fn drain(&self) {
        self.drain_all(&["users", "files", "reactions", "relay"]).await;
    }

    /// The same without the relay, which may be waiting for its broker.
    pub(crate) async fn drain_inside(&self) {
        self.drain_all(&["users", "files", "reactions"]).await;
    }

    async fn drain_all(&self, consumers: &[&str]) {
        let consumers: Vec<_> =
            consumers.iter().filter(|name| **name != "relay" || self.prefix.is_some()).copied().collect();
        wait::until("rest", PATIENCE, async || {
            let head = self.head_now().await;
            for consumer in &consumers {
                if self.position_of(consumer).await < head {
                    return None;
                }
            }
            let busy = jobs::admin::busy(&mut self.database.connect().await).await.unwrap();
            (busy == 0 && self.head_now().await == head).then_some(())
        })
        .await;
    }

    /// Where content of files is.
    pub(crate) fn files(&self) -> &Path {
        self.files_directory().expect("this test keeps files in a directory")
    }

    fn files_directory(&self) -> Option<&Path> {
        match &self.context.config.files.place {
            FilesPlace::Directory(directory) => Some(directory),
            FilesPlace::S3(_) => None,
        }
    }

    /// Stops everything, and checks that it stops in good order.
    pub(crate) async fn stop(self) {
        let files = self.files_directory().map(Path::to_owned);
        self.context.shutdown.request();
        tokio::time::timeout(PATIENCE, self.served).await.unwrap().unwrap().unwrap();
        assert!(self.context.tasks.join(PATIENCE).await, "{:?}", self.context.tasks.states());
        // There is one where somebody was erased.
        drop(std::fs::remove_dir_all(&self.context.config.erasure.ledger));
        drop(files.map(std::fs::remove_dir_all));
        if let Some(prefix) = &self.prefix {
            feed::remove_installation(prefix).await;
        }
    }
}

fn config(
    database: &TestDatabase,
    sink: &SmtpSink,
    servers: &Servers,
    further: Vec<(&'static str, String)>,
) -> (Config, Option<String>) {
    let prefix = test_support::unique_prefix();
    let mut settings = vec![
        ("DATABASE_URL", database.url().to_owned()),
        ("SMTP_URL", sink.url()),
        ("TIDEMARK_HTTP__BIND", "127.0.0.1:0".to_owned()),
        ("TIDEMARK_HTTP__PUBLIC_URL", "https://app.example.test".to_owned()),
        ("TIDEMARK_DATABASE__POOL_SIZE", "6".to_owned()),
        ("TIDEMARK_LIMITS__CREDENTIAL_REQUESTS", "100000".to_owned()),
        ("TIDEMARK_LOG__FILTER", "warn".to_owned()),
        ("TIDEMARK_FILES__URL", std::env::temp_dir().join(format!("{prefix}-files")).display().to_string()),
        ("TIDEMARK_ERASURE__LEDGER", std::env::temp_dir().join(format!("{prefix}-erasures")).display().to_string()),
    ];
    let prefix = match servers {
        Servers::Embedded => None,
        Servers::Separate { amqp, redis } => {
            settings.extend([("AMQP_URL", amqp.clone()), ("REDIS_URL", redis.clone())]);
            settings.extend([("TIDEMARK_AMQP_PREFIX", prefix.clone()), ("TIDEMARK_REDIS_PREFIX", prefix.clone())]);
            Some(prefix)
        }
    };
    settings.retain(|(name, _)| further.iter().all(|(other, _)| other != name));
    settings.extend(further);
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
    (Config::from_sources(&Default::default(), settings).unwrap(), prefix)
}

/// Reads on until a change of this record to this version is pushed.
pub(crate) async fn pushed(live: &mut Live, key: Uuid, version: i64) -> Value {
    loop {
        let change = live.expect("chg").await;
        if change["key"] == key.to_string() && change["version"] == version {
            return change;
        }
    }
}
