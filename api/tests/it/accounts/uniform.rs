//! What anybody may ask for is answered alike, whoever it is about.

use chrono::Utc;
use domain::users::{SuspendUser, UserEvent};
use event_store::Purpose;
use serde_json::json;

use super::{ADA, Owner, count, execute, hand_in, post};
use crate::{app::TestApp, client::Answer};

/// All that a client can tell answers apart by, but the time.
fn looks(answer: &Answer) -> (u16, Vec<u8>, Vec<String>) {
    let mut names: Vec<_> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    (answer.status, answer.body.clone(), names)
}

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_passwords_and_verifications_are_answered_alike_for_everybody() {
    let mut app = TestApp::start_without_projections(|_| ()).await;
    let (ada, suspended) = (Owner::new(&app, ADA).await, Owner::new(&app, "eve@example.org").await);
    hand_in(&app, "verify-email", &ada.link(&app, Purpose::VerifyEmail).await).await.ok(204);
    execute(&app, suspended.id, SuspendUser { at: Utc::now() }, vec![]).await;
    app.register("unverified@example.org").await.ok(202);
    for path in ["forgot-password", "resend-verification"] {
        let mut seen = vec![];
        for email in [ADA, "eve@example.org", "unverified@example.org", "nobody@example.org", ADA] {
            let answer = post(&app, path, &json!({"email": email})).await;
            assert_eq!(answer.ok(202).json(), json!({"status": "accepted"}));
            seen.push(looks(&answer));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
    }
    // What was begun is finished before the process stops; then it is known what was not written.
    app.context.shutdown.request();
    (&mut app.served).await.unwrap().unwrap();
    assert_eq!(count(&app, UserEvent::PASSWORD_RESET_REQUESTED).await, 2, "once for each who is there");
    assert_eq!(count(&app, UserEvent::VERIFICATION_REQUESTED).await, 3, "those of the registrations");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_ask_at_once_one_is_mailed() {
    let mut app = TestApp::start_without_projections(|_| ()).await;
    Owner::new(&app, ADA).await;
    let ask = json!({"email": ADA});
    let answers = futures::future::join_all((0..16).map(|_| post(&app, "forgot-password", &ask))).await;
    assert!(answers.iter().all(|answer| answer.status == 202));
    app.context.shutdown.request();
    (&mut app.served).await.unwrap().unwrap();
    assert_eq!(count(&app, UserEvent::PASSWORD_RESET_REQUESTED).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    for path in ["forgot-password", "resend-verification"] {
        for (email, code) in [("ada", "malformed"), ("", "empty")] {
            let problem = post(&app, path, &json!({"email": email})).await.problem(422, "validation_failed");
            assert_eq!(
                (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
                (&json!("/email"), &json!(code))
            );
        }
    }
}
