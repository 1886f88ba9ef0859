//! `POST /v1/auth/logout` and `POST /v1/auth/logout-all`.

use super::{ADA, SignedIn, ada, another, assert_soon_refused, refresh, status};
use crate::app::{PASSWORD, TestApp};

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
