//! An installation with orders: every role in this process, on a database of its own, with mail and a payment provider.

use std::{net::SocketAddr, time::Duration};

use bootstrap::{Config, Context, Shutdown, config::Role, metrics::Metrics, migrations, process, telemetry};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{GrantRole, User},
};
use event_store::{EventStore, Execution, Head, StreamId, log};
use serde_json::{Value, json};
use test_support::{ReceivedMail, SmtpSink, TestDatabase};
use tests::{
    http::{Call, Reply},
    wait,
};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::provider::{API_KEY, Provider};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse battery";
/// The cheapest that bcrypt has: what is tested here is not the hash.
const PASSWORD_COST: u32 = 4;

pub(crate) struct Shop {
    pub(crate) database: TestDatabase,
    pub(crate) sink: SmtpSink,
    pub(crate) provider: Provider,
    pub(crate) address: SocketAddr,
    context: Context,
    served: JoinHandle<anyhow::Result<()>>,
}

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) token: String,
}

/// The log's database with everything that orders have.
pub(crate) async fn database() -> TestDatabase {
    let database = TestDatabase::create().await;
    migrations::migrate_extension(database.url(), &orders::MIGRATIONS).await.unwrap();
    database
}

/// What every process of such an installation is told.
pub(crate) fn variables(database: &TestDatabase, sink: &SmtpSink, provider: &Provider) -> Vec<(&'static str, String)> {
    let ledger = std::env::temp_dir().join(format!("tidemark-orders-{}", database.name()));
    vec![
        ("DATABASE_URL", database.url().to_owned()),
        ("SMTP_URL", sink.url()),
        ("TIDEMARK_HTTP__BIND", "127.0.0.1:0".to_owned()),
        ("TIDEMARK_ADMIN__BIND", "127.0.0.1:0".to_owned()),
        ("TIDEMARK_DATABASE__POOL_SIZE", "6".to_owned()),
        ("TIDEMARK_LIMITS__CREDENTIAL_REQUESTS", "100000".to_owned()),
        ("TIDEMARK_LOG__FILTER", "warn".to_owned()),
        ("TIDEMARK_ERASURE__LEDGER", ledger.display().to_string()),
        ("TIDEMARK_ORDERS__CARD_URL", provider.url()),
        ("TIDEMARK_ORDERS__CARD_API_KEY", API_KEY.to_owned()),
        ("TIDEMARK_ORDERS__CARD_TIMEOUT_SECONDS", "1".to_owned()),
        ("TIDEMARK_ORDERS__PRICES__TEA", "450".to_owned()),
        ("TIDEMARK_ORDERS__PRICES__POT", "2999".to_owned()),
    ]
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// With further settings, which win.
    pub(crate) async fn open_with(settings: &[(&'static str, &str)]) -> Self {
        process::install_crypto();
        let (database, sink, provider) = (database().await, SmtpSink::start().await, Provider::open().await);
        let mut variables = variables(&database, &sink, &provider);
        for (name, value) in settings {
            variables.retain(|(known, _)| known != name);
            variables.push((name, (*value).to_owned()));
        }
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
        let app = orders::app();
        let config =
            Config::from_sources_with(Role::AllInOne, &app.sections(), &Default::default(), variables).unwrap();
        telemetry::init(&config.log);
        let context = Context::new(config, Shutdown::new(), Metrics::install().unwrap());
        let options = api::Options { password_cost: PASSWORD_COST, ..api::Options::default() };
        let api = app.start(&context, options).await.unwrap();
        Self { database, sink, provider, address: api.address(), context, served: tokio::spawn(api.serve()) }
    }

    pub(crate) async fn send(&self, call: Call) -> Reply {
        call.send(self.address, PATIENCE).await.unwrap()
    }

    /// The same, again as long as the read model is further behind than anybody waits for.
    pub(crate) async fn once_read(&self, call: Call) -> Reply {
        wait::until("the read model", PATIENCE, async || {
            let reply = self.send(call.clone()).await;
            (reply.status != 503).then_some(reply)
        })
        .await
    }

    /// Registers and signs in.
    pub(crate) async fn customer(&self, name: &str, locale: &str) -> Customer {
        let email = format!("{name}@example.test");
        let body = json!({"email": email, "password": PASSWORD, "display_name": name, "locale": locale});
        assert_eq!(self.send(Call::post("/v1/auth/register", body)).await.status, 202);
        let body = json!({"email": email, "password": PASSWORD});
        let reply = self.send(Call::post("/v1/auth/login", body)).await;
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        let me = Call::get("/v1/users/me").token(&token).header("tidemark-after", self.head().await);
        let me = self.once_read(me).await.json();
        Customer { id: me["id"].as_str().unwrap().parse().unwrap(), email, token }
    }

    /// Gives somebody the role of administrators, as an operator does.
    pub(crate) async fn promote(&self, customer: &Customer) {
        let (store, stream) = (self.store(), StreamId::new(User::CATEGORY, customer.id));
        let command = GrantRole { role: RoleName::ADMIN, at: chrono::DateTime::UNIX_EPOCH };
        store.execute(&stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
        wait::until("the role", PATIENCE, async || {
            (self.send(Call::get("/v1/users").token(&customer.token)).await.status == 200).then_some(())
        })
        .await;
    }

    pub(crate) fn store(&self) -> EventStore {
        let (tasks, pool) = (&self.context.tasks, self.database.pool(2));
        EventStore::open(self.database.url(), pool, Head::new(), tasks, Default::default())
    }

    /// Orders two teas; returns the order's id.
    pub(crate) async fn order(&self, customer: &Customer, payment: &str) -> String {
        let body = json!({"items": [{"sku": "tea", "quantity": 2}], "payment": payment});
        let reply = self.send(Call::post("/v1/orders", body).token(&customer.token)).await;
        assert_eq!(reply.status, 201, "{}", reply.json());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// The order once it has this status.
    pub(crate) async fn becomes(&self, customer: &Customer, order: &str, status: &str) -> Value {
        wait::until(status, PATIENCE, async || {
            let shown = self.send(Call::get(format!("/v1/orders/{order}")).token(&customer.token)).await.json();
            (shown["status"] == status).then_some(shown)
        })
        .await
    }

    /// The types of the events of an order, once the last of them is this one.
    pub(crate) async fn ends(&self, order: &str, with: &str) -> Vec<String> {
        let stream = StreamId::new("order", order.parse().unwrap());
        wait::until(with, PATIENCE, async || {
            let events = log::stream(&mut self.database.connect().await, stream.as_str(), 0, 100).await.unwrap();
            let types: Vec<String> = events.into_iter().map(|event| event.event_type).collect();
            types.last().is_some_and(|last| last == with).then_some(types)
        })
        .await
    }

    /// The mails to a customer about orders, once there are at least this many.
    pub(crate) async fn mails(&self, customer: &Customer, count: usize) -> Vec<ReceivedMail> {
        wait::until("a mail", PATIENCE, async || {
            let of_orders =
                |mail: &ReceivedMail| mail.to == [customer.email.clone()] && mail.message_id().starts_with("order_");
            let mails: Vec<_> = self.sink.mails().into_iter().filter(of_orders).collect();
            (mails.len() >= count).then_some(mails)
        })
        .await
    }

    pub(crate) async fn head(&self) -> i64 {
        log::head(&mut self.database.connect().await).await.unwrap()
    }

    /// What the health of the process says of a part of it.
    pub(crate) async fn health_of(&self, check: &str) -> Option<bootstrap::health::State> {
        self.context.health.report().await.checks.get(check).map(|check| check.state)
    }

    /// Stops everything, and checks that it stops in good order.
    pub(crate) async fn close(self) {
        self.context.shutdown.request();
        tokio::time::timeout(PATIENCE, self.served).await.unwrap().unwrap().unwrap();
        assert!(self.context.tasks.join(PATIENCE).await, "{:?}", self.context.tasks.states());
    }
}
