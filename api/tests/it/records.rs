//! Records: created, found, changed and deleted by those whom the rules of their collection allow it.

use std::sync::Arc;

use bootstrap::Config;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    cast::api_key,
    client::{Answer, Request},
    collections::{define, posts},
};

pub(crate) const RECORDS: &str = "/v1/collections/posts/records";

/// A collection of posts, its administrator and two people.
pub(crate) async fn scene() -> (TestApp, Person, Person, Person) {
    scene_with(|_| ()).await
}

async fn scene_with(change: impl FnOnce(&mut Config)) -> (TestApp, Person, Person, Person) {
    let app = TestApp::start_with(change).await;
    let admin = app.admin("admin@example.org").await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    define(&app, &admin, &posts()).send().await.ok(201);
    (app, admin, ada, eve)
}

pub(crate) fn create(app: &TestApp, person: &Person, body: &Value) -> Request {
    app.request("POST", RECORDS).token(&person.token).json(body)
}

pub(crate) fn change(app: &TestApp, person: &Person, id: &str, patch: &Value) -> Request {
    let request = app.request("PATCH", &format!("{RECORDS}/{id}")).token(&person.token);
    request.body("application/merge-patch+json", patch.to_string())
}

pub(crate) fn delete(app: &TestApp, person: &Person, id: &str) -> Request {
    app.request("DELETE", &format!("{RECORDS}/{id}")).token(&person.token)
}

pub(crate) async fn read(app: &TestApp, person: &Person, rest: &str) -> Answer {
    let after = app.head().await.to_string();
    app.get(&format!("{RECORDS}{rest}")).token(&person.token).header("Tidemark-After", after).send().await
}

pub(crate) async fn created(app: &TestApp, person: &Person, body: &Value) -> String {
    let answer = create(app, person, body).send().await;
    answer.ok(201).json()["id"].as_str().unwrap().to_owned()
}

