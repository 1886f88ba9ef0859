//! An application of a test's own: API and projections in one process, on a database of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use api::{Api, Options};
use bootstrap::{Config, Context, Shutdown, config::FilesPlace, metrics::Metrics};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{GrantRole, User},
};
use event_store::{EventStore, Execution, Head, RecordedEvent, StreamId, log};
use messaging::Bus;
use serde_json::{Value, json};
use test_support::TestDatabase;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::client::{Answer, Request};

pub(crate) const PASSWORD: &str = "correct horse battery";
/// The cheapest that bcrypt has: what is tested here is not the hash.
const PASSWORD_COST: u32 = 4;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    pub(crate) context: Context,
    pub(crate) database: TestDatabase,
    pub(crate) served: JoinHandle<anyhow::Result<()>>,
    bus: Arc<dyn Bus>,
    head: Head,
    others: Mutex<Vec<Context>>,
}

/// Somebody who has registered and signed in.
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) token: String,
}

impl TestApp {
    /// With projections, and limits that no test reaches by accident.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let app = Self::start_without_projections(change).await;
        app.start_projections().await;
        app
    }

    pub(crate) async fn start_without_projections(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::create().await;
        let mut config = Config::development(database.url()).unwrap();
        config.http.bind = "127.0.0.1:0".parse().unwrap();
        config.database.pool_size = 6;
        config.limits.credential_requests = 100_000;
        config.limits.anonymous_requests = 100_000;
        config.log.filter = "warn".to_owned();
        config.erasure.ledger = std::env::temp_dir().join(format!("tidemark-erasures-{}", database.name()));
        config.files.place =
            FilesPlace::Directory(std::env::temp_dir().join(format!("tidemark-files-{}", database.name())));
        change(&mut config);
        crate::captured_log::install();
        let context = Context::new(config, Shutdown::new(), Metrics::install().unwrap());
        let head = Head::new();
        let bus = messaging::start(&context, &head).unwrap();
        let options = Options { password_cost: PASSWORD_COST, ..Options::default() };
        let api = Api::start(&context, bus.clone(), head.clone(), options).await.unwrap();
        let address = api.address();
        Self { address, context, database, served: tokio::spawn(api.serve()), bus, head, others: Mutex::default() }
    }

    /// Another api process of the installation.
    pub(crate) async fn another(&self) -> SocketAddr {
        let context = Context::new(self.context.config.clone(), Shutdown::new(), Metrics::install().unwrap());
        let head = Head::new();
        let bus = messaging::start(&context, &head).unwrap();
        let options = Options { password_cost: PASSWORD_COST, ..Options::default() };
        let api = Api::start(&context, bus, head, options).await.unwrap();
        let address = api.address();
        tokio::spawn(api.serve());
        self.others.lock().unwrap().push(context);
        address
    }

    /// Has all others stop.
    pub(crate) fn stop_others(&self) {
        self.others.lock().unwrap().iter().for_each(|context| context.shutdown.request());
    }

    pub(crate) async fn start_projections(&self) {
        projections::start(&self.context, self.bus.clone(), self.head.clone()).await.unwrap();
    }

    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    pub(crate) fn get(&self, target: &str) -> Request {
        self.request("GET", target)
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        self.request("POST", "/v1/auth/register").json(&registration(email)).send().await
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.request("POST", "/v1/auth/login").json(&body).send().await
    }

    /// Registers and signs in.
    pub(crate) async fn person(&self, email: &str) -> Person {
        self.register(email).await.ok(202);
        let answer = self.login(email, PASSWORD).await;
        let token = answer.ok(200).json()["access_token"].as_str().unwrap().to_owned();
        let id = token_claims(&token)["sub"].as_str().unwrap().parse().unwrap();
        Person { id, email: email.to_owned(), token }
    }

    pub(crate) async fn admin(&self, email: &str) -> Person {
        let person = self.person(email).await;
        self.grant_admin(person.id).await;
        person
    }

    /// What an operator's command does, in another process.
    pub(crate) async fn grant_admin(&self, id: Uuid) -> i64 {
        let pool = self.context.database().await.unwrap();
        let tasks = &self.context.tasks;
        let store = EventStore::open(self.database.url(), pool, self.head.clone(), tasks, Default::default());
        let command = GrantRole { role: RoleName::ADMIN, at: chrono::DateTime::UNIX_EPOCH };
        let stream = StreamId::new(User::CATEGORY, id);
        let done = store.execute(&stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
        done.position.unwrap()
    }

    /// Waits until users, as this person sees them, are as far as the log.
    pub(crate) async fn caught_up(&self, person: &Person) {
        self.caught_up_in("/v1/users/me", person).await;
    }

    /// Waits until what is read here is as far as the log.
    pub(crate) async fn caught_up_in(&self, path: &str, person: &Person) {
        let position = self.head().await.to_string();
        eventually("the read model", async || {
            let answer = self.get(path).token(&person.token).header("Tidemark-After", &position).send().await;
            if answer.status == 503 {
                return None;
            }
            answer.ok(200);
            Some(())
        })
        .await;
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        log::tail(&mut self.database.connect().await, 0, 10_000).await.unwrap()
    }

    /// The types of all events, in their order.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        self.events().await.into_iter().map(|event| event.event_type).collect()
    }

    pub(crate) async fn head(&self) -> i64 {
        log::head(&mut self.database.connect().await).await.unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.context.shutdown.request();
        self.stop_others();
        // There is one where somebody was erased.
        drop(std::fs::remove_dir_all(&self.context.config.erasure.ledger));
        if let FilesPlace::Directory(directory) = &self.context.config.files.place {
            drop(std::fs::remove_dir_all(directory));
        }
    }
}

/// What a registration writes.
pub(crate) const REGISTRATION: [&str; 2] = ["user.registered", "user.verification_requested"];

pub(crate) fn registration(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "display_name": "Ada", "locale": "de"})
}

pub(crate) fn token_claims(token: &str) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// Asks again and again until the answer is as wanted.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            match ask().await {
                Some(answer) => return answer,
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("{what} never came"))
}
