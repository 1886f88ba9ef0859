//! The database goes away: requests fail in words, quickly, and succeed again when it is back.

use std::time::{Duration, Instant};

use bootstrap::config::Dsn;
use serde_json::json;
use test_support::{TcpProxy, TestDatabase};

use crate::app::{PASSWORD, REGISTRATION, TestApp, eventually, registration};

/// An application whose database is behind a proxy; the database that the harness made stays unused.
async fn behind_proxy() -> (TestApp, TestDatabase, TcpProxy) {
    let database = TestDatabase::create().await;
    let (proxy, url) = TcpProxy::in_front_of(database.url()).await;
    let app = TestApp::start_without_projections(|config| config.database.url = Dsn::postgres(&url)).await;
    (app, database, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_database_requests_fail_in_words_and_recover() {
    let (app, _database, proxy) = behind_proxy().await;
    app.register("ada@example.org").await.ok(202);
    proxy.refuse();
    for _ in 0..4 {
        let started = Instant::now();
        let body = json!({"email": "ada@example.org", "password": PASSWORD});
        for answer in
            [app.register("eve@example.org").await, app.request("POST", "/v1/auth/login").json(&body).send().await]
        {
            assert_eq!(answer.status, 503, "{answer:?}");
            assert!(answer.header("retry-after").is_some());
            answer.problem(503, answer.json()["code"].as_str().unwrap());
        }
        assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    }
    app.get("/health/live").send().await.ok(200);
    proxy.resume();
    eventually("a sign-in", async || (app.login("ada@example.org", PASSWORD).await.status == 200).then_some(())).await;
}

/// Connections break at any moment of a registration; whoever repeats with the same key gets one account and one mail.
#[tokio::test(flavor = "multi_thread")]
async fn repeating_with_the_same_key_until_it_succeeds_registers_once() {
    let (app, database, proxy) = behind_proxy().await;
    for round in 0..12_u64 {
        let email = format!("user{round}@example.org");
        let cut = async {
            tokio::time::sleep(Duration::from_millis(2 * round)).await;
            proxy.cut();
        };
        let register = eventually("the registration", async || {
            let request = app.request("POST", "/v1/auth/register").json(&registration(&email));
            let answer = request.header("Idempotency-Key", format!("key {round}").replace(' ', "-")).send().await;
            assert!(matches!(answer.status, 202 | 503), "{answer:?}");
            (answer.status == 202).then_some(())
        });
        tokio::join!(cut, register);
    }
    let mut conn = database.connect().await;
    let events = event_store::log::tail(&mut conn, 0, 1000).await.unwrap();
    let types: Vec<_> = events.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(types, REGISTRATION.repeat(12));
}
