//! Sessions of browsers, whose refresh token is in a cookie.

use serde_json::json;

use super::{ADA, SignedIn, ada, assert_soon_refused, login_with, refresh};
use crate::{
    app::{PASSWORD, TestApp},
    client::Answer,
};

struct Browser {
    cookie: String,
    csrf: String,
    access_token: String,
}

impl Browser {
    fn of(answer: &Answer) -> Self {
        let body = answer.ok(200).json();
        assert!(body.get("refresh_token").is_none(), "{body}");
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let text = |field: &str| body[field].as_str().unwrap().to_owned();
        Self { cookie, csrf: text("csrf_token"), access_token: text("access_token") }
    }

    async fn refresh(&self, app: &TestApp, csrf: Option<&str>) -> Answer {
        let request = app.request("POST", "/v1/auth/refresh").header("Cookie", &self.cookie);
        let request = csrf.into_iter().fold(request, |request, csrf| request.header("X-CSRF-Token", csrf));
        request.json(&json!({})).send().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_its_refresh_token_in_a_cookie_only() {
    let app = TestApp::start_without_projections(|config| {
        config.http.public_url = "https://api.example.org".parse().unwrap();
    })
    .await;
    app.register(ADA).await.ok(202);
    let answer = login_with(&app, json!({"mode": "cookie"})).await;
    let cookie = answer.ok(200).header("set-cookie").unwrap();
    let (start, rest) = cookie.split_once(';').unwrap();
    assert!(start.starts_with("__Host-tidemark_refresh=tmr_"), "{cookie}");
    assert_eq!(rest, " Max-Age=604800; Path=/; HttpOnly; SameSite=Strict; Secure");
    assert!(answer.json().get("refresh_token").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_by_cookie_demands_the_sessions_csrf_token() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let eve_of_the_same_house = ada(&app).await;
    let browser = Browser::of(&login_with(&app, json!({"mode": "cookie"})).await);
    let other = Browser::of(&login_with(&app, json!({"mode": "cookie"})).await);
    for csrf in
        [None, Some(""), Some("x"), Some(other.csrf.as_str()), Some(eve_of_the_same_house.refresh_token.as_str())]
    {
        browser.refresh(&app, csrf).await.problem(403, "invalid_csrf_token");
    }
    let next = Browser::of(&browser.refresh(&app, Some(&browser.csrf)).await);
    assert_ne!(next.cookie, browser.cookie);
    assert_eq!(next.csrf, browser.csrf);
    Browser::of(&next.refresh(&app, Some(&next.csrf)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_in_a_cookie_does_not_count_in_a_body_nor_the_other_way_round() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let program = ada(&app).await;
    let browser = Browser::of(&login_with(&app, json!({"mode": "cookie"})).await);
    let (_, token) = browser.cookie.split_once('=').unwrap();
    refresh(&app, token).await.problem(401, "invalid_refresh_token");
    let smuggled = Browser { cookie: format!("tidemark_refresh={}", program.refresh_token), ..browser };
    assert!(matches!(smuggled.refresh(&app, Some(&smuggled.csrf)).await.status, 401 | 403));
    SignedIn::of(&refresh(&app, &program.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_makes_the_browser_forget() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    for path in ["/v1/auth/logout", "/v1/auth/logout-all"] {
        let browser = Browser::of(&login_with(&app, json!({"mode": "cookie"})).await);
        let request = app.request("POST", path).token(&browser.access_token).header("Cookie", &browser.cookie);
        let answer = request.send().await;
        let cookie = answer.ok(204).header("set-cookie").unwrap();
        assert_eq!(cookie, "tidemark_refresh=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict");
        assert_eq!(answer.header("clear-site-data"), Some(r#""cookies", "storage""#));
        browser.refresh(&app, Some(&browser.csrf)).await.problem(401, "invalid_refresh_token");
        assert_soon_refused(&app, &browser.access_token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_gives_the_browser_another_cookie_and_the_one_before_counts_no_more() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    let before = Browser::of(&login_with(&app, json!({"mode": "cookie"})).await);
    let proof = app.request("POST", "/v1/auth/step-up").json(&json!({"password": PASSWORD}));
    let after = Browser::of(&proof.token(&before.access_token).send().await);
    assert_eq!(after.csrf, before.csrf);
    assert_soon_refused(&app, &before.access_token).await;
    before.refresh(&app, Some(&before.csrf)).await.problem(401, "invalid_refresh_token");
    Browser::of(&after.refresh(&app, Some(&after.csrf)).await);
}

/// The cookie says who a browser is when it refreshes, and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_alone_opens_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    let browser = Browser::of(&login_with(&app, json!({"mode": "cookie"})).await);
    for (method, path) in [("GET", "/v1/auth/sessions"), ("POST", "/v1/auth/logout"), ("GET", "/v1/users/me")] {
        let request = app.request(method, path).header("Cookie", &browser.cookie).header("X-CSRF-Token", &browser.csrf);
        request.send().await.problem(401, "unauthenticated");
    }
}
