//! Rate limits, cross-origin rules and security headers, as callers see them.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

use serde_json::{Value, json};

use crate::{
    app::{PASSWORD, TestApp, eventually},
    client::Answer,
};

#[tokio::test(flavor = "multi_thread")]
async fn guessing_passwords_is_limited() {
    let app = TestApp::start_without_projections(|config| config.limits.credential_requests = 5).await;
    let answers = futures::future::join_all((0..40).map(|_| app.login("ada@example.org", PASSWORD))).await;
    let (evaluated, limited): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 401);
    assert_eq!((evaluated.len(), limited.len()), (5, 35), "CVE-2023-47111: guesses at once were all evaluated");
    let answer = limited[0];
    answer.problem(429, "rate_limited");
    assert_eq!(answer.header("ratelimit-policy"), Some("\"credential\";q=5;w=900"));
    assert!(answer.header("ratelimit").unwrap().starts_with("\"credential\";r=0;t="), "{answer:?}");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((800..=900).contains(&wait), "{wait}");
    app.get("/health/live").send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_caller_has_a_limit_of_its_own() {
    let app = TestApp::start_with(|config| {
        config.limits.anonymous_requests = 2;
        config.limits.user_requests = 3;
    })
    .await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    for _ in 0..2 {
        app.get("/v1/users/me").send().await.problem(401, "unauthenticated");
    }
    app.get("/v1/users/me").send().await.problem(429, "rate_limited");
    app.get("/v1/users/me").token("forged").send().await.problem(429, "rate_limited");
    for _ in 0..3 {
        assert_ne!(app.get("/v1/users/me").token(&ada.token).send().await.status, 429);
    }
    let answer = app.get("/v1/users/me").token(&ada.token).send().await;
    answer.problem(429, "rate_limited");
    assert_eq!(answer.header("ratelimit-policy"), Some("\"user\";q=3;w=900"));
    assert_ne!(app.get("/v1/users/me").token(&eve.token).send().await.status, 429);
}

/// A spoofed address must neither escape a limit nor use up somebody else's.
#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_address_counts_from_a_trusted_proxy_only() {
    let from = async |app: &TestApp, address: &str| {
        app.get("/v1/users/me").header("X-Forwarded-For", address).send().await.status
    };
    let app = TestApp::start_without_projections(|config| config.limits.anonymous_requests = 1).await;
    assert_eq!((from(&app, "192.0.2.1").await, from(&app, "192.0.2.2").await), (401, 429), "forged");
    let app = TestApp::start_without_projections(|config| {
        config.limits.anonymous_requests = 1;
        config.http.trusted_proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    })
    .await;
    assert_eq!((from(&app, "192.0.2.1").await, from(&app, "192.0.2.2").await), (401, 401));
    assert_eq!((from(&app, "192.0.2.1").await, from(&app, "6.6.6.6, 192.0.2.2").await), (429, 429));
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_limits_through_redis() {
    let prefix = test_support::unique_prefix();
    let with_redis = |config: &mut bootstrap::Config| {
        config.limits.anonymous_requests = 6;
        config.redis_url = bootstrap::config::Dsn::parse(&test_support::redis_url(), &["redis"]);
        config.redis_prefix = prefix.clone();
        config.http.trusted_proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    };
    let one = TestApp::start_without_projections(with_redis).await;
    let other = TestApp::start_without_projections(with_redis).await;
    let seen_from = async |address: &str| {
        let mut seen = vec![];
        for app in [&one, &other, &one, &other, &one, &other, &one, &other] {
            seen.push(app.get("/v1/users/me").header("X-Forwarded-For", address).send().await.status);
        }
        seen
    };
    // A process that Redis answers late counts alone for a second: each address is another try.
    let mut tries: u16 = 0;
    eventually("a common count", async || {
        let [high, low] = tries.to_be_bytes();
        tries += 1;
        let seen = seen_from(&format!("10.0.{high}.{low}")).await;
        (seen == [401, 401, 401, 401, 401, 401, 429, 429]).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_listed_origins_may_read_answers() {
    let app = TestApp::start_without_projections(|config| {
        config.http.allowed_origins = vec!["https://app.example.org".to_owned()];
    })
    .await;
    let from = |origin: &'static str, method: &'static str| {
        let request = app.request(method, "/v1/users/me").header("Origin", origin);
        request.header("Access-Control-Request-Method", "PATCH").send()
    };
    let answer = from("https://app.example.org", "OPTIONS").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.org"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("PATCH"));
    let allowed: Vec<_> = answer.header("access-control-allow-headers").unwrap().split(", ").collect();
    let document = api::openapi::build();
    for header in documented_headers(&document) {
        assert!(allowed.contains(&header.to_ascii_lowercase().as_str()), "{header}");
    }
    let refused = from("https://app.example.org", "GET").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some("https://app.example.org")));
    for origin in ["https://evil.example", "https://app.example.org.evil.example", "http://app.example.org", "null"] {
        let answer = from(origin, "OPTIONS").await;
        assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control-")), "{origin}");
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}

/// Headers that some operation takes.
fn documented_headers(document: &Value) -> BTreeSet<&str> {
    let operations = document["paths"].as_object().unwrap().values().filter_map(Value::as_object);
    let operations = operations.flat_map(|operations| operations.values());
    let parameters = operations.filter_map(|operation| operation["parameters"].as_array()).flatten();
    let headers: BTreeSet<_> = parameters
        .filter(|parameter| parameter["in"] == "header")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    assert!(headers.len() > 10, "{headers:?}");
    headers
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_proves_again_and_again_who_they_are_is_limited_and_nobody_else_is() {
    let app = TestApp::start_with(|config| config.limits.credential_requests = 12).await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    let step_up = |token: &str| {
        let request = app.request("POST", "/v1/auth/step-up").token(token);
        request.json(&json!({ "password": PASSWORD })).send()
    };
    let mut token = ada.token.clone();
    for _ in 0..12 {
        let proved = step_up(&token).await;
        token = proved.ok(200).json()["access_token"].as_str().unwrap().to_owned();
    }
    let refused = step_up(&token).await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"proof\";q=12;w=900"));
    for path in ["change-password", "mfa/totp/confirm", "mfa/totp/disable"] {
        let request = app.request("POST", &format!("/v1/auth/{path}")).token(&token);
        request.json(&json!({})).send().await.problem(429, "rate_limited");
    }
    app.get("/v1/users/me").token(&token).send().await.ok(200);
    step_up(&eve.token).await.ok(200);
}

fn assert_guarded(answer: &Answer) {
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer")]
    {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(answer.header("permissions-policy").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_what_to_refuse() {
    let app = TestApp::start_without_projections(|config| {
        config.http.public_url = "https://tidemark.example".parse().unwrap();
    })
    .await;
    for path in ["/", "/docs", "/v1/openapi.json", "/health", "/v1/users/me", "/nothing"] {
        let answer = app.get(path).send().await;
        assert_guarded(&answer);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
        assert_eq!(answer.header("server"), None);
    }
}
