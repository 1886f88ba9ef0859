//! Lists of records: sorted, searched, narrowed, counted, and stopped when they take too long.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
    collections::define,
};

const RECORDS: &str = "/v1/collections/notes/records";

fn notes() -> Value {
    json!({
        "name": "notes",
        "schema": {"type": "object", "properties": {
            "title": {"type": "string", "maxLength": 50}, "body": {"type": "string"}, "rank": {"type": "integer"},
            "done": {"type": "boolean"}, "tags": {"type": "array", "items": {"type": "string"}},
        }},
        "indexed": ["rank", ["done", "-rank"]],
        "searchable": ["title", "body"],
        "language": "english",
        "rules": {"list": "record.done != true", "view": "true", "create": "true", "update": "true"},
    })
}

async fn scene_with(change: impl FnOnce(&mut bootstrap::Config)) -> (TestApp, Person, Person) {
    let app = TestApp::start_with(change).await;
    let (admin, ada) = (app.admin("admin@example.org").await, app.person("ada@example.org").await);
    define(&app, &admin, &notes()).send().await.ok(201);
    (app, admin, ada)
}

async fn scene() -> (TestApp, Person, Person) {
    scene_with(|_| ()).await
}

async fn created(app: &TestApp, person: &Person, body: &Value) {
    app.request("POST", RECORDS).token(&person.token).json(body).send().await.ok(201);
}

async fn read(app: &TestApp, person: &Person, query: &str) -> Answer {
    let after = app.head().await.to_string();
    app.get(&format!("{RECORDS}{query}")).token(&person.token).header("Tidemark-After", after).send().await
}

async fn search(app: &TestApp, person: &Person, body: &Value) -> Answer {
    let after = app.head().await.to_string();
    let request: Request = app.request("POST", &format!("{RECORDS}/search")).token(&person.token).json(body);
    request.header("Tidemark-After", after).send().await
}

