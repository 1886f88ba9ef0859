//! `POST /v1/auth/register`.

use domain::users::UserEvent;
use serde_json::json;

use crate::app::{PASSWORD, REGISTRATION, TestApp, registration};

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_accepted_and_written() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let answer = app.register("Ada@Example.org").await;
    assert_eq!(answer.ok(202).json(), json!({"status": "accepted"}));
    assert_eq!(app.event_types().await, REGISTRATION);
}

/// Fine points, Identity: neither id, ETag nor position.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_and_a_taken_address_are_answered_alike() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (new, taken) = (app.register("ada@example.org").await, app.register("ADA@example.ORG").await);
    assert_eq!((new.status, &new.body), (taken.status, &taken.body));
    let names = |answer: &crate::client::Answer| {
        let mut names: Vec<_> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&new), names(&taken));
    for name in ["etag", "location", "tidemark-position"] {
        assert_eq!(new.header(name), None);
    }
    assert_eq!(app.event_types().await, [&REGISTRATION[..], &["user.registration_repeated"]].concat());
    let events = app.events().await;
    assert_eq!(events[0].stream_id, events[2].stream_id, "the owner is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_personal_data_is_written_in_the_clear() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register("ada@example.org").await.ok(202);
    for event in app.events().await {
        let written = format!("{}{}", event.payload.get(), event.metadata.get());
        for personal in ["ada@example.org", "\"Ada\"", PASSWORD, "$2b$"] {
            assert!(!written.contains(personal), "{personal} in {written}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_remembers_the_request_that_caused_it() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let id = "0192d1f0-0000-7000-8000-000000000001";
    let request = app.request("POST", "/v1/auth/register").json(&registration("ada@example.org"));
    let request = request.header("X-Request-Id", id);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = request.header("traceparent", trace).send().await;
    assert_eq!(answer.ok(202).header("x-request-id"), Some(id));
    let metadata = app.events().await[0].metadata();
    assert_eq!(metadata.correlation_id, Some(id.parse().unwrap()));
    assert_eq!(metadata.traceparent.as_deref().map(|trace| &trace[..36]), Some(&trace[..36]));
    assert_eq!((metadata.client.as_deref(), metadata.actor), (Some("api"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_the_same_idempotency_key_changes_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let send = |key: &'static str, email: &'static str| {
        let request = app.request("POST", "/v1/auth/register").json(&registration(email));
        request.header("Idempotency-Key", key).send()
    };
    send("one", "ada@example.org").await.ok(202);
    send("\"one\"", "ada@example.org").await.ok(202);
    assert_eq!(app.event_types().await, REGISTRATION, "a repeat is no second attempt");
    send("two", "ada@example.org").await.ok(202);
    send("two", "ada@example.org").await.ok(202);
    let both = [&REGISTRATION[..], &["user.registration_repeated"]].concat();
    assert_eq!(app.event_types().await, both, "nor is that of a note");
    send("one", "eve@example.org").await.problem(422, "idempotency_mismatch");
    assert_eq!(app.head().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_register_one_address_at_once_one_gets_it() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let answers = futures::future::join_all((0..16).map(|_| app.register("ada@example.org"))).await;
    assert!(answers.iter().all(|answer| answer.status == 202), "{answers:?}");
    let events = app.events().await;
    let registered = events.iter().filter(|event| event.event_type == UserEvent::REGISTERED).count();
    assert_eq!((registered, events.len()), (1, 17));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invalid_field_is_named_at_once() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let body = json!({"email": "ada", "password": "short", "display_name": "\u{7}", "locale": "tlh"});
    let problem = app.request("POST", "/v1/auth/register").json(&body).send().await.problem(422, "validation_failed");
    let errors: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("/email", "malformed"),
        ("/password", "too_short"),
        ("/display_name", "control_character"),
        ("/locale", "unknown_locale"),
    ];
    assert_eq!(errors, expected);
    for (password, code) in [("ada@example.org", "personal"), ("aaaaaaaaaaaaaaaa", "common")] {
        let body = json!({"email": "ada@example.org", "password": password});
        let answer = app.request("POST", "/v1/auth/register").json(&body).send().await;
        assert_eq!(answer.problem(422, "validation_failed")["errors"][0]["code"], code);
    }
    assert_eq!(app.head().await, 0);
}
