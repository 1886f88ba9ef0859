//! `POST /v1/auth/logout` and `POST /v1/auth/logout-all`.

use api::auth::Eras;
use domain::sessions::EndAllSessions;
use serde_json::json;

use super::{ADA, SignedIn, ada, another, assert_soon_refused, refresh, status};
use crate::{
    app::{PASSWORD, TestApp, token_claims},
    cast::Cast,
};

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_this_session_and_no_other() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (first, second) = (ada(&app).await, SignedIn::of(&app.login(ADA, PASSWORD).await));
    let answer = app.request("POST", "/v1/auth/logout").token(&first.access_token).send().await;
    assert!(answer.ok(204).header("set-cookie").is_none() && answer.header("clear-site-data").is_none());
    refresh(&app, &first.refresh_token).await.problem(401, "invalid_refresh_token");
    assert_soon_refused(&app, &first.access_token).await;
    assert_eq!(status(&app, &second.access_token).await, 200);
    SignedIn::of(&refresh(&app, &second.refresh_token).await);
    app.request("POST", "/v1/auth/logout").send().await.problem(401, "unauthenticated");
}

/// GHSA-83c4-ffjp-mxp9 (CVE-2026-8922): of two levels of revocation, one was not looked at where both were used.
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_every_session_on_every_process_within_two_seconds() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let other = another(&app).await;
    let (first, second) = (ada(&app).await, SignedIn::of(&other.login(ADA, PASSWORD).await));
    let ended_alone = SignedIn::of(&app.login(ADA, PASSWORD).await);
    app.request("POST", "/v1/auth/logout").token(&ended_alone.access_token).send().await.ok(204);
    for (process, signed_in) in [(&app, &first), (&other, &second)] {
        assert_eq!(status(process, &signed_in.access_token).await, 200);
    }
    app.request("POST", "/v1/auth/logout-all").token(&first.access_token).send().await.ok(204);
    for signed_in in [&first, &second, &ended_alone] {
        for process in [&app, &other] {
            refresh(process, &signed_in.refresh_token).await.problem(401, "invalid_refresh_token");
            assert_soon_refused(process, &signed_in.access_token).await;
        }
    }
    let again = SignedIn::of(&other.login(ADA, PASSWORD).await);
    for process in [&app, &other] {
        assert_eq!(status(process, &again.access_token).await, 200);
    }
}

/// What the operator's command does.
#[tokio::test(flavor = "multi_thread")]
async fn the_sessions_of_everybody_end_on_every_process_within_two_seconds() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let other = another(&app).await;
    let (first, second) = (ada(&app).await, SignedIn::of(&other.login(ADA, PASSWORD).await));
    let eve = app.person("eve@example.org").await;
    for (process, token) in [(&app, &first.access_token), (&other, &second.access_token), (&app, &eve.token)] {
        assert_eq!(status(process, token).await, 200);
    }
    let end_all = EndAllSessions { at: chrono::DateTime::UNIX_EPOCH };
    Cast::of(&app).await.execute(&Eras::stream(), end_all).await;
    let again = SignedIn::of(&other.login(ADA, PASSWORD).await);
    assert_eq!(token_claims(&again.access_token)["gen"], json!(1));
    for token in [&first.access_token, &second.access_token, &eve.token] {
        assert_soon_refused(&app, token).await;
        assert_soon_refused(&other, token).await;
    }
    for process in [&app, &other] {
        refresh(process, &first.refresh_token).await.problem(401, "invalid_refresh_token");
    }
    let page = app.get("/v1/auth/sessions").token(&again.access_token).send().await.ok(200).json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "those from before are over");
    let refreshed = SignedIn::of(&refresh(&app, &again.refresh_token).await);
    assert_eq!(status(&app, &refreshed.access_token).await, 200);
}
