//! Several operations on records at once: all or none.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    cast::api_key,
    client::{Answer, Request},
    collections::define,
    records::{create, created, read, scene},
};

fn batch(app: &TestApp, person: &Person, operations: &Value) -> Request {
    app.request("POST", "/v1/batch").token(&person.token).json(&json!({ "operations": operations }))
}

/// The error that names the operation.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, pointer: &str, of_pointer: &str) {
    let problem = answer.problem(status, code);
    let error = &problem["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(of_pointer)), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_over_collections_are_done_at_once() {
    let (app, admin, ada, _) = scene().await;
    let notes = json!({"name": "notes", "schema": {"type": "object", "properties": {
                           "post": {"type": "string", "format": "uuid"}, "text": {"type": "string"}}},
                       "relations": {"post": {"collection": "posts", "on_delete": "cascade"}},
                       "rules": {"view": "true", "create": "true", "update": "true", "delete": "true"}});
    define(&app, &admin, &notes).send().await.ok(201);
    let old = created(&app, &ada, &json!({"title": "old", "owner": ada.id, "slug": "s"})).await;
    let gone = created(&app, &ada, &json!({"title": "gone", "owner": ada.id})).await;
    let (head, new) = (app.head().await, Uuid::now_v7());
    let operations = json!([
        {"op": "create", "collection": "posts", "id": new, "data": {"title": "new", "owner": ada.id}},
        {"op": "create", "collection": "notes", "data": {"post": new, "text": "x"}},
        {"op": "replace", "collection": "posts", "id": old, "version": 1, "data": {"title": "old", "owner": ada.id}},
        {"op": "patch", "collection": "posts", "id": new, "version": 1, "data": {"slug": "s"}},
        {"op": "delete", "collection": "posts", "id": gone},
    ]);
    let keyed = || batch(&app, &ada, &operations).header("Idempotency-Key", "once").send();
    let done = keyed().await;
    let results = done.ok(200).json()["results"].clone();
    let told: Vec<_> =
        results.as_array().unwrap().iter().map(|result| (&result["status"], &result["version"])).collect();
    let status = |status, version| (json!(status), json!(version));
    let expected = [status(201, 1), status(201, 1), status(200, 2), status(200, 2), status(204, 2)];
    assert_eq!(told, expected.iter().map(|(status, version)| (status, version)).collect::<Vec<_>>());
    assert_eq!(
        (&results[0]["id"], &results[0]["op"], &results[1]["collection"]),
        (&json!(new), &json!("create"), &json!("notes"))
    );
    assert_eq!(done.header("tidemark-position"), Some((head + 5).to_string().as_str()));
    let again = keyed().await;
    assert_eq!((again.ok(200).json()["results"].clone(), app.head().await), (results, head + 5));

    let view = read(&app, &ada, &format!("/{new}")).await.ok(200).json();
    assert_eq!((&view["slug"], &view["version"]), (&json!("s"), &json!(2)), "the value went from one to the other");
    read(&app, &ada, &format!("/{gone}")).await.problem(404, "not_found");
    let delete = json!([{"op": "delete", "collection": "posts", "id": new}]);
    batch(&app, &ada, &delete).send().await.ok(200);
    assert_eq!(app.head().await, head + 7, "the note is deleted with its post");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_operation_refuses_all_and_is_named() {
    let (app, _, ada, eve) = scene().await;
    let mine = created(&app, &ada, &json!({"title": "mine", "owner": ada.id, "slug": "taken"})).await;
    let hers = created(&app, &eve, &json!({"title": "hers", "owner": eve.id, "status": "open"})).await;
    let head = app.head().await;
    let good = json!({"op": "create", "collection": "posts", "data": {"title": "good"}});
    for (bad, status, code, pointer, of_pointer) in [
        (
            json!({"op": "create", "collection": "posts", "data": {"title": ""}}),
            422,
            "validation_failed",
            "/operations/1/data/title",
            "too_short",
        ),
        (
            json!({"op": "create", "collection": "posts", "data": {"title": "x", "slug": "taken"}}),
            409,
            "not_unique",
            "/operations/1/data/slug",
            "not_unique",
        ),
        (json!({"op": "create", "collection": "nothing", "data": {}}), 404, "not_found", "/operations/1", "not_found"),
        (
            json!({"op": "patch", "collection": "posts", "id": hers, "data": {"title": "x"}}),
            403,
            "forbidden",
            "/operations/1",
            "forbidden",
        ),
        (
            json!({"op": "patch", "collection": "posts", "id": Uuid::now_v7(), "data": {}}),
            404,
            "not_found",
            "/operations/1",
            "not_found",
        ),
        (
            json!({"op": "delete", "collection": "posts", "id": mine, "version": 9}),
            412,
            "version_mismatch",
            "/operations/1",
            "version_mismatch",
        ),
        (
            json!({"op": "create", "collection": "posts", "id": mine, "data": {"title": "x"}}),
            412,
            "already_exists",
            "/operations/1",
            "already_exists",
        ),
        (
            json!({"op": "create", "collection": "Posts", "data": {}}),
            422,
            "validation_failed",
            "/operations/1/collection",
            "malformed",
        ),
        (
            json!({"op": "create", "collection": "posts", "id": Uuid::nil(), "data": {}}),
            422,
            "validation_failed",
            "/operations/1/id",
            "malformed",
        ),
        (
            json!({"op": "patch", "collection": "posts", "data": {}}),
            422,
            "validation_failed",
            "/operations/1/id",
            "missing_field",
        ),
        (
            json!({"op": "replace", "collection": "posts", "id": mine}),
            422,
            "validation_failed",
            "/operations/1/data",
            "missing_field",
        ),
        (
            json!({"op": "delete", "collection": "posts", "id": mine, "data": {}}),
            422,
            "validation_failed",
            "/operations/1/data",
            "unknown_field",
        ),
        (
            json!({"op": "create", "collection": "posts", "version": 1, "data": {}}),
            422,
            "validation_failed",
            "/operations/1/version",
            "unknown_field",
        ),
        (
            json!({"op": "explode", "collection": "posts"}),
            422,
            "validation_failed",
            "/operations/1/op",
            "invalid_value",
        ),
        (
            json!({"op": "delete", "collection": "posts", "id": mine, "other": 1}),
            422,
            "validation_failed",
            "/operations/1/other",
            "unknown_field",
        ),
    ] {
        let answer = batch(&app, &ada, &json!([good, bad])).send().await;
        assert_refused(&answer, status, code, pointer, of_pointer);
    }
    let twice = json!([{"op": "create", "collection": "posts", "data": {"title": "x", "slug": "new"}},
                       {"op": "create", "collection": "posts", "data": {"title": "y", "slug": "new"}}]);
    assert_refused(&batch(&app, &ada, &twice).send().await, 409, "not_unique", "/operations/1/data/slug", "not_unique");
    for (operations, code) in [(json!([]), "too_short"), (json!(vec![good; 101]), "too_long")] {
        assert_refused(&batch(&app, &ada, &operations).send().await, 422, "validation_failed", "/operations", code);
    }
    assert_eq!(app.head().await, head, "nothing was done");
    let hundred = json!(vec![json!({"op": "create", "collection": "posts", "data": {"title": "x"}}); 100]);
    assert_eq!(batch(&app, &ada, &hundred).send().await.ok(200).json()["results"].as_array().unwrap().len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_needs_its_permission() {
    let (app, _, ada, _) = scene().await;
    let (_, key) = api_key(&app, &ada, &["records:update:own"]).await;
    let mine = created(&app, &ada, &json!({"title": "mine", "owner": ada.id})).await;
    let by_key = |operation: Value| {
        app.request("POST", "/v1/batch").token(&key).json(&json!({"operations": [operation]})).send()
    };
    by_key(json!({"op": "patch", "collection": "posts", "id": mine, "data": {"title": "B"}})).await.ok(200);
    let delete = by_key(json!({"op": "delete", "collection": "posts", "id": mine})).await;
    assert_refused(&delete, 403, "forbidden", "/operations/0", "forbidden");
    let create = by_key(json!({"op": "create", "collection": "posts", "data": {"title": "x"}})).await;
    assert_refused(&create, 403, "forbidden", "/operations/0", "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_at_one_time_on_the_same_records_are_all_done() {
    let (app, _, ada, _) = scene().await;
    let one = created(&app, &ada, &json!({"title": "1", "owner": ada.id, "rank": 0})).await;
    let two = created(&app, &ada, &json!({"title": "2", "owner": ada.id, "rank": 0})).await;
    let racing = (0..12).map(|number| {
        let patch = |id: &String| json!({"op": "patch", "collection": "posts", "id": id, "data": {"rank": number + 1}});
        let operations =
            if number % 2 == 0 { json!([patch(&one), patch(&two)]) } else { json!([patch(&two), patch(&one)]) };
        batch(&app, &ada, &operations).send()
    });
    for answer in futures::future::join_all(racing).await {
        answer.ok(200);
    }
    let view = async |id: &str| read(&app, &ada, &format!("/{id}")).await.ok(200).json();
    let (one, two) = (view(&one).await, view(&two).await);
    assert_eq!((&one["version"], &one["rank"]), (&two["version"], &two["rank"]));
    assert_eq!(one["version"], json!(13));
    create(&app, &ada, &json!({"title": "3"})).send().await.ok(201);
}
