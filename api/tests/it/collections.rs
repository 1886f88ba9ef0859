//! Defining what an application's records look like.

use serde_json::{Value, json};

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
};

pub(crate) fn posts() -> Value {
    json!({
        "name": "posts",
        "description": "What is written",
        "schema": {
            "type": "object",
            "required": ["title"],
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 20},
                "slug": {"type": "string"},
                "status": {"type": "string", "enum": ["open", "closed"]},
                "owner": {"type": ["string", "null"], "format": "uuid"},
                "due": {"type": "string", "format": "date-time"},
                "rank": {"type": "integer", "minimum": 0},
                "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
                "address": {"type": "object", "properties": {"city": {"type": "string"}}},
            },
        },
        "unique": ["slug"],
        "rules": {
            "list": "record.status == \"open\" || record.owner == user.id",
            "view": "record.status == \"open\" || record.owner == user.id",
            "create": "record.created_by == user.id",
            "update": "record.owner == user.id",
            "delete": "record.owner == user.id",
        },
    })
}

pub(crate) fn define(app: &TestApp, admin: &Person, body: &Value) -> Request {
    app.request("POST", "/v1/collections").token(&admin.token).json(body)
}

fn change(app: &TestApp, admin: &Person, body: &Value) -> Request {
    let request = app.request("PATCH", "/v1/collections/posts").token(&admin.token);
    request.body("application/merge-patch+json", body.to_string())
}

async fn read(app: &TestApp, admin: &Person, path: &str) -> Answer {
    let after = app.head().await.to_string();
    app.get(path).token(&admin.token).header("Tidemark-After", after).send().await
}

