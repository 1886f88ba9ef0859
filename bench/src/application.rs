//! The product's roles in this process, on a database of their own, and people who use it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow, ensure};
use api::{Api, Options};
use bootstrap::{
    Config, Context, Shutdown, Tasks, config::Dsn, db::Connection, metrics::Metrics, process::install_crypto,
};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{GrantRole, User},
};
use event_store::{EventStore, Execution, Head, StreamId};
use messaging::Bus;
use projections::Progress;
use serde_json::json;
use test_support::TestDatabase;
use tokio::task::JoinHandle;

use crate::http::Client;

pub(crate) const PASSWORD: &str = "correct horse battery";
/// The cheapest there is: hashes are not what is measured.
const PASSWORD_COST: u32 = 4;

/// How the roles hear of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wiring {
    /// One process, one bus in it.
    Embedded,
    /// Each role as in a process of its own: own pools, own head, connected by RabbitMQ and PostgreSQL only.
    RabbitMq,
}

pub(crate) struct Application {
    pub(crate) address: SocketAddr,
    contexts: Vec<Context>,
    bus: Arc<dyn Bus>,
    served: JoinHandle<anyhow::Result<()>>,
    database: TestDatabase,
}

impl Application {
    pub(crate) async fn start(wiring: Wiring) -> anyhow::Result<Self> {
        Self::start_with(wiring, PASSWORD_COST).await
    }

    /// With hashes of this cost.
    pub(crate) async fn start_with(wiring: Wiring, password_cost: u32) -> anyhow::Result<Self> {
        Self::start_as(wiring, Options { password_cost, ..Options::default() }).await
    }

    pub(crate) async fn start_as(wiring: Wiring, options: Options) -> anyhow::Result<Self> {
        install_crypto();
        Self::run(TestDatabase::create().await, wiring, options, |_| ()).await
    }

    /// On a database that there is already, with a configuration of its own.
    pub(crate) async fn start_on(
        database: TestDatabase,
        wiring: Wiring,
        change: impl FnOnce(&mut Config),
    ) -> anyhow::Result<Self> {
        install_crypto();
        Self::run(database, wiring, Options { password_cost: PASSWORD_COST, ..Options::default() }, change).await
    }

    async fn run(
        database: TestDatabase,
        wiring: Wiring,
        options: Options,
        change: impl FnOnce(&mut Config),
    ) -> anyhow::Result<Self> {
        let mut config = Config::development(database.url())?;
        config.http.bind = "127.0.0.1:0".parse()?;
        config.limits.credential_requests = 1_000_000;
        config.limits.anonymous_requests = 1_000_000;
        config.limits.user_requests = 1_000_000;
        if wiring == Wiring::RabbitMq {
            config.amqp_url = Some(Dsn::parse(&test_support::amqp_url(), &["amqp"]).context("the broker's URL")?);
            config.amqp_prefix = test_support::unique_prefix();
        }
        change(&mut config);
        let (api_context, bus, head) = process(&config)?;
        let api = Api::start(&api_context, bus.clone(), head.clone(), options).await?;
        let (mut contexts, api_bus) = (vec![api_context.clone()], bus.clone());
        match wiring {
            Wiring::Embedded => projections::start(&api_context, bus, head).await?,
            Wiring::RabbitMq => {
                let (context, bus, head) = process(&config)?;
                projections::start(&context, bus, head).await?;
                contexts.push(context);
            }
        }
        Ok(Self { address: api.address(), contexts, bus: api_bus, served: tokio::spawn(api.serve()), database })
    }

    /// Registers somebody, unless that was done before, and returns the access token of who signs in then.
    pub(crate) async fn person(&self, number: usize) -> anyhow::Result<String> {
        let mut client = Client::connect(self.address).await?;
        let email = format!("person-{number}@example.org");
        let registration = json!({ "email": email, "password": PASSWORD }).to_string();
        client.send("POST", "/v1/auth/register", "", &registration).await?.json(202)?;
        let signed_in = client.send("POST", "/v1/auth/login", "", &registration).await?.json(200)?;
        Ok(signed_in["access_token"].as_str().context("no token")?.to_owned())
    }

    /// The access token of somebody who may do everything.
    pub(crate) async fn admin(&self) -> anyhow::Result<String> {
        let token = self.person(1_000_000).await?;
        let mut client = Client::connect(self.address).await?;
        let headers = format!("authorization: Bearer {token}\r\n");
        let me = client.send("GET", "/v1/users/me", &headers, "").await?.json(200)?;
        let id = me["id"].as_str().context("no id")?.parse()?;
        let tasks = Tasks::new(Shutdown::new());
        let pool = self.database.pool(2);
        let store = EventStore::open(self.database.url(), pool, Head::new(), &tasks, Default::default());
        let command = GrantRole { role: RoleName::ADMIN, at: chrono::Utc::now() };
        let stream = StreamId::new(User::CATEGORY, id);
        store
            .execute(&stream, command, Execution::new(uuid::Uuid::now_v7()))
            .await
            .map_err(|error| anyhow!("{error:?}"))?;
        tasks.shutdown().request();
        ensure!(tasks.join(Duration::from_secs(20)).await, "a task did not stop");
        // Roles are remembered for a second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        Ok(token)
    }

    /// Of the database.
    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// How far the read models are.
    pub(crate) fn progress(&self) -> Progress {
        let context = &self.contexts[0];
        Progress::start(&context.tasks, self.database.pool(2), &self.bus)
    }

    pub(crate) async fn connect(&self) -> Connection {
        self.database.connect().await
    }

    /// Leaves the database as it is.
    pub(crate) async fn stop_keeping(self) -> anyhow::Result<TestDatabase> {
        self.contexts.iter().for_each(|context| context.shutdown.request());
        self.served.await??;
        for context in &self.contexts {
            ensure!(context.tasks.join(Duration::from_secs(20)).await, "a task did not stop");
        }
        Ok(self.database)
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.stop_keeping().await.map(drop)
    }
}

fn process(config: &Config) -> anyhow::Result<(Context, Arc<dyn Bus>, Head)> {
    let context = Context::new(config.clone(), Shutdown::new(), Metrics::install()?);
    let head = Head::new();
    let bus = messaging::start(&context, &head)?;
    Ok((context, bus, head))
}
