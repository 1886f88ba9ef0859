//! Keys of access tokens that change while several processes use them.

use std::time::Duration;

use api::{
    Api, Options,
    auth::{Tokens, rotation},
};
use bootstrap::{Context, Shutdown, config::SecretKey, metrics::Metrics};
use chrono::Utc;
use domain::users::UserId;
use event_store::{Head, SigningKeys, signing_keys::ANNOUNCED};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::{PASSWORD, Person, TestApp, eventually},
    client::{Answer, Request},
};

/// Another api process on the database of an application.
struct Replica {
    address: std::net::SocketAddr,
    context: Context,
}

impl Replica {
    async fn start(app: &TestApp) -> Self {
        let context = Context::new(app.context.config.clone(), Shutdown::new(), Metrics::install().unwrap());
        let head = Head::new();
        let bus = messaging::start(&context, &head).unwrap();
        let api = Api::start(&context, bus, head, Options { password_cost: 4, ..Options::default() }).await.unwrap();
        let address = api.address();
        tokio::spawn(api.serve());
        Self { address, context }
    }

    async fn me(&self, token: &str) -> Answer {
        Request::new(self.address, "GET", "/v1/users/me").token(token).send().await
    }

    async fn login(&self, person: &Person) -> String {
        let body = serde_json::json!({"email": person.email, "password": PASSWORD});
        let answer = Request::new(self.address, "POST", "/v1/auth/login").json(&body).send().await;
        answer.ok(200).json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Has the keys read again: comes with a token of a key that nobody knows.
    async fn read_keys(&self, app: &TestApp) {
        self.me(&stranger(app)).await.problem(401, "invalid_token");
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.context.shutdown.request();
    }
}

/// A token that looks like ours, under a key that is not.
fn stranger(app: &TestApp) -> String {
    let tokens = Tokens::new(&SecretKey::generate(), &app.context.config.http.public_url).unwrap();
    tokens.issue(UserId::from_uuid(Uuid::now_v7()), Uuid::now_v7(), Default::default()).unwrap().0
}

async fn me(app: &TestApp, token: &str) -> Answer {
    app.get("/v1/users/me").token(token).send().await
}

async fn store(app: &TestApp) -> SigningKeys {
    let pool = app.context.keys_database().await.unwrap();
    SigningKeys::new(pool, app.context.config.secrets.master_key.expose())
}

fn kid(token: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

async fn published(address: std::net::SocketAddr) -> Vec<String> {
    let answer = Request::new(address, "GET", "/.well-known/jwks.json").send().await;
    assert_eq!(answer.ok(200).header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let keys = answer.json()["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Ada, whom the read model knows, on an application with a second process.
async fn two_processes() -> (TestApp, Replica, Person) {
    let app = TestApp::start().await;
    let replica = Replica::start(&app).await;
    let ada = app.person("ada@example.org").await;
    app.get("/v1/users/me").token(&ada.token).header("Tidemark-After", "1").send().await.ok(200);
    (app, replica, ada)
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_agree_on_the_first_key_and_on_the_next() {
    let (app, replica, ada) = two_processes().await;
    replica.me(&ada.token).await.ok(200);
    assert_eq!(published(replica.address).await, [kid(&ada.token)]);

    let (next, signs_from) = rotation::rotate(&store(&app).await, Utc::now()).await.unwrap();
    assert!(signs_from > Utc::now());
    replica.read_keys(&app).await;
    assert_eq!(published(replica.address).await, [next, kid(&ada.token)], "announced before it signs");
    assert_eq!(kid(&replica.login(&ada).await), kid(&ada.token));
    replica.me(&ada.token).await.ok(200);
    me(&app, &ada.token).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_a_key_that_only_the_other_process_knows_is_accepted_at_once() {
    let (app, replica, ada) = two_processes().await;
    let keys = store(&app).await;
    // A minute before the first one, so that it signs right after it: now.
    let first = keys.list().await.unwrap()[0].created_at;
    let made = first - ANNOUNCED + Duration::from_millis(1);
    let (next, _) = rotation::rotate(&keys, made).await.unwrap();
    replica.read_keys(&app).await;
    let token = replica.login(&ada).await;
    assert_eq!(kid(&token), next);
    me(&app, &token).await.ok(200);
    me(&app, &ada.token).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_revoked_key_signed_is_refused_everywhere_and_its_successor_signs() {
    let (app, replica, ada) = two_processes().await;
    let revoked = kid(&ada.token);
    let replacement = rotation::revoke(&store(&app).await, &revoked, Utc::now()).await.unwrap().unwrap();
    replica.read_keys(&app).await;
    replica.me(&ada.token).await.problem(401, "invalid_token");
    let token = replica.login(&ada).await;
    assert_eq!(kid(&token), replacement);
    // The other process has not heard of it, and learns it from the token.
    me(&app, &token).await.ok(200);
    me(&app, &ada.token).await.problem(401, "invalid_token");
    assert_eq!(published(app.address).await, [replacement.as_str()]);

    // A process that starts later does not make the first key again.
    let later = Replica::start(&app).await;
    later.me(&ada.token).await.problem(401, "invalid_token");
    assert_eq!(kid(&later.login(&ada).await), replacement);
}

/// Nobody asks: the keys are read every ten seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_noticed_by_itself() {
    let (app, replica, ada) = two_processes().await;
    rotation::revoke(&store(&app).await, &kid(&ada.token), Utc::now()).await.unwrap();
    for address in [app.address, replica.address] {
        eventually("the refusal", async || {
            let answer = Request::new(address, "GET", "/v1/users/me").token(&ada.token).send().await;
            (answer.status == 401).then_some(())
        })
        .await;
    }
}