async fn titles(app: &TestApp, person: &Person, query: &str) -> Vec<String> {
    let page = read(app, person, query).await.ok(200).json();
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// As a parameter of a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_created_shown_changed_and_deleted() {
    let (app, _, ada, _) = scene().await;
    let body = json!({"title": "A", "owner": ada.id, "rank": 1, "address": {"city": "Rome"}});
    let made = create(&app, &ada, &body).send().await;
    let view = made.ok(201).json();
    let id = view["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("{RECORDS}/{id}").as_str()));
    assert_eq!((made.header("etag"), &view["version"]), (Some("\"v1\""), &json!(1)));
    assert_eq!(made.header("tidemark-position"), Some(app.head().await.to_string().as_str()));
    for member in ["title", "owner", "rank", "address"] {
        assert_eq!(view[member], body[member], "{member}");
    }
    assert_eq!((&view["created_by"], &view["created_at"]), (&json!(ada.id), &view["updated_at"]));
    let shown = read(&app, &ada, &format!("/{id}")).await;
    assert_eq!((shown.ok(200).json(), shown.header("etag")), (view.clone(), Some("\"v1\"")));
    let cached = app.get(&format!("{RECORDS}/{id}")).token(&ada.token).header("If-None-Match", "\"v1\"").send().await;
    assert_eq!((cached.status, cached.body.len()), (304, 0));

    let patch = json!({"title": "B", "rank": null, "address": {"city": null}});
    let changed = change(&app, &ada, &id, &patch).header("If-Match", "\"v1\"").send().await;
    let after = changed.ok(200).json();
    assert_eq!((changed.header("etag"), &after["title"], &after["address"]), (Some("\"v2\""), &json!("B"), &json!({})));
    assert_eq!((after.get("rank"), &after["created_at"]), (None, &view["created_at"]));
    change(&app, &ada, &id, &patch).header("If-Match", "\"v1\"").send().await.problem(412, "version_mismatch");
    let nothing = change(&app, &ada, &id, &patch).send().await;
    assert_eq!(nothing.ok(200).header("etag"), Some("\"v2\""), "nothing to change");
    assert_eq!(read(&app, &ada, &format!("/{id}")).await.ok(200).json(), after);

    delete(&app, &ada, &id).header("If-Match", "\"v1\"").send().await.problem(412, "version_mismatch");
    delete(&app, &ada, &id).send().await.ok(204);
    delete(&app, &ada, &id).send().await.problem(404, "not_found");
    read(&app, &ada, &format!("/{id}")).await.problem(404, "not_found");
    change(&app, &ada, &id, &json!({"title": "C"})).send().await.problem(404, "not_found");
    assert_eq!(titles(&app, &ada, "").await, Vec::<String>::new());
    let happened = app.event_types().await.into_iter().filter(|name| name.starts_with("record."));
    assert_eq!(happened.collect::<Vec<_>>(), ["record.created", "record.changed", "record.deleted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_schema_does_not_want_is_refused_where_it_stands() {
    let (app, _, ada, _) = scene().await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id})).await;
    for (patch, pointer, code) in [
        (json!({"title": null}), "/title", "missing_field"),
        (json!({"title": ""}), "/title", "too_short"),
        (json!({"title": "a".repeat(21)}), "/title", "too_long"),
        (json!({"title": 7}), "/title", "wrong_type"),
        (json!({"status": "secret"}), "/status", "unknown_value"),
        (json!({"rank": -1}), "/rank", "out_of_range"),
        (json!({"due": "yesterday"}), "/due", "malformed"),
        (json!({"due": "0000-01-01T00:00:00Z"}), "/due", "malformed"),
        (json!({"tags": ["a", 1]}), "/tags/1", "wrong_type"),
        (json!({"other": 1}), "/other", "unknown_field"),
        (json!({"id": Uuid::nil()}), "/id", "read_only"),
        (json!({"created_by": Uuid::nil()}), "/created_by", "read_only"),
    ] {
        let problem = change(&app, &ada, &id, &patch).send().await.problem(422, "validation_failed");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
        assert!(!problem.to_string().contains("secret"), "{problem}");
        let mut body = json!({"title": "A"});
        body.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        if !patch["title"].is_null() || pointer != "/title" {
            create(&app, &ada, &body).send().await.problem(422, "validation_failed");
        }
    }
    create(&app, &ada, &json!({"title": "a\u{0}"})).send().await.problem(422, "validation_failed");
    for id in ["7", "%00", "..%2f..", &Uuid::now_v7().to_string()] {
        read(&app, &ada, &format!("/{id}")).await.problem(404, "not_found");
        change(&app, &ada, id, &json!({})).send().await.problem(404, "not_found");
        delete(&app, &ada, id).send().await.problem(404, "not_found");
    }
    let elsewhere = app.request("POST", "/v1/collections/others/records").token(&ada.token).json(&json!({}));
    elsewhere.send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_stored_in_one_form() {
    let (app, _, ada, _) = scene().await;
    let body = json!({"title": "A", "due": "2026-11-25T20:29:26.5+02:00", "owner": ada.id.to_string().to_uppercase(),
                      "rank": 3.0});
    let view = create(&app, &ada, &body).send().await.ok(201).json();
    assert_eq!((&view["due"], &view["rank"]), (&json!("2026-11-25T18:29:26.500000Z"), &json!(3)));
    assert_eq!(view["owner"], json!(ada.id));
    let filter = encoded("record.due == timestamp(\"2026-11-25T18:29:26.5Z\") && record.owner == user.id");
    assert_eq!(titles(&app, &ada, &format!("?filter={filter}")).await, ["A"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_decide_who_may_do_what() {
    let (app, admin, ada, eve) = scene().await;
    let hidden = created(&app, &ada, &json!({"title": "hidden", "owner": ada.id})).await;
    let open = created(&app, &ada, &json!({"title": "open", "owner": ada.id, "status": "open"})).await;
    assert_eq!(titles(&app, &ada, "").await, ["open", "hidden"]);
    assert_eq!(titles(&app, &eve, "").await, ["open"]);
    assert_eq!(titles(&app, &admin, "").await, ["open", "hidden"]);
    assert_eq!(titles(&app, &eve, &format!("?filter={}", encoded("true"))).await, ["open"], "a filter opens nothing");

    read(&app, &eve, &format!("/{open}")).await.ok(200);
    read(&app, &eve, &format!("/{hidden}")).await.problem(404, "not_found");
    let renamed = json!({"title": "x"});
    change(&app, &eve, &open, &renamed).send().await.problem(403, "forbidden");
    delete(&app, &eve, &open).send().await.problem(403, "forbidden");
    for tag in ["\"v1\"", "\"v9\""] {
        change(&app, &eve, &hidden, &renamed).header("If-Match", tag).send().await.problem(404, "not_found");
        delete(&app, &eve, &hidden).header("If-Match", tag).send().await.problem(404, "not_found");
    }
    change(&app, &eve, &open, &json!({"owner": eve.id})).send().await.problem(403, "forbidden");
    change(&app, &ada, &open, &json!({"owner": eve.id})).send().await.problem(403, "forbidden");

    change(&app, &admin, &open, &json!({"owner": eve.id})).send().await.ok(200);
    change(&app, &eve, &open, &renamed).send().await.ok(200);
    change(&app, &ada, &open, &renamed).send().await.problem(403, "forbidden");
    delete(&app, &admin, &hidden).send().await.ok(204);
    delete(&app, &eve, &open).send().await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rule_only_administrators_may() {
    let (app, admin, ada, _) = scene().await;
    let mut closed = posts();
    closed["name"] = json!("closed");
    closed["rules"] = json!({"create": "\"writer\" in user.roles"});
    define(&app, &admin, &closed).send().await.ok(201);
    let request = |method: &str, rest: &str, person: &Person| {
        let request = app.request(method, &format!("/v1/collections/closed/records{rest}")).token(&person.token);
        if method == "GET" { request } else { request.json(&json!({"title": "A"})) }
    };
    request("POST", "", &ada).send().await.problem(403, "forbidden");
    request("GET", "", &ada).send().await.problem(403, "forbidden");
    let made = request("POST", "", &admin).send().await.ok(201).json();
    let one = format!("/{}", made["id"].as_str().unwrap());
    let after = app.head().await.to_string();
    request("GET", &one, &ada).header("Tidemark-After", &after).send().await.problem(404, "not_found");
    request("PATCH", &one, &ada).send().await.problem(404, "not_found");
    request("GET", &one, &admin).header("Tidemark-After", &after).send().await.ok(200);
    request("GET", "", &admin).send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_does_what_its_permissions_say_within_the_rules() {
    let (app, _, ada, _) = scene().await;
    let (_, reader) = api_key(&app, &ada, &["records:read:own"]).await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id})).await;
    let after = app.head().await.to_string();
    app.get(&format!("{RECORDS}/{id}")).token(&reader).header("Tidemark-After", after).send().await.ok(200);
    let write = app.request("POST", RECORDS).token(&reader).json(&json!({"title": "B"}));
    write.send().await.problem(403, "forbidden");
    app.get("/v1/collections").token(&reader).send().await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_sorted_and_paged() {
    let (app, _, ada, _) = scene().await;
    for n in 0..7 {
        let tags = if n % 2 == 0 { json!(["even"]) } else { json!(["odd"]) };
        let body = json!({"title": format!("t{n}"), "owner": ada.id, "rank": n, "tags": tags});
        created(&app, &ada, &body).await;
    }
    let find = async |filter: &str, rest: &str| titles(&app, &ada, &format!("?filter={}{rest}", encoded(filter))).await;
    assert_eq!(find("record.rank >= 5", "").await, ["t6", "t5"]);
    assert_eq!(find("\"even\" in record.tags && record.rank < 5", "&sort=created_at").await, ["t0", "t2", "t4"]);
    assert_eq!(find("record.title.startsWith(\"t3\")", "").await, ["t3"]);
    assert_eq!(find("record.created_by == user.id && record.created_at > now", "").await, Vec::<String>::new());
    assert_eq!(find("record.title == \"'; DROP TABLE records; --\"", "").await, Vec::<String>::new());

    let query = format!("?filter={}&sort=created_at", encoded("record.rank != 3"));
    let (mut rest, mut seen, mut pages) = (format!("{query}&limit=2"), vec![], 0);
    let mut last_cursor = String::new();
    loop {
        let answer = read(&app, &ada, &rest).await;
        let page = answer.ok(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["rank"].as_i64().unwrap()));
        pages += 1;
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        last_cursor = cursor.to_owned();
        let link = answer.header("link").unwrap();
        rest = link.split(['<', '>']).nth(1).unwrap().strip_prefix(RECORDS).unwrap().to_owned();
    }
    assert_eq!((seen, pages), (vec![0, 1, 2, 4, 5, 6], 3));
    for other in ["?".to_owned(), "?sort=created_at&".to_owned(), format!("?filter={}&", encoded("record.rank != 4"))] {
        read(&app, &ada, &format!("{other}cursor={last_cursor}")).await.problem(400, "cursor_mismatch");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_checked() {
    let (app, _, ada, _) = scene().await;
    for (query, name, code) in [
        ("?limit=0".to_owned(), "limit", "out_of_range"),
        ("?sort=tags".to_owned(), "sort", "unknown_sort"),
        ("?offset=3".to_owned(), "offset", "unknown_parameter"),
        (format!("?filter={}", encoded("record.stauts == 1")), "filter", "expression_unknown_field"),
        (format!("?filter={}", encoded("record.rank ==")), "filter", "expression_syntax"),
        (format!("?filter={}", encoded("record.rank == \"a\"")), "filter", "expression_type_mismatch"),
    ] {
        let problem = read(&app, &ada, &query).await.problem(400, "invalid_request");
        assert_eq!((&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]), (&json!(name), &json!(code)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_value_belongs_to_one_record() {
    let (app, _, ada, eve) = scene().await;
    let body = |slug: &str| json!({"title": "A", "owner": ada.id, "slug": slug});
    let app = Arc::new(app);
    let racing = (0..8).map(|_| create(&app, &ada, &body("one")).send());
    let answers = futures::future::join_all(racing).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(made.len(), 1);
    for answer in refused {
        let problem = answer.problem(409, "not_unique");
        assert_eq!(problem["errors"][0]["pointer"], json!("/slug"));
    }
    let one = made[0].json()["id"].as_str().unwrap().to_owned();
    let two = created(&app, &ada, &body("two")).await;
    let slug = |slug: &str| json!({ "slug": slug });
    change(&app, &ada, &two, &slug("one")).send().await.problem(409, "not_unique");
    change(&app, &ada, &two, &json!({"title": "B"})).send().await.ok(200);
    change(&app, &ada, &one, &slug("three")).send().await.ok(200);
    change(&app, &ada, &two, &slug("one")).send().await.ok(200);
    create(&app, &eve, &body("three")).send().await.problem(409, "not_unique");
    delete(&app, &ada, &one).send().await.ok(204);
    create(&app, &eve, &body("three")).send().await.ok(201);
    for _ in 0..2 {
        create(&app, &ada, &json!({"title": "without"})).send().await.ok(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_done_once() {
    let (app, _, ada, _) = scene().await;
    let body = json!({"title": "A", "owner": ada.id, "slug": "one"});
    let keyed = |request: Request| request.header("Idempotency-Key", "once").send();
    let first = keyed(create(&app, &ada, &body)).await;
    let again = keyed(create(&app, &ada, &body)).await;
    assert_eq!((first.ok(201).json(), first.header("location")), (again.ok(201).json(), again.header("location")));
    assert_eq!(first.header("tidemark-position"), again.header("tidemark-position"));
    keyed(create(&app, &ada, &json!({"title": "B"}))).await.problem(422, "idempotency_mismatch");

    let id = first.json()["id"].as_str().unwrap().to_owned();
    let patch = json!({"title": "B", "slug": "two"});
    let changed = keyed(change(&app, &ada, &id, &patch).header("If-Match", "\"v1\"")).await;
    let repeat = keyed(change(&app, &ada, &id, &patch).header("If-Match", "\"v1\"")).await;
    assert_eq!((changed.ok(200).json(), repeat.ok(200).header("etag")), (repeat.json(), Some("\"v2\"")));
    keyed(delete(&app, &ada, &id)).await.ok(204);
    keyed(delete(&app, &ada, &id)).await.ok(204);
    let happened = app.event_types().await.into_iter().filter(|name| name.starts_with("record."));
    assert_eq!(happened.collect::<Vec<_>>(), ["record.created", "record.changed", "record.deleted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_one_time_do_not_undo_each_other() {
    let (app, _, ada, _) = scene().await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id})).await;
    let patches = [json!({"rank": 1}), json!({"slug": "s"}), json!({"status": "open"}), json!({"tags": ["x"]})];
    let changing = patches.iter().map(|patch| change(&app, &ada, &id, patch).send());
    for answer in futures::future::join_all(changing).await {
        answer.ok(200);
    }
    let view = read(&app, &ada, &format!("/{id}")).await.ok(200).json();
    assert_eq!(view["version"], json!(5));
    for patch in &patches {
        for (name, value) in patch.as_object().unwrap() {
            assert_eq!(&view[name], value);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_definition_counts_at_once() {
    let (app, admin, ada, _) = scene().await;
    create(&app, &ada, &json!({"title": "A", "extra": 1})).send().await.problem(422, "validation_failed");
    let patch =
        json!({"schema": {"properties": {"extra": {"type": "integer"}}}, "rules": {"create": "record.extra > 0"}});
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&patch).send().await.ok(200);
    create(&app, &ada, &json!({"title": "A", "extra": 1})).send().await.ok(201);
    create(&app, &ada, &json!({"title": "A", "extra": 0})).send().await.problem(403, "forbidden");
}

/// Twice as many at a time as one statement reads, also while the connections are cut on which that is done.
#[tokio::test(flavor = "multi_thread")]
async fn records_that_many_ask_for_at_once_come_each_to_who_asked() {
    let (app, admin, ada, eve) = scene_with(|config| config.limits.cache_bytes = 0).await;
    let mut ids = vec![];
    for number in 0..16 {
        let status = if number % 2 == 0 { "open" } else { "closed" };
        let body = json!({"title": number.to_string(), "status": status, "owner": ada.id});
        ids.push(created(&app, &ada, &body).await);
    }
    read(&app, &admin, &format!("/{}", ids[15])).await.ok(200);
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
               AND application_name = 'tidemark records'";
    for round in 0..4 {
        let asked = (0..128).map(|number| {
            let (person, id) = (if number % 3 == 0 { &eve } else { &ada }, &ids[number % 16]);
            let request = app.get(&format!("{RECORDS}/{id}")).token(&person.token).send();
            async move { (number, request.await) }
        });
        let cutting = async {
            if round % 2 == 1 {
                app.database.connect().await.batch_execute(cut).await.unwrap();
            }
        };
        let (answers, ()) = tokio::join!(futures::future::join_all(asked), cutting);
        for (number, answer) in answers {
            if number % 3 == 0 && number % 2 == 1 {
                answer.problem(404, "not_found");
            } else {
                assert_eq!(answer.ok(200).json()["title"], (number % 16).to_string());
            }
        }
    }
}
