//! `GET /v1/auth/sessions` and `DELETE /v1/auth/sessions/{id}`.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use serde_json::json;
use uuid::Uuid;

use super::{ADA, SignedIn, ada, assert_soon_refused, refresh, run, status};
use crate::app::{PASSWORD, TestApp};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// All that a table holds, as text.
pub(super) async fn text_of_table(app: &TestApp, table: &str) -> String {
    let query = sql_query(format!("SELECT t::text AS line FROM {table} t"));
    let lines: Vec<Line> = query.load(&mut app.database.connect().await).await.unwrap();
    lines.into_iter().map(|line| line.line + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sessions_are_listed_with_their_devices_and_the_current_one_is_marked() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    let body = json!({"email": ADA, "password": PASSWORD});
    let login = app.request("POST", "/v1/auth/login").header("User-Agent", "Lovelace/1.0");
    let second = SignedIn::of(&login.header("CF-IPCountry", "GB").json(&body).send().await);
    let answer = app.get("/v1/auth/sessions").token(&first.access_token).send().await;
    let page = answer.ok(200).json();
    let items = page["items"].as_array().unwrap();
    let ids: Vec<_> =
        items.iter().map(|item| (&item["id"], &item["current"], &item["device"], &item["mode"])).collect();
    assert_eq!(
        ids,
        [
            (&json!(second.session), &json!(false), &json!("Lovelace/1.0"), &json!("token")),
            (&json!(first.session), &json!(true), &json!(null), &json!("token")),
        ]
    );
    assert!(items.iter().all(|item| item["place"].is_null()), "no proxy is trusted with it");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("tmr_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_counts_from_a_trusted_proxy_only() {
    for (trusted, expected) in [(true, json!("GB")), (false, json!(null))] {
        let app = TestApp::start_without_projections(|config| {
            config.sessions.place_header = Some("CF-IPCountry".to_owned());
            config.http.trusted_proxies = if trusted { vec!["127.0.0.1".parse().unwrap()] } else { vec![] };
        })
        .await;
        app.register(ADA).await.ok(202);
        let body = json!({"email": ADA, "password": PASSWORD});
        let login = app.request("POST", "/v1/auth/login").header("CF-IPCountry", "GB");
        let signed_in = SignedIn::of(&login.json(&body).send().await);
        let page = app.get("/v1/auth/sessions").token(&signed_in.access_token).send().await.ok(200).json();
        assert_eq!(page["items"][0]["place"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_can_be_ended_from_another_one() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (first, second) = (ada(&app).await, SignedIn::of(&app.login(ADA, PASSWORD).await));
    assert_eq!(status(&app, &second.access_token).await, 200);
    let end = |id: Uuid| app.request("DELETE", &format!("/v1/auth/sessions/{id}")).token(&first.access_token).send();
    let answer = end(second.session).await;
    assert!(answer.ok(204).header("tidemark-position").is_some());
    refresh(&app, &second.refresh_token).await.problem(401, "invalid_refresh_token");
    assert_soon_refused(&app, &second.access_token).await;
    end(second.session).await.problem(404, "not_found");
    assert_eq!(status(&app, &first.access_token).await, 200);
    let page = app.get("/v1/auth/sessions").token(&first.access_token).send().await.ok(200).json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_another_session_takes_a_recent_authentication_and_ending_ones_own_does_not() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (first, second) = (ada(&app).await, SignedIn::of(&app.login(ADA, PASSWORD).await));
    run(&app, "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 min'").await;
    let end = |id: Uuid, token: &str| app.request("DELETE", &format!("/v1/auth/sessions/{id}")).token(token).send();
    for id in [second.session, Uuid::now_v7()] {
        end(id, &first.access_token).await.problem(403, "step_up_required");
    }
    let proof = app.request("POST", "/v1/auth/step-up").json(&json!({"password": PASSWORD}));
    let first = SignedIn::of(&proof.token(&first.access_token).send().await);
    end(second.session, &first.access_token).await.ok(204);
    run(&app, "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 min'").await;
    end(first.session, &first.access_token).await.ok(204);
    assert_soon_refused(&app, &first.access_token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_ends_the_session_of_somebody_else() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (ada, eve) = (ada(&app).await, app.person("eve@example.org").await);
    for id in [ada.session.to_string(), Uuid::now_v7().to_string(), "nonsense".to_owned()] {
        let request = app.request("DELETE", &format!("/v1/auth/sessions/{id}"));
        request.token(&eve.token).send().await.problem(404, "not_found");
    }
    SignedIn::of(&refresh(&app, &ada.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_sessions_the_one_idle_for_longest_ends_for_one_more() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    run(
        &app,
        "INSERT INTO sessions SELECT gen_random_uuid(), user_id, generation, sha256(n::text::bytea), NULL, 0, NULL, \
         created_at, last_seen_at + interval '1 s', authenticated_at, idle_expires_at, expires_at, mode, device, place, \
         NULL FROM sessions, generate_series(1, 99) n",
    )
    .await;
    SignedIn::of(&refresh(&app, &first.refresh_token).await);
    run(&app, &format!("UPDATE sessions SET last_seen_at = now() - interval '1 h' WHERE id = '{}'", first.session))
        .await;
    let last = SignedIn::of(&app.login(ADA, PASSWORD).await);
    assert_soon_refused(&app, &first.access_token).await;
    let page = app.get("/v1/auth/sessions").token(&last.access_token).send().await.ok(200).json();
    let ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids.len(), 100);
    assert!(ids.contains(&json!(last.session)) && !ids.contains(&json!(first.session)));
}
