//! Records that go out as a stream, and come in again as they were.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
    collections::define,
    imports::{bring, came_to, put, shown, start, started},
    records::{create, created, scene},
};

const EXPORT: &str = "/v1/collections/posts/export";

async fn export(app: &TestApp, person: &Person, query: &str) -> Answer {
    export_of(app, person, &format!("{EXPORT}{query}")).await
}

pub(crate) async fn export_of(app: &TestApp, person: &Person, target: &str) -> Answer {
    let after = app.head().await.to_string();
    let mut answer = app.get(target).token(&person.token).header("Tidemark-After", after).send().await;
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = unchunked(&answer.body).expect("a whole export");
    }
    answer
}

/// `None` where the end is missing.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = vec![];
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(end + 2..end + 2 + length)?);
        body = body.get(end + 4 + length..)?;
    }
}

pub(crate) fn lines(answer: &Answer) -> Vec<Value> {
    let text = std::str::from_utf8(&answer.body).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_what_the_list_shows_from_the_oldest_on() {
    let (app, admin, ada, eve) = scene().await;
    for (person, title, status) in
        [(&ada, "a", "open"), (&ada, "b", "closed"), (&eve, "c", "open"), (&eve, "d", "closed")]
    {
        create(&app, person, &json!({"title": title, "status": status, "owner": person.id})).send().await.ok(201);
    }
    let titles = |answer: &Answer| -> Vec<String> {
        lines(answer).iter().map(|line| line["title"].as_str().unwrap().to_owned()).collect()
    };
    let all = export(&app, &admin, "").await;
    assert_eq!(titles(all.ok(200)), ["a", "b", "c", "d"]);
    assert_eq!(all.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(all.header("content-disposition"), Some("attachment; filename=\"posts.ndjson\""));
    assert_eq!(all.header("tidemark-position"), Some(app.head().await.to_string().as_str()));
    let target = format!("/v1/collections/posts/records/{}", lines(&all)[0]["id"].as_str().unwrap());
    assert_eq!(lines(&all)[0], app.get(&target).token(&admin.token).send().await.ok(200).json());
    assert_eq!(titles(&export(&app, &ada, "").await), ["a", "b", "c"], "her own, and those that are open");
    assert_eq!(titles(&export(&app, &ada, "?filter=record.title%20%3E%20%22a%22").await), ["b", "c"]);
    let few = export(&app, &ada, "?fields=title,status").await;
    assert_eq!(lines(&few)[1].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "status", "title"]);

    let table = export(&app, &ada, "?format=csv&fields=title,status").await;
    assert_eq!(table.ok(200).header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(table.header("content-disposition"), Some("attachment; filename=\"posts.csv\""));
    let text = String::from_utf8(table.body.clone()).unwrap();
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!((rows[0], rows.len(), rows[2].ends_with(",closed,b")), ("id,status,title", 4, true), "{text}");
    let head = app.request("HEAD", EXPORT).token(&ada.token).send().await;
    assert_eq!((head.ok(200).header("content-type"), head.body.len()), (Some("application/x-ndjson"), 0));

    for (query, parameter) in [
        ("?format=xml", "format"),
        ("?filter=record.stauts%20%3D%3D%201", "filter"),
        ("?fields=tilte", "fields"),
        ("?limit=5", "limit"),
        ("?sort=title", "sort"),
    ] {
        let problem = export(&app, &ada, query).await.problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["parameter"], json!(parameter));
    }
    app.get("/v1/collections/nothing/export").token(&ada.token).send().await.problem(404, "not_found");
    let closed = json!({"rules": {"list": null}});
    app.request("PATCH", "/v1/collections/posts").token(&admin.token).json(&closed).send().await.ok(200);
    export(&app, &ada, "").await.problem(403, "forbidden");
    assert_eq!(titles(&export(&app, &admin, "").await).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_nothing_is_a_whole_one() {
    let (app, _, ada, _) = scene().await;
    assert_eq!(export(&app, &ada, "").await.ok(200).body, b"");
    let table = export(&app, &ada, "?format=csv").await;
    let text = String::from_utf8(table.ok(200).body.clone()).unwrap();
    assert_eq!(text, "id,version,created_at,updated_at,created_by,address,due,owner,rank,slug,status,tags,title\r\n");
}

/// Everything that may go wrong on the way.
fn odd() -> Vec<Value> {
    vec![
        json!({"title": "plain"}),
        json!({"title": "ünïcödé 🌊", "tags": ["a,b", "c\"d", "e\r\nf"], "rank": 9_007_199_254_740_991_i64}),
        json!({"title": "=1+1", "slug": ""}),
        json!({"title": "'tis", "slug": "'=x"}),
        json!({"title": "\\N", "owner": null}),
        json!({"title": "a\r\nb,\"c\"", "address": {"city": "", "else": [1, {"x": null}]}, "tags": []}),
        json!({"title": " spaces ", "due": "2026-11-26T05:00:00.5+02:00"}),
        json!({"title": "-5", "slug": "+1", "rank": 0}),
        json!({"title": "null", "slug": "true"}),
        json!({"title": "7", "slug": "\t"}),
        json!({"title": "\u{feff}mark"}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_exported_comes_in_again_as_it_was() {
    let (app, _, ada, _) = scene().await;
    let import = started(&app, &ada, "ndjson").await;
    let opened = |mut line: Value| {
        line["status"] = json!("open");
        line.to_string() + "\n"
    };
    let content: String = odd().into_iter().map(opened).collect();
    put(&app, &ada, &import, &content).send().await.ok(200);
    assert_eq!(came_to(&shown(&app, &ada, &import).await), ("finished", odd().len() as u64, 0));
    let before = export(&app, &ada, "").await;
    for (format, content_type) in [("ndjson", "application/x-ndjson"), ("csv", "text/csv")] {
        let exported = export(&app, &ada, &format!("?format={format}")).await;
        let content = String::from_utf8(exported.body).unwrap();
        // Another installation, in which nothing of it was ever.
        let (other, _, eve, _) = scene().await;
        let import = started(&other, &eve, format).await;
        bring(&other, &eve, &import, content_type, &content).send().await.ok(200);
        assert_eq!(came_to(&shown(&other, &eve, &import).await), ("finished", odd().len() as u64, 0), "{format}");
        let mut after = lines(&export(&other, &eve, "").await);
        let mut before = lines(&before);
        for records in [&mut before, &mut after] {
            for record in records.iter_mut() {
                let record = record.as_object_mut().unwrap();
                for name in ["created_at", "updated_at", "created_by"] {
                    record.remove(name).unwrap();
                }
            }
            records.sort_by_key(|record| record["id"].to_string());
        }
        assert_eq!(before, after, "{format}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_records_come_page_by_page_each_once_while_others_are_added() {
    let (app, admin, ada, _) = scene().await;
    let import = started(&app, &ada, "ndjson").await;
    let content: String = (0..2_500).map(|number| json!({"title": "t", "rank": number}).to_string() + "\n").collect();
    put(&app, &ada, &import, &content).send().await.ok(200);
    let exporting = export(&app, &admin, "");
    let adding = async {
        for number in 2_500..2_510 {
            created(&app, &ada, &json!({"title": "late", "rank": number})).await;
        }
    };
    let (exported, ()) = tokio::join!(exporting, adding);
    let ranks: Vec<u64> = lines(exported.ok(200)).iter().map(|line| line["rank"].as_u64().unwrap()).collect();
    assert!(ranks.len() >= 2_500 && ranks.is_sorted(), "{}", ranks.len());
    assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "none twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_frees_the_place_and_who_loses_the_right_gets_no_whole_export() {
    let (app, admin, ada, _) = scene().await;
    let long = json!({"name": "long", "schema": {"type": "object", "properties": {"text": {"type": "string"}}},
                      "rules": {"list": "true", "create": "true"}});
    define(&app, &admin, &long).send().await.ok(201);
    let begun = start(&app, &ada, "long", "ndjson").send().await;
    let import = begun.ok(201).header("location").unwrap().to_owned();
    let content = (json!({"text": "x".repeat(20_000)}).to_string() + "\n").repeat(1_500);
    put(&app, &ada, &import, &content).send().await.ok(200);
    let target = "/v1/collections/long/export";
    // More than there are places for.
    for _ in 0..20 {
        let mut stream = begin(&app, &ada, target).await;
        let mut some = [0; 1_000];
        stream.read_exact(&mut some).await.unwrap();
        assert!(some.starts_with(b"HTTP/1.1 200") || some.starts_with(b"HTTP/1.1 503"));
    }
    crate::app::eventually("a free place", async || {
        let answer = app.request("HEAD", target).token(&ada.token).send().await;
        (answer.status == 200).then_some(())
    })
    .await;
    let whole = export_of(&app, &ada, target).await;
    assert_eq!(lines(&whole).len(), 1_500);

    let mut stream = begin(&app, &ada, target).await;
    let mut body = vec![0; 1_000];
    stream.read_exact(&mut body).await.unwrap();
    let closed = json!({"rules": {"list": null}});
    app.request("PATCH", "/v1/collections/long").token(&admin.token).json(&closed).send().await.ok(200);
    drop(stream.read_to_end(&mut body).await);
    let end = body.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    assert!(unchunked(&body[end..]).is_none(), "it is cut off in the middle");
}

async fn begin(app: &TestApp, person: &Person, target: &str) -> TcpStream {
    let after = app.head().await.to_string();
    let request: Request = app.get(target).token(&person.token).header("Tidemark-After", after);
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(&request.bytes()).await.unwrap();
    stream
}
