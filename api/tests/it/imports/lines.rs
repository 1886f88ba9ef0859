//! Each line becomes a record, as if it had come alone.

use serde_json::json;
use uuid::Uuid;

use super::{NDJSON, bring, came_to, happened, posts, put, shown, start, started, titled, view};
use crate::{
    client::Request,
    openapi::assert_documented,
    records::{read, scene},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_line_becomes_a_record_of_whoever_brings_it() {
    let (app, admin, ada, _) = scene().await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    let begun = start(&app, &ada, "posts", "ndjson").send().await;
    assert_documented(&document, "post", "/v1/collections/{name}/imports", &begun);
    let import = begun.ok(201).header("location").unwrap().to_owned();
    assert_eq!((begun.header("etag"), came_to(&begun.json())), (Some("\"v1\""), ("open", 0, 0)));
    let given = Uuid::now_v7();
    let content = format!(
        "{}\n\n{}\r\n{}",
        json!({"title": "one", "owner": ada.id, "slug": "a", "due": "2026-11-26T05:00:00+01:00"}),
        json!({"title": "two", "id": given, "version": 7, "created_at": "2020-01-01T00:00:00Z", "created_by": Uuid::nil()}),
        json!({"title": "three", "tags": ["ü", "\"\n"], "address": {"city": "Rome"}}),
    );
    let head = app.head().await;
    let done = put(&app, &ada, &import, &content).send().await;
    assert_documented(&document, "put", "/v1/imports/{id}/content", &done);
    let after = view(&done);
    assert_eq!(came_to(&after), ("finished", 3, 0));
    assert_eq!((&after["received_bytes"], &after["lines"]), (&json!(content.len()), &json!(3)));
    assert_eq!(
        (&after["collection"], &after["format"], &after["created_by"]),
        (&json!("posts"), &json!("ndjson"), &json!(ada.id))
    );
    assert_eq!(
        done.header("tidemark-position"),
        Some((head + 5).to_string().as_str()),
        "three records and two of the import"
    );
    let types = app.event_types().await.split_off(head as usize);
    assert_eq!(types, ["record.created", "record.created", "record.created", "import.advanced", "import.finished"]);

    let records = posts(&app, &admin).await;
    assert_eq!(titled(&records), ["one", "two", "three"], "in the order of lines");
    assert!(records.iter().all(|record| record["created_by"] == json!(ada.id) && record["version"] == json!(1)));
    assert_eq!((&records[0]["due"], &records[1]["id"]), (&json!("2026-11-26T04:00:00.000000Z"), &json!(given)));
    assert!(records[1]["created_at"].as_str().unwrap() > "2026", "what the server says of records is said anew");
    assert_eq!((&records[2]["tags"], &records[2]["address"]), (&json!(["ü", "\"\n"]), &json!({"city": "Rome"})));
    read(&app, &ada, &format!("/{}", records[0]["id"].as_str().unwrap())).await.ok(200);

    let shown_again = app.get(&import).token(&ada.token).header("If-None-Match", done.header("etag").unwrap());
    assert_eq!(shown_again.send().await.status, 304);
    let page = app.get("/v1/imports").token(&ada.token).header("Tidemark-After", (head + 5).to_string()).send().await;
    assert_documented(&document, "get", "/v1/imports", &page);
    assert_eq!(page.json()["items"], json!([after]), "the read model says what the log says");
    assert_documented(
        &document,
        "get",
        "/v1/imports/{id}/errors",
        &app.get(&format!("{import}/errors")).token(&ada.token).send().await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_lines_take_a_few_appends_and_defaults_are_filled_in() {
    let (app, admin, ada, _) = scene().await;
    let change = json!({"schema": {"properties": {"status": {"type": "string", "enum": ["open", "closed"], "default": "open"}}}});
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&change).send().await.ok(200);
    let lines: Vec<String> =
        (0..1_700).map(|number| json!({"title": format!("t{number}"), "rank": number}).to_string()).collect();
    let import = started(&app, &ada, "ndjson").await;
    let done = put(&app, &ada, &import, &(lines.join("\n") + "\n")).send().await;
    assert_eq!(came_to(&view(&done)), ("finished", 1_700, 0));
    assert!(happened(&app, "import.advanced").await <= 8, "by the hundred");
    let records = posts(&app, &admin).await;
    let ranks: Vec<u64> = records.iter().map(|record| record["rank"].as_u64().unwrap()).collect();
    assert_eq!(ranks, (0..1_700).collect::<Vec<_>>(), "each once, in the order of lines");
    assert!(records.iter().all(|record| record["status"] == json!("open")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_content_finishes_an_import() {
    let (app, _, ada, _) = scene().await;
    for content in ["", "\n\n"] {
        let import = started(&app, &ada, "ndjson").await;
        assert_eq!(came_to(&view(&put(&app, &ada, &import, content).send().await)), ("finished", 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_announced_is_taken() {
    let (app, _, ada, _) = scene().await;
    let import = started(&app, &ada, "ndjson").await;
    for (content_type, header) in
        [("application/json", None), ("text/csv", None), (NDJSON, Some(("Content-Encoding", "gzip")))]
    {
        let request = bring(&app, &ada, &import, content_type, "{\"title\":\"a\"}\n");
        let request = header.map_or(request.clone(), |(name, value)| request.header(name, value));
        request.send().await.problem(415, "unsupported_media_type");
    }
    for (name, value) in [("Upload-Offset", "-1"), ("Upload-Offset", "x"), ("Upload-Complete", "no")] {
        let answer = put(&app, &ada, &import, "{}").header(name, value).send().await;
        assert_eq!(answer.problem(400, "invalid_request")["errors"][0]["header"], json!(name.to_lowercase()));
    }
    let start = |body: serde_json::Value| -> Request {
        app.request("POST", "/v1/collections/posts/imports").token(&ada.token).json(&body)
    };
    start(json!({"format": "xml"})).send().await.problem(422, "validation_failed");
    start(json!({})).send().await.problem(422, "validation_failed");
    let elsewhere = app.request("POST", "/v1/collections/nothing/imports").token(&ada.token);
    elsewhere.json(&json!({"format": "csv"})).send().await.problem(404, "not_found");
    assert_eq!(came_to(&shown(&app, &ada, &import).await), ("open", 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_start_makes_one_import() {
    let (app, _, ada, _) = scene().await;
    let keyed = || start(&app, &ada, "posts", "csv").header("Idempotency-Key", "once").send();
    let (first, again) = (keyed().await, keyed().await);
    assert_eq!((first.ok(201).json(), first.header("location")), (again.ok(201).json(), again.header("location")));
    assert_eq!(happened(&app, "import.started").await, 1);
}