fn told(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[track_caller]
fn assert_told(problem: &Value, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
    assert_eq!(told(problem), expected, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_defined_changed_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let defined = define(&app, &admin, &posts()).send().await;
    assert_eq!(defined.ok(201).header("location"), Some("/v1/collections/posts"));
    assert_eq!(defined.header("etag"), Some("\"v1\""));
    let view = defined.json();
    for member in ["name", "description", "unique", "rules"] {
        assert_eq!(view[member], posts()[member], "{member}");
    }
    assert_eq!(view["schema"]["additionalProperties"], json!(false), "records have the declared fields");
    assert_eq!(view["schema"]["properties"], posts()["schema"]["properties"]);
    let shown = read(&app, &admin, "/v1/collections/posts").await;
    assert_eq!((shown.ok(200).json(), shown.header("etag")), (view, Some("\"v1\"")));
    let cached = app.get("/v1/collections/posts").token(&admin.token).header("If-None-Match", "\"v1\"").send().await;
    cached.ok(304);

    let patch = json!({"description": null, "rules": {"list": null},
                       "schema": {"properties": {"subtitle": {"type": "string"}}, "required": []}});
    let changed = change(&app, &admin, &patch).header("If-Match", "\"v1\"").send().await;
    let view = changed.ok(200).json();
    assert_eq!((&view["description"], &view["rules"]["list"]), (&json!(""), &json!(null)));
    assert_eq!(view["rules"]["view"], posts()["rules"]["view"]);
    assert_eq!(view["schema"]["properties"].as_object().unwrap().len(), 9);
    change(&app, &admin, &patch).header("If-Match", "\"v1\"").send().await.problem(412, "version_mismatch");
    assert_eq!(change(&app, &admin, &patch).send().await.ok(200).header("etag"), Some("\"v2\""), "nothing to change");
    assert_eq!(read(&app, &admin, "/v1/collections/posts").await.ok(200).json(), view);

    let delete = || app.request("DELETE", "/v1/collections/posts").token(&admin.token).send();
    delete().await.ok(204);
    delete().await.problem(404, "not_found");
    read(&app, &admin, "/v1/collections/posts").await.problem(404, "not_found");
    change(&app, &admin, &patch).send().await.problem(404, "not_found");
    let again = define(&app, &admin, &posts()).send().await.ok(201).json();
    assert_ne!(again["id"], view["id"], "the name is free, and names another collection");
    let types = app.event_types().await;
    let happened: Vec<_> = types.iter().filter(|name| name.starts_with("collection.")).collect();
    assert_eq!(happened, ["collection.defined", "collection.changed", "collection.deleted", "collection.defined"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_once() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let defining = (0..6).map(|_| define(&app, &admin, &posts()).send());
    let answers = futures::future::join_all(defining).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(made.len(), 1);
    for answer in refused {
        answer.problem(409, "collection_exists");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_of_a_definition_is_checked() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let refused = async |edit: fn(&mut Value)| {
        let mut body = posts();
        edit(&mut body);
        define(&app, &admin, &body).send().await.problem(422, "validation_failed")
    };
    assert_told(&refused(|body| body["name"] = json!("Posts")).await, &[("/name", "malformed")]);
    assert_told(&refused(|body| body["description"] = json!("a\nb")).await, &[("/description", "control_character")]);
    assert_told(&refused(|body| body["schema"]["type"] = json!("array")).await, &[("/schema/type", "unsupported")]);
    assert_told(
        &refused(|body| body["schema"]["properties"]["id"] = json!({})).await,
        &[("/schema/properties/id", "reserved_name")],
    );
    assert_told(
        &refused(|body| body["schema"]["properties"]["a"] = json!({"$ref": "http://127.0.0.1:1/x"})).await,
        &[("/schema/properties/a/$ref", "unsupported")],
    );
    assert_told(
        &refused(|body| {
            body["unique"] = json!(["nothing", "tags"]);
            body["rules"] = json!({"list": "record.stauts == \"open\"", "view": "user.id ==", "delete": "record.rank"});
        })
        .await,
        &[
            ("/unique/0", "unknown_field"),
            ("/unique/1", "unsupported"),
            ("/rules/list", "expression_unknown_field"),
            ("/rules/view", "expression_syntax"),
            ("/rules/delete", "expression_type_mismatch"),
        ],
    );
    assert_told(
        &refused(|body| {
            body["indexed"] = json!(["rank", ["status", "stauts"], "slug", ["rank", "-rank"]]);
            body["searchable"] = json!(["title", "rank"]);
        })
        .await,
        &[
            ("/indexed/1/1", "unknown_field"),
            ("/indexed/2", "unbounded"),
            ("/indexed/3/1", "repeated"),
            ("/searchable/1", "unsupported"),
        ],
    );
    assert_told(&refused(|body| body["language"] = json!("klingon")).await, &[("/language", "unknown_value")]);
    assert_told(&refused(|body| body["indexed"] = json!([{"a": 1}])).await, &[("/indexed/0", "invalid_value")]);
    let types = refused(|body| body["schema"]["properties"]["title"]["type"] = json!("text")).await;
    assert!(told(&types)[0].0.starts_with("/schema/properties/title/type"), "{types}");
    assert_eq!(app.event_types().await.iter().filter(|name| name.starts_with("collection.")).count(), 0);
    for name in ["Posts", "%00", "..%2f..", "unknown"] {
        app.get(&format!("/v1/collections/{name}")).token(&admin.token).send().await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_ids_refer_to_collections() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let mut body = posts();
    let refused = async |body: &Value| define(&app, &admin, body).send().await.problem(422, "validation_failed");
    body["relations"] = json!({"owner": {"collection": "people"}, "title": {"collection": "Peo ple"}});
    let missing = [("/relations/owner/collection", "unknown_collection"), ("/relations/title/collection", "malformed")];
    assert_told(&refused(&body).await, &missing);
    let people = json!({"name": "people", "schema": {"type": "object", "properties": {"name": {"type": "string"}}}});
    define(&app, &admin, &people).send().await.ok(201);
    body["relations"] = json!({"owner": {"collection": "people", "on_delete": "explode"}});
    assert_told(&refused(&body).await, &[("/relations/owner/on_delete", "invalid_value")]);
    body["relations"] = json!({"title": {"collection": "people"}});
    assert_told(&refused(&body).await, &[("/relations/title", "unsupported")]);
    let many = (0..17).map(|n| (format!("f{n}"), json!({"collection": "people"}))).collect::<Value>();
    body["relations"] = many;
    assert_told(&refused(&body).await, &[("/relations", "too_many")]);

    body["schema"]["properties"]["parent"] = json!({"type": "string", "format": "uuid"});
    body["relations"] =
        json!({"owner": {"collection": "people", "on_delete": "set_null"}, "parent": {"collection": "posts"}});
    let view = define(&app, &admin, &body).send().await.ok(201).json();
    let parent = json!({"collection": "posts", "on_delete": "restrict"});
    assert_eq!((&view["relations"]["owner"], &view["relations"]["parent"]), (&body["relations"]["owner"], &parent));

    let patch = json!({"schema": {"properties": {"editor": {"type": "string", "format": "uuid"}}},
                       "relations": {"editor": {"collection": "people"}, "parent": null, "owner": {"on_delete": "cascade"}}});
    let view = change(&app, &admin, &patch).send().await.ok(200).json();
    let relations = json!({"editor": {"collection": "people", "on_delete": "restrict"},
                           "owner": {"collection": "people", "on_delete": "cascade"}});
    assert_eq!(view["relations"], relations);
    let other = json!({"relations": {"owner": {"collection": "posts"}}});
    let problem = change(&app, &admin, &other).send().await.problem(409, "incompatible_change");
    assert_told(&problem, &[("/relations/owner", "incompatible_change")]);
    let unfinished = json!({"relations": {"slug": {"on_delete": "cascade"}}});
    let problem = change(&app, &admin, &unfinished).send().await.problem(422, "validation_failed");
    assert_told(&problem, &[("/relations/slug/collection", "missing_field")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_records_are_found_is_defined_and_changed() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let plain = define(&app, &admin, &posts()).send().await.ok(201).json();
    assert_eq!(
        (&plain["indexed"], &plain["searchable"], &plain["language"]),
        (&json!([]), &json!([]), &json!("simple"))
    );
    let patch = json!({"indexed": [["-rank", "due"], "title"], "searchable": ["title", "slug"], "language": "german"});
    let view = change(&app, &admin, &patch).send().await.ok(200).json();
    assert_eq!(view["indexed"], json!([["rank", "-due"], "title"]), "an index is read in both directions");
    assert_eq!((&view["searchable"], &view["language"]), (&json!(["title", "slug"]), &json!("german")));
    let view = change(&app, &admin, &json!({"language": null, "searchable": []})).send().await.ok(200).json();
    assert_eq!((&view["searchable"], &view["language"]), (&json!([]), &json!("simple")));
    assert_eq!(view["indexed"], json!([["rank", "-due"], "title"]));
    change(&app, &admin, &json!({"indexed": ["tags", "nothing"]})).send().await.problem(422, "validation_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_records_might_not_keep_to_wait_until_these_were_looked_at() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let defined = define(&app, &admin, &posts()).send().await.ok(201).json();
    for patch in [
        json!({"schema": {"properties": {"title": {"maxLength": 5}}}}),
        json!({"schema": {"properties": {"rank": null}}}),
        json!({"schema": {"required": ["title", "rank"]}}),
        json!({"schema": {"minProperties": 2}}),
        json!({"unique": ["slug", "title"]}),
        json!({"unique": []}),
    ] {
        let proposed = change(&app, &admin, &patch).send().await.ok(202).json();
        assert_eq!((&proposed["state"], &proposed["findings"]), (&json!("checking"), &json!([])), "{patch}");
        app.request("DELETE", "/v1/collections/posts/change").token(&admin.token).send().await.ok(204);
    }
    let nothing = change(&app, &admin, &json!({})).send().await.ok(200).json();
    assert_eq!(nothing["schema"], defined["schema"], "it is as it was");
    let open = json!({"schema": {"additionalProperties": true}});
    change(&app, &admin, &open).send().await.problem(422, "validation_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_with_records_is_deleted_by_force_only() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    define(&app, &admin, &posts()).send().await.ok(201);
    let record = app.request("POST", "/v1/collections/posts/records").token(&admin.token);
    record.json(&json!({"title": "A"})).send().await.ok(201);
    let delete = |query: &str| app.request("DELETE", &format!("/v1/collections/posts{query}")).token(&admin.token);
    delete("").send().await.problem(409, "collection_not_empty");
    delete("?force=false").send().await.problem(409, "collection_not_empty");
    delete("?force=yes").send().await.problem(400, "invalid_request");
    delete("?force=true").header("Idempotency-Key", "once").send().await.ok(204);
    delete("?force=true").header("Idempotency-Key", "once").send().await.ok(204);
    delete("?force=true").send().await.problem(404, "not_found");
    define(&app, &admin, &posts()).send().await.ok(201);
    let listed = read(&app, &admin, "/v1/collections/posts/records").await.ok(200).json();
    assert_eq!(listed["items"], json!([]), "the records of another collection are not shown under its name");
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_are_listed_by_name_page_by_page() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    for name in ["c", "a", "b"] {
        let mut body = posts();
        body["name"] = json!(name);
        define(&app, &admin, &body).send().await.ok(201);
    }
    let (mut path, mut seen) = ("/v1/collections?limit=2".to_owned(), vec![]);
    loop {
        let answer = read(&app, &admin, &path).await;
        let page = answer.ok(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        let link = format!("</v1/collections?limit=2&cursor={cursor}>; rel=\"next\"");
        assert_eq!(answer.header("link"), Some(link.as_str()));
        path = format!("/v1/collections?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["a", "b", "c"]);
    read(&app, &admin, "/v1/collections?cursor=AAAA").await.problem(400, "cursor_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_definition_is_done_once() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let keyed = |request: Request| request.header("Idempotency-Key", "once").send();
    let first = keyed(define(&app, &admin, &posts())).await;
    let again = keyed(define(&app, &admin, &posts())).await;
    assert_eq!((first.ok(201).json(), first.header("etag")), (again.ok(201).json(), again.header("etag")));
    assert_eq!(first.header("tidemark-position"), again.header("tidemark-position"));
    let mut other = posts();
    other["name"] = json!("other");
    keyed(define(&app, &admin, &other)).await.problem(422, "idempotency_mismatch");
    let patch = json!({"rules": {"list": "true"}});
    keyed(change(&app, &admin, &patch)).await.ok(200);
    change(&app, &admin, &json!({"rules": {"list": null}})).send().await.ok(200);
    let repeat = keyed(change(&app, &admin, &patch)).await;
    assert_eq!(repeat.ok(200).json()["rules"]["list"], json!(null), "shown as it is by now");
}
