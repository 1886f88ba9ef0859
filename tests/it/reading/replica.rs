//! A read replica answers what it has, and is never asked for more.

use std::{net::SocketAddr, pin::pin, sync::Arc};

use api::Api;
use bootstrap::{Config, Context, Shutdown, metrics::Metrics, process};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{GrantRole, User},
};
use event_store::{EventStore, Execution, Head, StreamId};
use futures::future::join_all;
use serde_json::json;
use tests::http::Call;
use uuid::Uuid;

use super::standby::Pair;
use crate::app::{PASSWORD, PATIENCE};

const PEOPLE: usize = 20;
/// Of a change and a query that asks for its position, one after another, per person.
const PAIRS: usize = 500;
/// Of a new record and a list that asks for its position, while the standby stands still.
const LISTS: usize = 50;

struct App {
    address: SocketAddr,
    context: Context,
    head: Head,
}

impl App {
    async fn start(pair: &Pair) -> Self {
        process::install_crypto();
        let variables = [
            ("DATABASE_URL".to_owned(), pair.primary_url()),
            ("DATABASE_REPLICA_URL".to_owned(), pair.standby_url()),
            ("TIDEMARK_HTTP__BIND".to_owned(), "127.0.0.1:0".to_owned()),
            ("TIDEMARK_LIMITS__CREDENTIAL_REQUESTS".to_owned(), "100000".to_owned()),
            ("TIDEMARK_LIMITS__USER_REQUESTS".to_owned(), "1000000".to_owned()),
        ];
        let config = Config::from_sources(&Default::default(), variables).unwrap();
        let context = Context::new(config, Shutdown::new(), Metrics::install().unwrap());
        let head = Head::new();
        let bus = messaging::start(&context, &head).unwrap();
        projections::start(&context, bus.clone(), head.clone()).await.unwrap();
        let options = api::Options { password_cost: 4, ..api::Options::default() };
        let api = Api::start(&context, bus, head.clone(), options).await.unwrap();
        let address = api.address();
        tokio::spawn(api.serve());
        Self { address, context, head }
    }

    async fn send(&self, call: Call) -> tests::http::Reply {
        call.send(self.address, PATIENCE).await.unwrap()
    }

