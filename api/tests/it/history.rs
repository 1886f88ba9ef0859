//! What records were: listed, shown as of a moment, compared, restored.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
    records::{RECORDS, change, create, created, delete, read, scene},
};

fn get(app: &TestApp, person: &Person, rest: &str) -> Request {
    app.get(&format!("{RECORDS}/{rest}")).token(&person.token)
}

fn restore(app: &TestApp, person: &Person, id: &str, body: &Value) -> Request {
    app.request("POST", &format!("{RECORDS}/{id}/restore")).token(&person.token).json(body)
}

async fn set(app: &TestApp, admin: &Person, patch: Value) {
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&patch).send().await.ok(200);
}

/// Version and kind of change.
fn versions(answer: &Answer) -> Vec<(i64, String)> {
    let page = answer.ok(200).json();
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| (item["version"].as_i64().unwrap(), item["change"].as_str().unwrap().to_owned())).collect()
}

fn listed(expected: &[(i64, &str)]) -> Vec<(i64, String)> {
    expected.iter().map(|(version, change)| (*version, (*change).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_is_listed_with_who_made_it_and_when() {
    let (app, admin, ada, eve) = scene().await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id})).await;
    let changed = change(&app, &admin, &id, &json!({"title": "B"})).send().await.ok(200).json();
    delete(&app, &ada, &id).send().await.ok(204);
    restore(&app, &ada, &id, &json!({})).send().await.ok(200);
    let all = get(&app, &ada, &format!("{id}/history")).send().await;
    assert_eq!(versions(&all), listed(&[(4, "restored"), (3, "deleted"), (2, "changed"), (1, "created")]));
    let items = all.json()["items"].clone();
    assert_eq!((&items[2]["by"], &items[2]["at"]), (&json!(admin.id), &changed["updated_at"]));
    assert_eq!(items[2]["record"], changed);
    assert_eq!((&items[1]["record"], &items[3]["record"]["title"]), (&json!(null), &json!("A")));
    assert_eq!(all.header("tidemark-position"), Some(app.head().await.to_string().as_str()));

    let (mut rest, mut seen) = (format!("{id}/history?limit=3"), vec![]);
    loop {
        let answer = get(&app, &ada, &rest).send().await;
        seen.extend(versions(&answer));
        let Some(link) = answer.header("link") else { break };
        rest = link.split(['<', '>']).nth(1).unwrap().strip_prefix(&format!("{RECORDS}/")).unwrap().to_owned();
    }
    assert_eq!(seen, versions(&all));
    get(&app, &eve, &format!("{id}/history")).send().await.problem(404, "not_found");
    get(&app, &ada, &format!("{}/history", Uuid::now_v7())).send().await.problem(404, "not_found");
    get(&app, &ada, &format!("{id}/history?limit=0")).send().await.problem(400, "invalid_request");
    get(&app, &ada, &format!("{id}/history?cursor=AAAA")).send().await.problem(400, "cursor_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_shown_as_it_was_at_a_version_or_a_time() {
    let (app, _, ada, _) = scene().await;
    let first = create(&app, &ada, &json!({"title": "A", "owner": ada.id})).send().await.ok(201).json();
    let id = first["id"].as_str().unwrap().to_owned();
    let second = change(&app, &ada, &id, &json!({"title": "B"})).send().await.ok(200).json();
    delete(&app, &ada, &id).send().await.ok(204);
    let at = async |moment: &str| get(&app, &ada, &format!("{id}?at={moment}")).send().await;
    let shown = at("1").await;
    assert_eq!((shown.ok(200).json(), shown.header("etag")), (first.clone(), Some("\"v1\"")));
    assert_eq!(at("2").await.ok(200).json(), second);
    assert_eq!(at(first["updated_at"].as_str().unwrap()).await.ok(200).json(), first);
    assert_eq!(at(second["updated_at"].as_str().unwrap()).await.ok(200).json(), second);
    for moment in ["3", "4", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
        at(moment).await.problem(404, "not_found");
    }
    for moment in ["yesterday", "v1", ""] {
        at(moment).await.problem(400, "invalid_request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_versions_are_compared() {
    let (app, _, ada, eve) = scene().await;
    let body = json!({"title": "A", "owner": ada.id, "rank": 1, "address": {"city": "Rome"}, "tags": ["x"]});
    let id = created(&app, &ada, &body).await;
    let patch = json!({"title": "B", "rank": null, "address": {"city": "Oslo"}, "tags": ["x", "y"]});
    change(&app, &ada, &id, &patch).send().await.ok(200);
    delete(&app, &ada, &id).send().await.ok(204);
    let diff = |person: &Person, query: &str| get(&app, person, &format!("{id}/history/diff{query}")).send();
    let found = diff(&ada, "?from=1&to=2").await.ok(200).json();
    let changed = json!(["/address/city", "/rank", "/tags", "/title"]);
    assert_eq!(found, json!({"from": 1, "to": 2, "patch": patch, "changed": changed}));
    let back = diff(&ada, "?from=2&to=1").await.ok(200).json();
    assert_eq!((&back["patch"]["rank"], &back["changed"]), (&json!(1), &changed));
    assert_eq!(diff(&ada, "?from=2&to=2").await.ok(200).json()["changed"], json!([]));
    diff(&eve, "?from=1&to=2").await.problem(404, "not_found");
    for (query, parameter, code) in [
        ("?from=1&to=3", "to", "unknown_version"),
        ("?from=9&to=1", "from", "unknown_version"),
        ("?to=1", "from", "malformed"),
        ("?from=0&to=1", "from", "malformed"),
    ] {
        let problem = diff(&ada, query).await.problem(400, "invalid_request");
        assert_eq!(
            (&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]),
            (&json!(parameter), &json!(code))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_record_comes_back_and_an_older_content_too() {
    let (app, _, ada, eve) = scene().await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id, "slug": "s"})).await;
    change(&app, &ada, &id, &json!({"title": "B", "status": "open"})).send().await.ok(200);
    restore(&app, &ada, &id, &json!({})).send().await.problem(409, "not_deleted");
    restore(&app, &eve, &id, &json!({"version": 1})).send().await.problem(422, "validation_failed");
    let older = restore(&app, &ada, &id, &json!({"version": 1})).header("If-Match", "\"v2\"").send().await;
    let view = older.ok(200).json();
    assert_eq!((older.header("etag"), &view["title"], view.get("status")), (Some("\"v3\""), &json!("A"), None));
    restore(&app, &ada, &id, &json!({"version": 2}))
        .header("If-Match", "\"v2\"")
        .send()
        .await
        .problem(412, "version_mismatch");
    for version in [0, 4, 99] {
        let problem =
            restore(&app, &ada, &id, &json!({ "version": version })).send().await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], json!("unknown_version"));
    }

    delete(&app, &ada, &id).send().await.ok(204);
    restore(&app, &eve, &id, &json!({})).send().await.problem(404, "not_found");
    let keyed = || restore(&app, &ada, &id, &json!({})).header("Idempotency-Key", "back").send();
    let (first, again) = (keyed().await, keyed().await);
    assert_eq!((first.ok(200).json(), first.header("etag")), (again.ok(200).json(), Some("\"v5\"")));
    assert_eq!(read(&app, &ada, &format!("/{id}")).await.ok(200).json(), first.json(), "the read model has it again");
    assert_eq!((&first.json()["created_at"], &first.json()["title"]), (&view["created_at"], &json!("A")));

    delete(&app, &ada, &id).send().await.ok(204);
    created(&app, &ada, &json!({"title": "C", "owner": ada.id, "slug": "s"})).await;
    restore(&app, &ada, &id, &json!({})).send().await.problem(409, "not_unique");
    restore(&app, &ada, &id, &json!({"version": 2})).send().await.problem(409, "not_unique");
    restore(&app, &ada, &Uuid::now_v7().to_string(), &json!({})).send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_now_count_for_what_is_restored() {
    let (app, admin, ada, _) = scene().await;
    let id = created(&app, &ada, &json!({"title": "A", "owner": ada.id})).await;
    delete(&app, &ada, &id).send().await.ok(204);
    set(&app, &admin, json!({"rules": {"update": "record.rank > 3"}})).await;
    restore(&app, &ada, &id, &json!({})).send().await.problem(403, "forbidden");
    restore(&app, &admin, &id, &json!({})).send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_versions_that_the_rule_lets_see_are_shown() {
    let (app, _, ada, eve) = scene().await;
    let id = created(&app, &ada, &json!({"title": "hidden", "owner": ada.id})).await;
    change(&app, &ada, &id, &json!({"title": "open", "status": "open"})).send().await.ok(200);
    assert_eq!(versions(&get(&app, &eve, &format!("{id}/history")).send().await), listed(&[(2, "changed")]));
    assert_eq!(
        versions(&get(&app, &ada, &format!("{id}/history")).send().await),
        listed(&[(2, "changed"), (1, "created")])
    );
    get(&app, &eve, &format!("{id}?at=1")).send().await.problem(404, "not_found");
    get(&app, &eve, &format!("{id}?at=2")).send().await.ok(200);
    get(&app, &eve, &format!("{id}/history/diff?from=1&to=2")).send().await.problem(400, "invalid_request");
    change(&app, &ada, &id, &json!({"status": "closed"})).send().await.ok(200);
    get(&app, &eve, &format!("{id}/history")).send().await.problem(404, "not_found");
    get(&app, &eve, &format!("{id}?at=2")).send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_says_how_much_history_is_shown() {
    let (app, admin, ada, _) = scene().await;
    let id = created(&app, &ada, &json!({"title": "0", "owner": ada.id})).await;
    for title in ["1", "2", "3"] {
        change(&app, &ada, &id, &json!({ "title": title })).send().await.ok(200);
    }
    set(&app, &admin, json!({"history": {"versions": 2}})).await;
    let all = get(&app, &ada, &format!("{id}/history")).send().await;
    assert_eq!(versions(&all), listed(&[(4, "changed"), (3, "changed")]));
    assert_eq!(all.json()["next_cursor"], json!(null));
    get(&app, &ada, &format!("{id}?at=2")).send().await.problem(404, "not_found");
    get(&app, &ada, &format!("{id}?at=3")).send().await.ok(200);
    restore(&app, &ada, &id, &json!({"version": 1})).send().await.problem(422, "validation_failed");
    let page = get(&app, &ada, &format!("{id}/history?limit=1")).send().await.ok(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = get(&app, &ada, &format!("{id}/history?limit=1&cursor={cursor}")).send().await;
    assert_eq!((versions(&rest), &rest.json()["next_cursor"]), (listed(&[(3, "changed")]), &json!(null)));

    delete(&app, &ada, &id).send().await.ok(204);
    restore(&app, &ada, &id, &json!({})).send().await.ok(200);
    set(&app, &admin, json!({"history": {"versions": 1}})).await;
    delete(&app, &ada, &id).send().await.ok(204);
    restore(&app, &ada, &id, &json!({})).send().await.problem(404, "not_found");
    set(&app, &admin, json!({"history": {"days": 1}})).await;
    assert_eq!(versions(&get(&app, &ada, &format!("{id}/history")).send().await).len(), 7);
    set(&app, &admin, json!({"history": null})).await;
    restore(&app, &ada, &id, &json!({})).send().await.ok(200);
    let wrong = json!({"history": {"versions": 0}});
    let problem = app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&wrong).send().await;
    assert_eq!(problem.problem(422, "validation_failed")["errors"][0]["pointer"], json!("/history/versions"));
}
