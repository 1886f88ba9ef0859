//! `POST /v1/auth/refresh`.

use futures::future::join_all;
use serde_json::json;

use super::{SignedIn, ada, another, assert_soon_refused, let_the_grace_pass, refresh, run, status};
use crate::app::{TestApp, token_claims};

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_gets_new_tokens_of_the_same_session() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    let answer = refresh(&app, &first.refresh_token).await;
    let second = SignedIn::of(&answer);
    assert_eq!(second.session, first.session);
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(token_claims(&second.access_token)["sid"], json!(first.session));
    assert_eq!(status(&app, &second.access_token).await, 200);
    let third = SignedIn::of(&refresh(&app, &second.refresh_token).await);
    assert_eq!(third.session, first.session);
}

/// CVE-2026-1035: many at once with one token all got new ones.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_refreshes_at_once_make_one_chain() {
    let (app, first) = {
        let app = TestApp::start_without_projections(|_| ()).await;
        let first = ada(&app).await;
        (app, first)
    };
    let other = another(&app).await;
    let answers =
        join_all((0..50).map(|n| refresh(if n % 2 == 0 { &app } else { &other }, &first.refresh_token))).await;
    let given: Vec<_> = answers.iter().map(|answer| SignedIn::of(answer).refresh_token).collect();
    assert!(given.iter().all(|token| *token == given[0]), "one successor");
    let next = SignedIn::of(&refresh(&app, &given[0]).await);
    assert_ne!(next.refresh_token, given[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_is_given_again_and_costs_nobody_the_session() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    let (lost, again) = (refresh(&app, &first.refresh_token).await, refresh(&app, &first.refresh_token).await);
    assert_eq!(SignedIn::of(&lost).refresh_token, SignedIn::of(&again).refresh_token);
    assert!(!app.event_types().await.contains(&"user.session_ended".to_owned()));
}

/// CVE-2026-9802: a restart made exchanged tokens good again.
#[tokio::test(flavor = "multi_thread")]
async fn an_exchanged_token_ends_its_session_also_after_a_restart() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    let second = SignedIn::of(&refresh(&app, &first.refresh_token).await);
    let_the_grace_pass(&app).await;
    let restarted = another(&app).await;
    assert_eq!(status(&restarted, &second.access_token).await, 200);
    refresh(&restarted, &first.refresh_token).await.problem(401, "refresh_token_reused");
    refresh(&app, &second.refresh_token).await.problem(401, "invalid_refresh_token");
    refresh(&restarted, &first.refresh_token).await.problem(401, "invalid_refresh_token");
    assert_soon_refused(&app, &second.access_token).await;
    assert_soon_refused(&restarted, &second.access_token).await;
    let events = app.events().await;
    let ended: Vec<_> = events.iter().filter(|event| event.event_type == "user.session_ended").collect();
    assert_eq!(ended.len(), 1);
    let payload: serde_json::Value = serde_json::from_str(ended[0].payload.get()).unwrap();
    assert_eq!((&payload["reason"], &payload["session_id"]), (&json!("refresh_token_reused"), &json!(first.session)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_older_than_the_last_one_is_reuse_however_lately() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    let second = SignedIn::of(&refresh(&app, &first.refresh_token).await);
    SignedIn::of(&refresh(&app, &second.refresh_token).await);
    refresh(&app, &first.refresh_token).await.problem(401, "refresh_token_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_a_refresh_token_is_refused_and_ends_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    let changed = format!("{}AAAA", &first.refresh_token[..first.refresh_token.len() - 4]);
    for token in ["", "tmr_", "tmr_AAAA", &changed, &first.access_token, &first.device_token, &"x".repeat(100_000)] {
        refresh(&app, token).await.problem(401, "invalid_refresh_token");
    }
    let nothing = app.request("POST", "/v1/auth/refresh").json(&json!({})).send().await;
    let problem = nothing.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/refresh_token");
    SignedIn::of(&refresh(&app, &first.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_over_when_it_was_idle_too_long_or_at_last() {
    let app = TestApp::start_without_projections(|config| {
        config.sessions.idle = std::time::Duration::from_secs(3600);
    })
    .await;
    for column in ["idle_expires_at", "expires_at"] {
        let signed_in = if column == "idle_expires_at" {
            ada(&app).await
        } else {
            SignedIn::of(&app.login(super::ADA, crate::app::PASSWORD).await)
        };
        run(&app, &format!("UPDATE sessions SET {column} = now() WHERE id = '{}'", signed_in.session)).await;
        refresh(&app, &signed_in.refresh_token).await.problem(401, "invalid_refresh_token");
    }
    assert!(!app.event_types().await.contains(&"user.session_ended".to_owned()));
}

/// A database that was set back does not know the newest token: a fault, and nobody's theft.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_the_future_ends_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let first = ada(&app).await;
    run(&app, "CREATE TABLE before AS SELECT * FROM sessions").await;
    let second = SignedIn::of(&refresh(&app, &first.refresh_token).await);
    run(&app, "DELETE FROM sessions; INSERT INTO sessions SELECT * FROM before").await;
    refresh(&app, &second.refresh_token).await.problem(401, "invalid_refresh_token");
    assert!(!app.event_types().await.contains(&"user.session_ended".to_owned()));
    SignedIn::of(&refresh(&app, &first.refresh_token).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_and_no_device_can_be_read_off_the_database() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(super::ADA).await.ok(202);
    let body = json!({"email": super::ADA, "password": crate::app::PASSWORD});
    let login = app.request("POST", "/v1/auth/login").header("User-Agent", "Lovelace/1.0 (Analytical Engine)");
    let signed_in = SignedIn::of(&login.json(&body).send().await);
    let kept =
        super::listing::text_of_table(&app, "sessions").await + &super::listing::text_of_table(&app, "events").await;
    for secret in [signed_in.refresh_token.as_str(), &signed_in.refresh_token[4..40], "Lovelace", "Analytical"] {
        assert!(!kept.contains(secret), "{secret}");
    }
    assert!(kept.contains("s1."), "the device is there, sealed");
}