    /// Registers and signs in; returns the token.
    async fn person(&self, number: usize) -> String {
        let email = format!("person-{number}@example.org");
        let body = json!({"email": email, "password": PASSWORD, "display_name": "0", "locale": "en"});
        assert_eq!(self.send(Call::post("/v1/auth/register", body)).await.status, 202);
        let body = json!({"email": email, "password": PASSWORD});
        let reply = self.send(Call::post("/v1/auth/login", body)).await;
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Changes the person's name and reads it at the position of the change; returns whether it was stale.
    async fn is_stale(&self, token: &str, name: String) -> bool {
        let changed = self.send(Call::patch("/v1/users/me", json!({"display_name": name})).token(token)).await;
        let position = changed.header("tidemark-position").unwrap().to_owned();
        let read = self.send(Call::get("/v1/users/me").token(token).header("tidemark-after", position)).await;
        assert_eq!(read.status, 200, "{}", read.json());
        read.json()["display_name"] != json!(name)
    }

    async fn stale_ones(self: &Arc<Self>, tokens: &[String], pairs: usize, phase: &'static str) -> usize {
        let of_each = tokens.iter().map(|token| {
            let (app, token) = (Arc::clone(self), token.clone());
            tokio::spawn(async move {
                let mut stale = 0;
                for pair in 0..pairs {
                    stale += usize::from(app.is_stale(&token, format!("{phase} {pair}")).await);
                }
                stale
            })
        });
        join_all(of_each).await.into_iter().map(Result::unwrap).sum()
    }

    /// Defines a collection, as an administrator.
    async fn define_notes(&self, token: &str, pair: &Pair) {
        let me = self.send(Call::get("/v1/users/me").token(token)).await.json();
        let user: Uuid = me["id"].as_str().unwrap().parse().unwrap();
        let command = GrantRole { role: RoleName::ADMIN, at: chrono::DateTime::UNIX_EPOCH };
        let (tasks, pool) = (&self.context.tasks, self.context.database().await.unwrap());
        let store = EventStore::open(&pair.primary_url(), pool, self.head.clone(), tasks, Default::default());
        store.execute(&StreamId::new(User::CATEGORY, user), command, Execution::new(Uuid::now_v7())).await.unwrap();
        let notes = json!({
            "name": "notes",
            "schema": {"type": "object", "properties": {"number": {"type": "integer"}, "next": {"type": "string", "format": "uuid"}}},
            "relations": {"next": {"collection": "notes"}},
            "rules": {
                "list": "record.created_by == user.id",
                "view": "record.created_by == user.id",
                "create": "true",
            },
        });
        tests::wait::until("the role is felt", PATIENCE, async || {
            let defined = self.send(Call::post("/v1/collections", notes.clone()).token(token)).await;
            assert!([201, 403].contains(&defined.status), "{}", defined.json());
            (defined.status == 201).then_some(())
        })
        .await;
    }

    /// Makes records, and lists them at the position of each; returns how many lists lacked it.
    async fn stale_lists(&self, token: &str) -> usize {
        let mut stale = 0;
        for number in 0..LISTS {
            let made = Call::post("/v1/collections/notes/records", json!({"number": number})).token(token);
            let position = self.send(made).await.header("tidemark-position").unwrap().to_owned();
            let list = Call::get("/v1/collections/notes/records?limit=200").token(token);
            let list = self.send(list.header("tidemark-after", position)).await;
            assert_eq!(list.status, 200, "{}", list.json());
            stale += usize::from(list.json()["items"][0]["number"] != json!(number));
        }
        stale
    }

    /// Queries that the standby answered, and those that the primary did.
    fn answered(&self) -> (u64, u64) {
        let rendered = self.context.metrics.render();
        let of = |by: &str| {
            let name = format!("{}{{answered_by=\"{by}\"}} ", api::metrics::REPLICA_READS);
            rendered.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
        };
        (of("replica"), of("primary"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_older_than_what_was_asked_for_whatever_the_replica_does() {
    let pair = Pair::start().await;
    let app = Arc::new(App::start(&pair).await);
    let mut tokens = vec![];
    for number in 0..PEOPLE {
        tokens.push(app.person(number).await);
    }

    let half = PAIRS / 2;
    let fresh = app.stale_ones(&tokens, half, "replaying").await;
    pair.pause_replay().await;
    let paused = app.stale_ones(&tokens, half, "paused").await;
    assert_eq!((fresh, paused), (0, 0), "stale answers in {} pairs", PEOPLE * PAIRS);

    // A process that has just started has heard nothing of the primary, and does not take the standby's word for it.
    let started = App::start(&pair).await;
    let read = started.send(Call::get("/v1/users/me").token(&tokens[0])).await;
    assert_eq!(read.json()["display_name"], json!(format!("paused {}", half - 1)));
    started.context.shutdown.request();

    app.define_notes(&tokens[0], &pair).await;
    let stale = app.stale_lists(&tokens[0]).await;
    assert_eq!(stale, 0, "stale lists in {LISTS} pairs");

    // Nothing new comes, so that a standby that has caught up can answer everything.
    pair.resume_replay().await;
    let before = app.answered().0;
    tests::wait::until("an answer of the standby", PATIENCE, async || {
        assert_eq!(app.send(Call::get("/v1/users/me").token(&tokens[0])).await.status, 200);
        (app.answered().0 > before).then_some(())
    })
    .await;
    let before = app.answered().0;
    tests::wait::until("a list of the standby", PATIENCE, async || {
        let list = app.send(Call::get("/v1/collections/notes/records?sort=number").token(&tokens[0])).await;
        assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(LISTS), "{}", list.json());
        (app.answered().0 > before).then_some(())
    })
    .await;
    app.context.shutdown.request();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_replica_fails_at_the_primary_answers() {
    let pair = Pair::start().await;
    let app = App::start(&pair).await;
    let token = app.person(0).await;
    app.define_notes(&token, &pair).await;
    let records = "/v1/collections/notes/records";
    let made = app.send(Call::post(records, json!({"number": 1})).token(&token)).await;
    let record = format!("{records}/{}", made.json()["id"].as_str().unwrap());
    pair.lock_on_standby("users, collections, records").await;

    // The standby lets nobody read these, and is asked all the same, since it says that it is far enough.
    for path in [
        "/v1/users/me",
        "/v1/users",
        "/v1/collections",
        "/v1/collections/notes",
        record.as_str(),
        records,
        &format!("{record}?expand=next"),
        &format!("{records}?sort=number&expand=next"),
    ] {
        tests::wait::until("the standby to be asked, and to fail", PATIENCE, async || {
            let mut ended = 0;
            let answer = app.send(Call::get(path).token(&token));
            let mut answer = pin!(answer);
            let reply = loop {
                tokio::select! {
                    reply = &mut answer => break reply,
                    number = pair.end_what_waits() => ended += number,
                }
            };
            assert_eq!(reply.status, 200, "{path}: {}", reply.json());
            (ended > 0).then_some(())
        })
        .await;
    }
    app.context.shutdown.request();
}
