//! Saying where events are sent to.

mod changing;
mod creating;
mod deliveries;
mod secrets;

use serde_json::{Value, json};

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
    collections::{define, posts},
};

const URL: &str = "https://example.com/hooks?token=geheim";

fn create(app: &TestApp, admin: &Person, body: &Value) -> Request {
    app.request("POST", "/v1/webhooks").token(&admin.token).json(body)
}

async fn created(app: &TestApp, admin: &Person, body: &Value) -> Value {
    create(app, admin, body).send().await.ok(201).json()
}

/// A webhook for all events of records.
async fn some(app: &TestApp, admin: &Person) -> String {
    let created = created(app, admin, &json!({"url": URL, "events": ["record.*"]})).await;
    created["id"].as_str().unwrap().to_owned()
}

async fn post(app: &TestApp, admin: &Person, path: &str) -> Answer {
    app.request("POST", &format!("/v1/webhooks/{path}")).token(&admin.token).send().await
}

async fn get(app: &TestApp, admin: &Person, path: &str) -> Answer {
    app.get(&format!("/v1/webhooks{path}")).token(&admin.token).send().await
}

fn change(app: &TestApp, admin: &Person, id: &str, body: &Value) -> Request {
    let request = app.request("PATCH", &format!("/v1/webhooks/{id}")).token(&admin.token);
    request.body("application/merge-patch+json", body.to_string())
}

async fn list(app: &TestApp, admin: &Person) -> Vec<Value> {
    let after = app.head().await.to_string();
    let answer = app.get("/v1/webhooks").token(&admin.token).header("Tidemark-After", after).send().await;
    answer.ok(200).json()["items"].as_array().unwrap().clone()
}

async fn define_posts(app: &TestApp, admin: &Person) {
    define(app, admin, &posts()).send().await.ok(201);
}

/// Where and how a request is wrong.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.problem(422, "validation_failed");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[track_caller]
fn assert_told(answer: &Answer, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect();
    assert_eq!(told(answer), expected);
}

/// What happened to webhooks.
async fn events(app: &TestApp) -> Vec<String> {
    app.event_types().await.into_iter().filter(|name| name.starts_with("webhook.")).collect()
}
