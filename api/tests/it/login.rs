//! `POST /v1/auth/login`.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::app::{PASSWORD, TestApp, token_claims};

#[tokio::test(flavor = "multi_thread")]
async fn who_has_registered_can_sign_in() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register("ada@example.org").await.ok(202);
    let answer = app.login(" ADA@example.org ", PASSWORD).await;
    let body = answer.ok(200).json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let claims = token_claims(body["access_token"].as_str().unwrap());
    for claim in ["iss", "aud", "exp", "iat", "sub", "sid", "gen"] {
        assert!(!claims[claim].is_null(), "{claims}");
    }
    let personal = ["@", "example.org", "\"Ada\""];
    assert!(personal.iter().all(|part| !claims.to_string().contains(part)), "{claims}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_answered_alike() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register("ada@example.org").await.ok(202);
    let mut bodies = vec![];
    let long = "x".repeat(10_000);
    for (email, password) in [
        ("ada@example.org", "wrong horse battery"),
        ("eve@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
        (long.as_str(), PASSWORD),
        ("ada@example.org", long.as_str()),
    ] {
        let answer = app.login(email, password).await;
        let mut problem = answer.problem(401, "invalid_credentials");
        problem.as_object_mut().unwrap().remove("request_id");
        bodies.push(problem);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
}

/// Where there is no address nothing is looked for: by itself that takes less. The benchmark `timing` compares the rest.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_address_is_refused_no_sooner_than_others() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut soonest = Duration::MAX;
    for number in 0..10 {
        let asked = Instant::now();
        app.login(&format!("no address {number}"), PASSWORD).await.problem(401, "invalid_credentials");
        soonest = soonest.min(asked.elapsed());
    }
    assert!(soonest >= Duration::from_millis(10), "{soonest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_not_kept_for_repeats() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register("ada@example.org").await.ok(202);
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let login = || app.request("POST", "/v1/auth/login").json(&body).header("Idempotency-Key", "one").send();
    let (one, other) = (login().await.ok(200).json(), login().await.ok(200).json());
    let session = |body: &serde_json::Value| token_claims(body["access_token"].as_str().unwrap())["sid"].clone();
    assert_ne!(session(&one), session(&other));
}

/// More sign-ins than may wait: the rest is sent away at once instead of making everybody wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_shed() {
    let app = TestApp::start_without_projections(|config| {
        (config.limits.password_hashing, config.limits.password_queue) = (1, 1);
    })
    .await;
    let emails: Vec<_> = (0..64).map(|n| format!("user{n}@example.org")).collect();
    let answers = futures::future::join_all(emails.iter().map(|email| app.login(email, PASSWORD))).await;
    let shed: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(answers.iter().any(|answer| answer.status == 401), "some are served");
    assert!(!shed.is_empty(), "some are shed");
    for answer in shed {
        answer.problem(503, "overloaded");
        assert!(answer.header("retry-after").is_some());
    }
}
