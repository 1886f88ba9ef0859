//! People with values that occur nowhere else do all there is to do; then every place where an installation leaves
//! something is searched for those values. Each place is shown to be searched by something that was put there.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use tests::{http::Call, wait};
use uuid::Uuid;

use super::{broker::Tap, logs::Logs, marker::Marker, places};
use crate::app::{PATIENCE, Servers, TestApp};

/// Somebody whose every word has the marker in it.
struct Canary<'a> {
    app: &'a TestApp,
    marker: &'a Marker,
    /// Tells people apart.
    name: &'static str,
    token: String,
    /// Handed out once, and to be found nowhere.
    secrets: Vec<String>,
}

impl<'a> Canary<'a> {
    fn new(app: &'a TestApp, marker: &'a Marker, name: &'static str) -> Self {
        Self { app, marker, name, token: String::new(), secrets: vec![] }
    }

    fn word(&self, what: &str) -> String {
        format!("{}{}{what}", self.name, self.marker.as_str())
    }

    fn address(&self, which: &str) -> String {
        format!("{}@example.test", self.word(which))
    }

    async fn send(&self, call: Call, status: u16) -> Value {
        let call = if self.token.is_empty() { call } else { call.token(&self.token) };
        let reply = self.app.send(call.header("user-agent", self.word("agent"))).await;
        assert_eq!(reply.status, status, "{}", reply.json());
        reply.json()
    }

    /// The secret of the link in the latest mail of this kind.
    async fn link(&self, address: &str, page: &str) -> String {
        let beginning = format!("https://app.example.test/account/{page}#token=");
        wait::until("the link", PATIENCE, async || {
            let mails = self.app.sink.mails().into_iter().filter(|mail| mail.to == [address]);
            let texts: Vec<_> = mails.map(|mail| mail.text()).collect();
            let mut words = texts.iter().flat_map(|text| text.split_whitespace());
            words.find_map(|word| word.strip_prefix(&beginning)).map(str::to_owned)
        })
        .await
    }

    async fn registers_and_signs_in(&mut self) {
        let (email, password) = (self.address("first"), self.word("password"));
        let body = json!({"email": email, "password": password, "display_name": self.word("name"), "locale": "de"});
        self.send(Call::post("/v1/auth/register", body.clone()), 202).await;
        self.send(Call::post("/v1/auth/register", body), 202).await;
        let verification = self.link(&email, "verify-email").await;
        self.app.send(Call::post("/v1/auth/verify-email", json!({"token": verification}))).await;
        let wrong = json!({"email": email, "password": self.word("wrong")});
        self.send(Call::post("/v1/auth/login", wrong), 401).await;
        let signed_in =
            self.send(Call::post("/v1/auth/login", json!({"email": email, "password": password})), 200).await;
        self.token = signed_in["access_token"].as_str().unwrap().to_owned();
        let secret = |name: &str| signed_in[name].as_str().unwrap().to_owned();
        self.secrets.extend([secret("access_token"), secret("refresh_token"), verification]);
    }

    async fn changes_everything(&mut self) {
        self.send(Call::patch("/v1/users/me", json!({"display_name": self.word("renamed")})), 200).await;
        self.send(Call::patch("/v1/users/me", json!({"display_name": 7})), 422).await;
        let body = json!({"name": self.word("key"), "permissions": ["users:read:own"]});
        let key = self.send(Call::post("/v1/users/me/api-keys", body), 201).await;
        let secret = self.send(Call::post("/v1/auth/mfa/totp/enrol", json!({})), 200).await;
        self.secrets.extend([&key["key"], &secret["secret"]].map(|text| text.as_str().unwrap().to_owned()));
        let address = self.address("second");
        self.send(Call::post("/v1/auth/change-email", json!({"email": address})), 202).await;
        let token = self.link(&address, "change-email").await;
        self.app.send(Call::post("/v1/auth/confirm-email-change", json!({"token": token}))).await;
        self.secrets.push(token);
        self.send(Call::post("/v1/auth/forgot-password", json!({"email": address})), 202).await;
        self.secrets.push(self.link(&address, "reset-password").await);
    }

