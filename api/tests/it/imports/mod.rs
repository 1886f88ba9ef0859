//! Records that come in as lines of a file.

mod csv;
mod lines;
mod refusals;
mod resuming;
mod rights;

use serde_json::{Value, json};

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
    records::RECORDS,
};

pub(crate) const NDJSON: &str = "application/x-ndjson";

pub(crate) fn start(app: &TestApp, person: &Person, collection: &str, format: &str) -> Request {
    let target = format!("/v1/collections/{collection}/imports");
    app.request("POST", &target).token(&person.token).json(&json!({ "format": format }))
}

/// The URL of an import into `posts`.
pub(crate) async fn started(app: &TestApp, person: &Person, format: &str) -> String {
    let answer = start(app, person, "posts", format).send().await;
    answer.ok(201).header("location").unwrap().to_owned()
}

pub(crate) fn put(app: &TestApp, person: &Person, import: &str, content: &str) -> Request {
    bring(app, person, import, NDJSON, content)
}

pub(crate) fn bring(app: &TestApp, person: &Person, import: &str, content_type: &str, content: &str) -> Request {
    app.request("PUT", &format!("{import}/content")).token(&person.token).body(content_type, content)
}

/// How far it is, by the log.
pub(crate) async fn shown(app: &TestApp, person: &Person, import: &str) -> Value {
    app.get(import).token(&person.token).send().await.ok(200).json()
}

/// Line, place and kind of each error.
pub(crate) async fn errors(app: &TestApp, person: &Person, import: &str) -> Vec<(u64, String, String)> {
    let (mut all, mut target) = (vec![], format!("{import}/errors?limit=200"));
    loop {
        let after = app.head().await.to_string();
        let page = app.get(&target).token(&person.token).header("Tidemark-After", after).send().await.ok(200).json();
        for item in page["items"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            all.push((item["line"].as_u64().unwrap(), text("pointer"), text("code")));
        }
        match page["next_cursor"].as_str() {
            Some(cursor) => target = format!("{import}/errors?limit=200&cursor={cursor}"),
            None => return all,
        }
    }
}

/// All records of `posts` as an administrator sees them, the oldest first.
pub(crate) async fn posts(app: &TestApp, admin: &Person) -> Vec<Value> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let target = format!("{RECORDS}?sort=created_at&limit=200{cursor}");
        let after = app.head().await.to_string();
        let page = app.get(&target).token(&admin.token).header("Tidemark-After", after).send().await.ok(200).json();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// What an import has come to: state, created, refused.
pub(crate) fn came_to(view: &Value) -> (&str, u64, u64) {
    (view["state"].as_str().unwrap(), view["created"].as_u64().unwrap(), view["refused"].as_u64().unwrap())
}

/// Counts events of a type.
pub(crate) async fn happened(app: &TestApp, event_type: &str) -> usize {
    app.event_types().await.iter().filter(|name| *name == event_type).count()
}

pub(crate) fn titled(answer: &[Value]) -> Vec<&str> {
    answer.iter().map(|record| record["title"].as_str().unwrap()).collect()
}

/// So that a test that fails says what it was answered.
#[track_caller]
pub(crate) fn view(answer: &Answer) -> Value {
    answer.ok(200).json()
}
