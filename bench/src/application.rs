//! The product's roles in this process, on a database of their own, and people who use it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use api::{Api, Options};
use bootstrap::{Config, Context, Shutdown, config::Dsn, metrics::Metrics, process::install_crypto};
use event_store::Head;
use messaging::Bus;
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
    served: JoinHandle<anyhow::Result<()>>,
    _database: TestDatabase,
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
        let database = TestDatabase::create().await;
        let mut config = Config::development(database.url())?;
        config.http.bind = "127.0.0.1:0".parse()?;
        config.limits.credential_requests = 1_000_000;
        config.limits.anonymous_requests = 1_000_000;
        config.limits.user_requests = 1_000_000;
        if wiring == Wiring::RabbitMq {
            config.amqp_url = Some(Dsn::parse(&test_support::amqp_url(), &["amqp"]).context("the broker's URL")?);
            config.amqp_prefix = test_support::unique_prefix();
        }
        let (api_context, bus, head) = process(&config)?;
        let api = Api::start(&api_context, bus.clone(), head.clone(), options).await?;
        let mut contexts = vec![api_context.clone()];
        match wiring {
            Wiring::Embedded => projections::start(&api_context, bus, head).await?,
            Wiring::RabbitMq => {
                let (context, bus, head) = process(&config)?;
                projections::start(&context, bus, head).await?;
                contexts.push(context);
            }
        }
        Ok(Self { address: api.address(), contexts, served: tokio::spawn(api.serve()), _database: database })
    }

    /// Registers somebody, and returns the access token of who signs in then.
    pub(crate) async fn person(&self, number: usize) -> anyhow::Result<String> {
        let mut client = Client::connect(self.address).await?;
        let email = format!("person-{number}@example.org");
        let registration = json!({ "email": email, "password": PASSWORD }).to_string();
        client.send("POST", "/v1/auth/register", "", &registration).await?.json(202)?;
        let signed_in = client.send("POST", "/v1/auth/login", "", &registration).await?.json(200)?;
        Ok(signed_in["access_token"].as_str().context("no token")?.to_owned())
    }

    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.contexts.iter().for_each(|context| context.shutdown.request());
        self.served.await??;
        for context in &self.contexts {
            ensure!(context.tasks.join(Duration::from_secs(20)).await, "a task did not stop");
        }
        Ok(())
    }
}

fn process(config: &Config) -> anyhow::Result<(Context, Arc<dyn Bus>, Head)> {
    let context = Context::new(config.clone(), Shutdown::new(), Metrics::install()?);
    let head = Head::new();
    let bus = messaging::start(&context, &head)?;
    Ok((context, bus, head))
}
