//! `POST /v1/auth/change-email`, `confirm-email-change` and `undo-email-change`.

use api::users::EmailClaims;
use chrono::Utc;
use domain::{
    Aggregate,
    users::{ConfirmEmailChange, Email, User, UserEvent},
};
use event_store::{Purpose, StreamId};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::{ADA, Owner, assert_soon_refused, count, events_of, execute, hand_in};
use crate::{
    app::{PASSWORD, TestApp},
    client::Answer,
};

const NEW: &str = "countess@example.org";

async fn ask(app: &TestApp, owner: &Owner, email: &str) -> Answer {
    owner.post(app, "change-email", &json!({"email": email})).await
}

/// Asks for another address and confirms it.
async fn change(app: &TestApp, owner: &Owner, email: &str) -> Answer {
    ask(app, owner, email).await.ok(202);
    hand_in(app, "confirm-email-change", &owner.link(app, Purpose::ChangeEmail).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_by_the_one_who_reads_its_mail() {
    let app = TestApp::start().await;
    let ada = Owner::new(&app, ADA).await;
    ask(&app, &ada, NEW).await.ok(202);
    app.login(NEW, PASSWORD).await.problem(401, "invalid_credentials");
    let token = ada.link(&app, Purpose::ChangeEmail).await;
    let answer = hand_in(&app, "confirm-email-change", &token).await;
    let position = answer.ok(204).header("tidemark-position").unwrap().to_owned();
    let me = app.get("/v1/users/me").token(&ada.token).header("Tidemark-After", position).send().await.ok(200).json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(NEW), &json!(true)), "whoever changed it goes on");
    app.login(NEW, PASSWORD).await.ok(200);
    app.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    hand_in(&app, "confirm-email-change", &token).await.problem(400, "link_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_confirm_at_once_one_changes_the_address() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    ask(&app, &ada, NEW).await.ok(202);
    let token = ada.link(&app, Purpose::ChangeEmail).await;
    let answers = join_all((0..50).map(|_| hand_in(&app, "confirm-email-change", &token))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1, "{answers:?}");
    let undo = ada.link(&app, Purpose::UndoEmailChange).await;
    let answers = join_all((0..50).map(|_| hand_in(&app, "undo-email-change", &undo))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1, "{answers:?}");
    assert_eq!(count(&app, UserEvent::EMAIL_CHANGED).await, 1);
    assert_eq!(count(&app, UserEvent::EMAIL_CHANGE_UNDONE).await, 1);
}

/// Neither the answer nor the own log tells whether somebody has the address.
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_found_out_by_its_owner_only() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (ada, _eve) = (Owner::new(&app, ADA).await, Owner::new(&app, "eve@example.org").await);
    let (taken, free) = (ask(&app, &ada, "EVE@example.org").await, ask(&app, &ada, NEW).await);
    assert_eq!((taken.status, &taken.body), (free.status, &free.body));
    let types: Vec<_> = events_of(&app, ada.id).await.into_iter().rev().take(2).map(|event| event.event_type).collect();
    assert_eq!(types, [UserEvent::EMAIL_CHANGE_REQUESTED; 2]);
    change(&app, &ada, "eve@example.org").await.problem(409, "email_taken");
    assert_eq!(count(&app, UserEvent::EMAIL_CHANGED).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_address_within_a_minute_is_mailed_once_and_ones_own_not_at_all() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let mistyped = "countes@example.org";
    for email in [mistyped, mistyped, NEW, NEW] {
        ask(&app, &ada, email).await.ok(202);
    }
    assert_eq!(count(&app, UserEvent::EMAIL_CHANGE_REQUESTED).await, 2);
    let problem = ask(&app, &ada, ADA).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "unchanged");
    let problem = ask(&app, &ada, "ada").await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_address_can_undo_a_change_and_nobody_has_it_meanwhile() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    change(&app, &ada, "thief@example.org").await.ok(204);
    let undo = ada.link(&app, Purpose::UndoEmailChange).await;
    // A thief who changes it again does not get rid of the way back, and strangers do not get the address.
    change(&app, &ada, "thief2@example.org").await.ok(204);
    app.register(ADA).await.ok(202);
    assert_eq!(count(&app, UserEvent::REGISTRATION_REPEATED).await, 1);
    hand_in(&app, "undo-email-change", &undo).await.ok(204);
    app.login(ADA, PASSWORD).await.ok(200);
    ada.refresh(&app).await.problem(401, "invalid_refresh_token");
    assert_soon_refused(&app, &ada.token).await;
    hand_in(&app, "undo-email-change", &undo).await.problem(400, "link_invalid");
    // Both other addresses are free again.
    for email in ["thief@example.org", "thief2@example.org"] {
        Owner::new(&app, email).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_address_is_free_once_there_is_no_way_back_to_it() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    ask(&app, &ada, NEW).await.ok(202);
    // As if it had been confirmed longer ago than the way back lasts.
    let events = events_of(&app, ada.id).await;
    let Some(UserEvent::EmailChangeRequested(asked)) = events.last().map(|event| event.decode().unwrap()) else {
        panic!("{events:?}")
    };
    let now = Utc::now();
    let command = ConfirmEmailChange {
        request_id: asked.request_id,
        undo_request_id: Uuid::now_v7(),
        undo_expires_at: now,
        at: now,
    };
    let claims = EmailClaims::new(&app.context.config.secrets.index_key);
    let taken = claims.take(&Email::parse(NEW).unwrap(), &StreamId::new(User::CATEGORY, ada.id));
    execute(&app, ada.id, command, taken).await;
    // The process learns of it, as of everything that others write, when it reads.
    app.login(NEW, PASSWORD).await.ok(200);
    let other = Owner::new(&app, ADA).await;
    assert_ne!(other.id, ada.id);
    assert_eq!(count(&app, UserEvent::FORMER_ADDRESSES_RELEASED).await, 1);
    let undo = ada.link(&app, Purpose::UndoEmailChange).await;
    hand_in(&app, "undo-email-change", &undo).await.problem(400, "link_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_no_more_often_than_it_can_be_undone() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    for n in 0..5 {
        change(&app, &ada, &format!("ada{n}@example.org")).await.ok(204);
    }
    ask(&app, &ada, NEW).await.problem(409, "conflict");
    // Going back to an address of one's own takes nothing that another has.
    hand_in(&app, "undo-email-change", &ada.link(&app, Purpose::UndoEmailChange).await).await.ok(204);
    app.login("ada3@example.org", PASSWORD).await.ok(200);
}