    async fn exports(&self) {
        let asked = self.send(Call::post("/v1/users/me/exports", json!({})), 202).await;
        let path = format!("/v1/users/me/exports/{}", asked["id"].as_str().unwrap());
        wait::until("the export", PATIENCE, async || {
            (self.send(Call::get(&path), 200).await["state"] == "ready").then_some(())
        })
        .await;
        let document = self.send(Call::get(format!("{path}/download")), 200).await;
        let account = &document["account"];
        assert_eq!(
            (&account["email"], &account["display_name"]),
            (&json!(self.address("second")), &json!(self.word("renamed")))
        );
        assert_eq!(document["sessions"][0]["device"], json!(self.word("agent")), "{document}");
        for secret in &self.secrets {
            assert!(!document.to_string().contains(secret), "{document}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_can_be_read_anywhere() {
    let logs = Logs::keep();
    let (marker, app) = (Marker::new(), TestApp::start(&Servers::separate()).await);
    let tap = Tap::of(app.prefix.as_ref().unwrap()).await;
    let mut conn = app.database.connect().await;
    let since = places::position(&mut conn).await;

    let (mut stays, mut goes) = (Canary::new(&app, &marker, "ada"), Canary::new(&app, &marker, "eve"));
    let admin = app.administrator("root@example.test").await;
    for canary in [&mut stays, &mut goes] {
        canary.registers_and_signs_in().await;
        canary.changes_everything().await;
        canary.exports().await;
        let search = format!("/v1/users?search={}", canary.address("second"));
        app.send(Call::get(search).token(&admin.token)).await;
    }
    goes.send(Call::delete("/v1/users/me"), 204).await;
    app.drain().await;

    // What is handed out is in other words, so each is a marker of its own; how it is encoded is its own affair.
    let secrets: Vec<String> = [&stays, &goes].iter().flat_map(|canary| canary.secrets.clone()).collect();
    let told = [logs.text(), tap.messages()].map(|text| String::from_utf8_lossy(&text).into_owned());
    for secret in &secrets {
        // A token begins with ids; what is secret of it is its end.
        let end = &secret[secret.len() - 26..];
        assert!(told.iter().all(|text| !text.contains(end)), "a secret was told");
    }
    assert_eq!(search(&app, &tap, &logs, &since, &marker).await, Vec::<String>::new());
    every_place_is_searched(&app, &tap, &logs, &since).await;
    drop((stays, goes, tap));
    app.stop().await;
}

/// Each hit begins with the name of its place.
async fn search(app: &TestApp, tap: &Tap, logs: &Logs, since: &str, marker: &Marker) -> Vec<String> {
    let mut conn = app.database.connect().await;
    let places = [
        ("tables", places::in_tables(&mut conn, marker).await),
        ("files", places::in_files(&mut conn, marker).await),
        ("wal", places::in_log(&mut conn, since, marker).await),
        ("broker", marker.hits(&tap.messages())),
        ("redis", places::in_redis(app.prefix.as_ref().unwrap(), marker).await),
        ("ledger", places::in_directory(&app.context.config.erasure.ledger, marker)),
        ("logs", marker.hits(&logs.text())),
        ("metrics", marker.hits(app.context.metrics.render().as_bytes())),
    ];
    let named = |(place, hits): (&'static str, Vec<String>)| hits.into_iter().map(move |hit| format!("{place}: {hit}"));
    places.into_iter().flat_map(named).collect()
}

/// The positive control: what is put into a place is found there, and in no other one.
async fn every_place_is_searched(app: &TestApp, tap: &Tap, logs: &Logs, since: &str) {
    for (encoding, pattern) in Marker::new().encodings() {
        assert!(!pattern.is_empty(), "{encoding}");
    }
    let in_database = Marker::new();
    let mut conn = app.database.connect().await;
    for (_, pattern) in in_database.encodings() {
        let hex: String = pattern.iter().map(|byte| format!("{byte:02x}")).collect();
        let insert =
            format!("CREATE TABLE IF NOT EXISTS planted (value bytea); INSERT INTO planted VALUES ('\\x{hex}')");
        conn.batch_execute(&insert).await.unwrap();
    }
    let hits = search(app, tap, logs, since, &in_database).await;
    for place in ["tables", "files", "wal"] {
        assert!(hits.iter().any(|hit| hit.starts_with(place)), "{place} is not searched: {hits:?}");
    }

    let elsewhere = Marker::new();
    tap.plant(elsewhere.as_str().as_bytes()).await;
    places::plant_in_redis(&format!("{}:planted", app.prefix.as_ref().unwrap()), elsewhere.as_str()).await;
    std::fs::write(app.context.config.erasure.ledger.join(Uuid::now_v7().to_string()), elsewhere.as_str()).unwrap();
    tracing::info!(planted = elsewhere.as_str(), "the search of logs is tried");
    let hits = search(app, tap, logs, since, &elsewhere).await;
    let found: Vec<_> = hits.iter().map(|hit| hit.split(':').next().unwrap()).collect();
    assert_eq!(found, ["broker", "redis", "ledger", "logs"], "{hits:?}");
}