fn titles(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

async fn some_notes(app: &TestApp, person: &Person) {
    for (title, rank) in [("a", json!(2)), ("b", Value::Null), ("c", json!(1)), ("d", json!(2)), ("e", Value::Null)] {
        let mut body = json!({ "title": title });
        if !rank.is_null() {
            body["rank"] = rank;
        }
        created(app, person, &body).await;
    }
    created(app, person, &json!({"title": "hidden", "done": true, "rank": 9})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_sorted_by_several_fields_in_both_directions() {
    let (app, admin, ada) = scene().await;
    some_notes(&app, &ada).await;
    for (sort, expected) in [
        ("", vec!["e", "d", "c", "b", "a"]),
        ("?sort=created_at", vec!["a", "b", "c", "d", "e"]),
        ("?sort=rank", vec!["b", "e", "c", "a", "d"]),
        ("?sort=-rank", vec!["d", "a", "c", "e", "b"]),
        ("?sort=-rank,title", vec!["a", "d", "c", "b", "e"]),
        ("?sort=rank,-title,id", vec!["e", "b", "c", "d", "a"]),
        ("?sort=body,-title", vec!["e", "d", "c", "b", "a"]),
        ("?sort=id", vec!["a", "b", "c", "d", "e"]),
    ] {
        assert_eq!(titles(&read(&app, &ada, sort).await.ok(200).json()), expected, "{sort}");
        // The same in pages.
        let mut rest = format!("{}limit=2", if sort.is_empty() { "?".to_owned() } else { format!("{sort}&") });
        let mut seen: Vec<String> = vec![];
        loop {
            let answer = read(&app, &ada, &rest).await;
            let page = answer.ok(200).json();
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            if page["next_cursor"].is_null() {
                break;
            }
            let link = answer.header("link").unwrap();
            rest = link.split(['<', '>']).nth(1).unwrap().strip_prefix(RECORDS).unwrap().to_owned();
        }
        assert_eq!(seen, expected, "{sort} in pages");
    }
    assert_eq!(titles(&read(&app, &admin, "?sort=-rank&limit=1").await.ok(200).json()), ["hidden"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_the_members_that_are_asked_for() {
    let (app, _, ada) = scene().await;
    created(&app, &ada, &json!({"title": "a \"b\" \\ ä", "rank": 1, "tags": ["x", "y"]})).await;
    let page = read(&app, &ada, "?fields=title,tags,version,body").await.ok(200).json();
    let item = &page["items"][0];
    assert_eq!(item["title"], json!("a \"b\" \\ ä"));
    assert_eq!((&item["tags"], &item["version"]), (&json!(["x", "y"]), &json!(1)));
    let mut members: Vec<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["id", "tags", "title", "version"], "what a record does not have is not shown");
    let whole = read(&app, &ada, "").await.ok(200).json();
    let id = whole["items"][0]["id"].as_str().unwrap();
    let shown = read(&app, &ada, &format!("/{id}")).await.ok(200).json();
    assert_eq!(whole["items"][0], shown);
    assert_eq!(read(&app, &ada, "?fields=id").await.ok(200).json()["items"][0], json!({ "id": id }));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_and_the_best_come_first() {
    let (app, admin, ada) = scene().await;
    for (title, body) in [("Tides", "about the deep sea"), ("Seas", "and tides"), ("Marks", "no such words")] {
        created(&app, &ada, &json!({"title": title, "body": body})).await;
    }
    created(&app, &ada, &json!({"title": "A hidden sea", "done": true})).await;
    let found = async |query: &str| {
        let page = read(&app, &ada, query).await.ok(200).json();
        titles(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(found("?search=sea").await, ["Seas", "Tides"]);
    assert_eq!(found("?search=tide").await, ["Tides", "Seas"]);
    assert_eq!(found("?search=tide%20-deep").await, ["Seas"]);
    assert_eq!(found("?search=tide&sort=title").await, ["Seas", "Tides"]);
    assert_eq!(found("?search=sea&filter=record.title%20%21%3D%20%22Seas%22").await, ["Tides"]);
    assert_eq!(found("?search=nothing").await, Vec::<String>::new());
    assert_eq!(titles(&read(&app, &admin, "?search=hidden").await.ok(200).json()), ["A hidden sea"]);
    let first = read(&app, &ada, "?search=tide&limit=1").await.ok(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(found(&format!("?search=tide&limit=1&cursor={cursor}")).await, ["Seas"]);
    read(&app, &ada, &format!("?search=sea&cursor={cursor}")).await.problem(400, "cursor_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_counted_when_that_is_asked_for() {
    let (app, admin, ada) = scene().await;
    some_notes(&app, &ada).await;
    let page = read(&app, &ada, "?limit=2&total=exact").await.ok(200).json();
    assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (2, &json!(5)));
    assert_eq!(read(&app, &admin, "?total=exact").await.ok(200).json()["total"], json!(6));
    let filter = "?total=exact&filter=record.rank%20%3D%3D%202";
    assert_eq!(read(&app, &ada, filter).await.ok(200).json()["total"], json!(2));
    assert_eq!(read(&app, &ada, "?total=exact&filter=false").await.ok(200).json()["total"], json!(0));
    assert!(read(&app, &ada, "?limit=2").await.ok(200).json().get("total").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_can_be_asked_for_by_a_body() {
    let (app, _, ada) = scene().await;
    some_notes(&app, &ada).await;
    let body = json!({"filter": "has(record.rank)", "sort": ["-rank", "title"], "fields": ["title"], "limit": 2, "total": "exact"});
    let answer = search(&app, &ada, &body).await;
    let page = answer.ok(200).json();
    assert_eq!((titles(&page), &page["total"], answer.header("link")), (vec!["a", "d"], &json!(3), None));
    let mut next = body.clone();
    next["cursor"] = page["next_cursor"].clone();
    let last = search(&app, &ada, &next).await.ok(200).json();
    assert_eq!((titles(&last), &last["next_cursor"]), (vec!["c"], &Value::Null));
    // A cursor leads on wherever the same is asked for.
    let cursor = page["next_cursor"].as_str().unwrap();
    let query = format!("?filter=has(record.rank)&sort=-rank,title&fields=title&total=exact&limit=2&cursor={cursor}");
    assert_eq!(titles(&read(&app, &ada, &query).await.ok(200).json()), ["c"]);
    assert_eq!(titles(&search(&app, &ada, &json!({})).await.ok(200).json()), ["e", "d", "c", "b", "a"]);

    for (body, pointer, code) in [
        (json!({"filter": "record.rnk == 1"}), "/filter", "expression_unknown_field"),
        (json!({"sort": ["rnk"]}), "/sort", "unknown_sort"),
        (json!({"limit": 0}), "/limit", "out_of_range"),
        (json!({"total": "roughly"}), "/total", "unknown_value"),
        (json!({"search": ""}), "/search", "out_of_range"),
        (json!({"offset": 3}), "/offset", "unknown_field"),
    ] {
        let problem = search(&app, &ada, &body).await.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_list_cannot_do_is_told() {
    let (app, admin, ada) = scene().await;
    let mut plain = notes();
    plain["name"] = json!("plain");
    plain["searchable"] = json!([]);
    define(&app, &admin, &plain).send().await.ok(201);
    let many = format!("?fields={}", (0..51).map(|n| format!("f{n}")).collect::<Vec<_>>().join(","));
    let long = format!("?search={}", "a".repeat(501));
    for (query, name, code) in [
        ("?sort=tags", "sort", "unknown_sort"),
        ("?sort=version", "sort", "unknown_sort"),
        ("?sort=", "sort", "unknown_sort"),
        ("?sort=rank,-rank", "sort", "repeated"),
        ("?sort=rank,title,body,done,id", "sort", "too_many"),
        ("?fields=title,nothing", "fields", "unknown_field"),
        (many.as_str(), "fields", "too_many"),
        (long.as_str(), "search", "out_of_range"),
        ("?search=%20", "search", "out_of_range"),
        ("?total=yes", "total", "unknown_value"),
    ] {
        let problem = read(&app, &ada, query).await.problem(400, "invalid_request");
        assert_eq!((&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]), (&json!(name), &json!(code)));
    }
    let problem = app.get("/v1/collections/plain/records?search=a").token(&ada.token).send().await;
    assert_eq!(problem.problem(400, "invalid_request")["errors"][0]["code"], json!("not_searchable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_takes_too_long_is_stopped() {
    let (app, _, ada) = scene_with(|config| config.limits.list_time = Duration::from_secs(2)).await;
    created(&app, &ada, &json!({"title": "a"})).await;
    read(&app, &ada, "").await.ok(200);
    // Whatever the database works on: here it waits.
    let mut conn = app.database.connect().await;
    conn.batch_execute("BEGIN; LOCK TABLE records IN ACCESS EXCLUSIVE MODE").await.unwrap();
    app.get(RECORDS).token(&ada.token).send().await.problem(422, "query_too_expensive");
    conn.batch_execute("COMMIT").await.unwrap();
    read(&app, &ada, "").await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_count_as_they_are_when_a_list_is_read() {
    let (app, admin, ada) = scene().await;
    some_notes(&app, &ada).await;
    let id = read(&app, &ada, "").await.ok(200).json()["items"][0]["id"].as_str().unwrap().to_owned();
    for rule in ["record.title == \"a\"", "record.rank == 1", "false", "true"] {
        // Read right after the change, and by what the process remembered of before.
        let patch = json!({"rules": {"list": rule, "view": rule}});
        app.request("PATCH", "/v1/collections/notes").token(&admin.token).json(&patch).send().await.ok(200);
        let page = app.get(RECORDS).token(&ada.token).send().await;
        let shown = app.get(&format!("{RECORDS}/{id}")).token(&ada.token).send().await;
        match rule {
            "false" => {
                page.problem(403, "forbidden");
            }
            "true" => assert_eq!(titles(&page.ok(200).json()).len(), 6),
            _ => assert_eq!(titles(&page.ok(200).json()).len(), 1, "{rule}"),
        }
        assert_eq!(shown.status, if rule == "true" { 200 } else { 404 }, "{rule}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_the_caller_has_is_not_sent_again() {
    let (app, _, ada) = scene().await;
    some_notes(&app, &ada).await;
    for query in
        ["?sort=rank&limit=2", "?filter=record.rank%20%3E%201%20%26%26%20now%20%3E%20timestamp('2020-01-01T00:00:00Z')"]
    {
        let first = read(&app, &ada, query).await;
        let tag = first.header("etag").unwrap().to_owned();
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        let again = async |tag: &str| {
            let after = app.head().await.to_string();
            let request = app.get(&format!("{RECORDS}{query}")).token(&ada.token).header("Tidemark-After", after);
            request.header("If-None-Match", tag).send().await
        };
        let same = again(&tag).await;
        assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, Some(tag.as_str())));
        assert_eq!(again("\"other\"").await.status, 200);
        let id = first.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let change = app.request("PATCH", &format!("{RECORDS}/{id}")).token(&ada.token);
        change.json(&json!({"body": query})).send().await.ok(200);
        let changed = again(&tag).await;
        assert_eq!(changed.status, 200, "what is shown has changed");
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
    }
}
