//! Records replaced as a whole, created under ids that clients make, and completed with defaults.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    cast::api_key,
    client::Request,
    collections::{define, posts},
    records::{RECORDS, change, create, created, delete, read, scene},
};

fn replace(app: &TestApp, person: &Person, id: impl std::fmt::Display, body: &Value) -> Request {
    app.request("PUT", &format!("{RECORDS}/{id}")).token(&person.token).json(body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_replaced_as_a_whole() {
    let (app, _, ada, eve) = scene().await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id, "rank": 1, "slug": "one"})).await;
    let body = json!({"title": "B", "owner": ada.id});
    let replaced = replace(&app, &ada, &id, &body).header("If-Match", "\"v1\"").send().await;
    let view = replaced.ok(200).json();
    assert_eq!((replaced.header("etag"), view.get("rank"), &view["title"]), (Some("\"v2\""), None, &json!("B")));
    assert_eq!(read(&app, &ada, &format!("/{id}")).await.ok(200).json(), view);
    assert_eq!(replace(&app, &ada, &id, &body).send().await.ok(200).header("etag"), Some("\"v2\""), "the same already");
    replace(&app, &ada, &id, &body).header("If-Match", "\"v1\"").send().await.problem(412, "version_mismatch");
    replace(&app, &ada, &id, &json!({"title": ""})).send().await.problem(422, "validation_failed");
    replace(&app, &eve, &id, &body).send().await.problem(404, "not_found");
    replace(&app, &ada, &id, &json!({"title": "B", "owner": eve.id})).send().await.problem(403, "forbidden");
    replace(&app, &ada, Uuid::now_v7(), &body).send().await.problem(404, "not_found");
    let other = json!({"title": "C", "owner": ada.id, "slug": "one"});
    create(&app, &ada, &other).send().await.ok(201);
    replace(&app, &ada, &id, &other).send().await.problem(409, "not_unique");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_created_under_an_id_that_the_client_has_made() {
    let (app, _, ada, eve) = scene().await;
    let (id, body) = (Uuid::now_v7(), json!({"title": "A", "owner": ada.id}));
    let only_new = |person, id: Uuid| replace(&app, person, id, &body).header("If-None-Match", "*");
    let made = only_new(&ada, id).header("Idempotency-Key", "once").send().await;
    let view = made.ok(201).json();
    assert_eq!((view["id"].as_str(), made.header("etag")), (Some(id.to_string().as_str()), Some("\"v1\"")));
    assert_eq!(made.header("location"), Some(format!("{RECORDS}/{id}").as_str()));
    let repeat = only_new(&ada, id).header("Idempotency-Key", "once").send().await;
    assert_eq!(repeat.ok(201).json(), view);
    for person in [&ada, &eve] {
        only_new(person, id).send().await.problem(412, "already_exists");
    }
    delete(&app, &ada, &id.to_string()).send().await.ok(204);
    only_new(&ada, id).send().await.problem(412, "already_exists");

    let tomorrow = uuid::Timestamp::from_unix_time(4_000_000_000, 0, 0, 0);
    for wrong in [Uuid::from_u128(0xf47a_c10b_58cc_4372_a567_0e02_b2c3_d479), Uuid::nil(), Uuid::new_v7(tomorrow)] {
        only_new(&ada, wrong).send().await.problem(400, "invalid_request");
    }
    only_new(&ada, Uuid::now_v7()).header("If-Match", "\"v1\"").send().await.problem(400, "invalid_request");
    let tag = replace(&app, &ada, Uuid::now_v7(), &body).header("If-None-Match", "\"v1\"");
    tag.send().await.problem(400, "invalid_request");
    let (_, key) = api_key(&app, &ada, &["records:update:own"]).await;
    let by_key = app.request("PUT", &format!("{RECORDS}/{}", Uuid::now_v7())).token(&key).json(&body);
    by_key.header("If-None-Match", "*").send().await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_left_out_have_their_defaults() {
    let (app, admin, ada, _) = scene().await;
    let mut wrong = posts();
    wrong["name"] = json!("tasks");
    wrong["schema"]["properties"]["status"]["default"] = json!("half open");
    let problem = define(&app, &admin, &wrong).send().await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], json!("/schema/properties/status/default"));

    let patch = json!({"schema": {"properties": {"status": {"default": "open"}, "rank": {"default": 3}}}});
    let before = created(&app, &ada, &json!({"title": "A", "owner": ada.id})).await;
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&patch).send().await.ok(200);
    let view = create(&app, &ada, &json!({"title": "A", "owner": ada.id, "rank": 1})).send().await.ok(201).json();
    assert_eq!((&view["status"], &view["rank"]), (&json!("open"), &json!(1)));
    let view = change(&app, &ada, &before, &json!({"title": "B"})).send().await.ok(200).json();
    assert_eq!((view.get("status"), view.get("rank")), (None, None), "a patch changes what it names");
    let view = replace(&app, &ada, &before, &json!({"title": "B", "owner": ada.id})).send().await.ok(200).json();
    assert_eq!((&view["status"], &view["rank"]), (&json!("open"), &json!(3)));
}
