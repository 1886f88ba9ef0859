//! Exports of one's own data over HTTP. Workers build them; here somebody stands in for those.

use diesel_async::SimpleAsyncConnection;
use event_store::SubjectKeys;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    client::Answer,
};

async fn request(app: &TestApp, person: &Person) -> Answer {
    app.request("POST", "/v1/users/me/exports").token(&person.token).send().await
}

async fn get(app: &TestApp, person: &Person, path: &str) -> Answer {
    app.get(&format!("/v1/users/me/exports/{path}")).token(&person.token).send().await
}

async fn run(app: &TestApp, statement: &str) {
    app.database.connect().await.batch_execute(statement).await.unwrap();
}

/// As a worker does it.
async fn build(app: &TestApp, person: &Person, id: &str, text: &str) {
    let keys = SubjectKeys::new(app.database.pool(1), &app.context.config.secrets);
    let sealed = keys.get(person.id).await.unwrap().seal("user.export", text);
    let update =
        "UPDATE exports SET state = 'ready', content = '$c', size_bytes = 2, finished_at = now() WHERE id = '$id'";
    run(app, &update.replace("$c", sealed.as_str()).replace("$id", id)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_asked_for_watched_and_downloaded_by_its_person_only() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    let asked = request(&app, &ada).await;
    let view = asked.ok(202).json();
    let id = view["id"].as_str().unwrap().to_owned();
    assert_eq!(asked.header("location"), Some(format!("/v1/users/me/exports/{id}").as_str()));
    assert_eq!((&view["state"], &view["size_bytes"]), (&"pending".into(), &Value::Null));
    assert_eq!(app.event_types().await.last().map(String::as_str), Some("user.export_requested"));
    assert_eq!(get(&app, &ada, &id).await.ok(200).json(), view);
    get(&app, &ada, &format!("{id}/download")).await.problem(409, "conflict");

    build(&app, &ada, &id, "{}").await;
    assert_eq!(get(&app, &ada, &id).await.json()["state"], "ready");
    let download = get(&app, &ada, &format!("{id}/download")).await;
    assert_eq!(
        (download.ok(200).json(), download.header("content-type")),
        (serde_json::json!({}), Some("application/json"))
    );
    let disposition = format!("attachment; filename=\"tidemark-export-{id}.json\"");
    assert_eq!(download.header("content-disposition"), Some(disposition.as_str()));
    assert_eq!(download.header("cache-control"), Some("no-store"));
    let listed = app.get("/v1/users/me/exports").token(&ada.token).send().await.ok(200).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));

    for path in [id.clone(), format!("{id}/download")] {
        get(&app, &eve, &path).await.problem(404, "not_found");
    }
    for path in [Uuid::now_v7().to_string(), "x".to_owned(), "x/download".to_owned()] {
        get(&app, &ada, &path).await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_export_is_not_there() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person("ada@example.org").await;
    let id = request(&app, &ada).await.ok(202).json()["id"].as_str().unwrap().to_owned();
    build(&app, &ada, &id, "{}").await;
    run(&app, "UPDATE exports SET expires_at = now()").await;
    get(&app, &ada, &id).await.problem(404, "not_found");
    get(&app, &ada, &format!("{id}/download")).await.problem(404, "not_found");
    let listed = app.get("/v1/users/me/exports").token(&ada.token).send().await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_are_asked_for_at_once_three_are_kept() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person("ada@example.org").await;
    let answers = futures::future::join_all((0..20).map(|_| request(&app, &ada))).await;
    let accepted = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(accepted, 3);
    for answer in answers.iter().filter(|answer| answer.status != 202) {
        answer.problem(429, "rate_limited");
        let after: i64 = answer.header("retry-after").unwrap().parse().unwrap();
        // A second more where who was refused had asked a moment before who was granted, and waited for longer.
        assert!((80_000..=86_401).contains(&after), "{after}");
    }
    let requested = app.event_types().await.into_iter().filter(|kind| kind == "user.export_requested").count();
    assert_eq!(requested, 3);
}
