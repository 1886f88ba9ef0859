//! One bad line is told, and the others come in.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{came_to, errors, happened, posts, put, shown, start, started, titled, view};
use crate::{
    collections::define,
    records::{create, created, delete, scene},
};

fn error(line: u64, pointer: &str, code: &str) -> (u64, String, String) {
    (line, pointer.to_owned(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_line_is_told_and_the_others_come_in() {
    let (app, admin, ada, _) = scene().await;
    let there = created(&app, &ada, &json!({"title": "there", "owner": ada.id, "slug": "taken"})).await;
    let gone = created(&app, &ada, &json!({"title": "gone", "owner": ada.id})).await;
    delete(&app, &ada, &gone).send().await.ok(204);
    let (twice, secret) = (Uuid::now_v7(), "Jane Doe");
    let lines = [
        json!({"title": "good 1", "slug": "new"}).to_string(),
        "{\"title\": \"broken\"".to_owned(),
        json!({"title": 7}).to_string(),
        json!({"title": "x".repeat(21), "status": secret, "rank": -1}).to_string(),
        json!({"rank": 1}).to_string(),
        json!({"title": "unknown", secret: 1}).to_string(),
        json!({"title": "address", "address": {"city": 7}}).to_string(),
        json!({"title": "slug", "slug": "taken"}).to_string(),
        json!({"title": "slug again", "slug": "new"}).to_string(),
        json!({"title": "there", "id": there}).to_string(),
        json!({"title": "gone", "id": gone}).to_string(),
        json!({"title": "good 2", "id": twice}).to_string(),
        json!({"title": "twice", "id": twice}).to_string(),
        json!({"title": "id", "id": Uuid::new_v4()}).to_string(),
        json!({"title": "id", "id": 7}).to_string(),
        "[1]".to_owned(),
        "{\"title\": \"a\", \"title\": \"b\"}".to_owned(),
        "{\"title\": \"\\u0000\"}".to_owned(),
        json!({"title": "good 3", "slug": "free"}).to_string(),
    ];
    let import = started(&app, &ada, "ndjson").await;
    let done = put(&app, &ada, &import, &lines.join("\n")).send().await;
    assert_eq!(came_to(&view(&done)), ("finished", 3, 16));
    assert_eq!(
        errors(&app, &ada, &import).await,
        [
            error(2, "", "malformed_json"),
            error(3, "/title", "wrong_type"),
            error(4, "/rank", "out_of_range"),
            error(4, "/status", "unknown_value"),
            error(4, "/title", "too_long"),
            error(5, "/title", "missing_field"),
            error(6, "", "unknown_field"),
            error(7, "/address/city", "wrong_type"),
            error(8, "/slug", "not_unique"),
            error(9, "/slug", "not_unique"),
            error(10, "/id", "already_exists"),
            error(11, "/id", "already_exists"),
            error(13, "/id", "already_exists"),
            error(14, "/id", "malformed"),
            error(15, "/id", "malformed"),
            error(16, "", "wrong_type"),
            error(17, "/title", "duplicate_member"),
            error(18, "/title", "nul_character"),
        ]
    );
    let of_imports = app.events().await.into_iter().filter(|event| event.category == "import");
    assert!(of_imports.map(|event| event.payload.get().to_owned()).all(|payload| !payload.contains("Jane")));
    assert_eq!(titled(&posts(&app, &admin).await), ["there", "good 1", "good 2", "good 3"]);
    create(&app, &ada, &json!({"title": "x", "slug": "free"})).send().await.problem(409, "not_unique");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_decides_about_each_line_for_whoever_brings_it() {
    let (app, admin, ada, eve) = scene().await;
    let change = json!({"rules": {"create": "record.owner == user.id"}});
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&change).send().await.ok(200);
    let lines = [
        json!({"title": "mine", "owner": ada.id}),
        json!({"title": "hers", "owner": eve.id}),
        json!({"title": "nobody's"}),
    ];
    let content = lines.map(|line| line.to_string()).join("\n");
    let import = started(&app, &ada, "ndjson").await;
    assert_eq!(came_to(&view(&put(&app, &ada, &import, &content).send().await)), ("finished", 1, 2));
    assert_eq!(errors(&app, &ada, &import).await, [error(2, "", "forbidden"), error(3, "", "forbidden")]);
    let import = started(&app, &admin, "ndjson").await;
    assert_eq!(
        came_to(&view(&put(&app, &admin, &import, &content).send().await)),
        ("finished", 3, 0),
        "no rule binds them"
    );
    let closed = json!({"rules": {"create": null}});
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&closed).send().await.ok(200);
    start(&app, &ada, "posts", "ndjson").send().await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn references_lead_to_records_that_are_there_or_stand_in_lines_before() {
    let (app, admin, ada, _) = scene().await;
    let id = json!({"type": "string", "format": "uuid"});
    let notes = json!({"name": "notes", "schema": {"type": "object", "properties": {
                           "post": id, "parent": id, "text": {"type": "string"}}},
                       "unique": ["text"],
                       "relations": {"post": {"collection": "posts", "on_delete": "restrict"},
                                     "parent": {"collection": "notes", "on_delete": "cascade"}},
                       "rules": {"view": "true", "create": "true", "delete": "true"}});
    define(&app, &admin, &notes).send().await.ok(201);
    let post = created(&app, &ada, &json!({"title": "post", "owner": ada.id})).await;
    let (first, nowhere) = (Uuid::now_v7(), Uuid::now_v7());
    let lines: [Value; 5] = [
        json!({"id": first, "post": post, "text": "1"}),
        json!({"parent": first, "text": "2"}),
        json!({"post": nowhere, "text": "3"}),
        json!({"parent": nowhere, "id": Uuid::now_v7(), "text": "4"}),
        json!({"text": "3"}),
    ];
    let import = start(&app, &ada, "notes", "ndjson").send().await.ok(201).header("location").unwrap().to_owned();
    let done = put(&app, &ada, &import, &lines.map(|line| line.to_string()).join("\n")).send().await;
    assert_eq!(came_to(&view(&done)), ("finished", 3, 2), "a line that was refused takes nothing from the next one");
    let unknown = "unknown_reference";
    assert_eq!(errors(&app, &ada, &import).await, [error(3, "/post", unknown), error(4, "/parent", unknown)]);
    delete(&app, &ada, &post).send().await.problem(409, "referenced");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_errors_a_thousand_are_told_and_all_are_counted() {
    let (app, _, ada, _) = scene().await;
    let content = "{}\n".repeat(1_200) + &json!({"title": "good"}).to_string();
    let import = started(&app, &ada, "ndjson").await;
    let done = put(&app, &ada, &import, &content).send().await;
    let view = view(&done);
    assert_eq!((came_to(&view), &view["errors"]), (("finished", 1, 1_200), &json!(1_000)));
    let told = errors(&app, &ada, &import).await;
    assert_eq!((told.len(), told[999].0), (1_000, 1_000));
    assert_eq!(happened(&app, "record.created").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_more_than_a_mebibyte_is_refused_and_the_next_one_is_not() {
    let (app, admin, ada, _) = scene().await;
    let long = json!({"title": "long", "slug": "x".repeat(1 << 20)});
    let content = format!("{long}\n{}\n", json!({"title": "short"}));
    let import = started(&app, &ada, "ndjson").await;
    let done = put(&app, &ada, &import, &content).send().await;
    assert_eq!(came_to(&view(&done)), ("finished", 1, 1));
    assert_eq!(errors(&app, &ada, &import).await, [error(1, "", "too_large")]);
    assert_eq!(titled(&posts(&app, &admin).await), ["short"]);
    assert_eq!(shown(&app, &ada, &import).await["received_bytes"], json!(content.len()));
}
