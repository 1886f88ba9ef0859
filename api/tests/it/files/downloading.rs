//! Content on its way out: whole, in part, or not at all where the caller has it.

use serde_json::Value;

use super::{download, files_place, get, noise, uploaded};
use crate::app::{Person, TestApp};

async fn scene(content: &[u8]) -> (TestApp, Person, Value) {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let view = uploaded(&app, &ada, "?name=noise.bin", "application/octet-stream", content).await;
    (app, ada, view)
}

#[tokio::test(flavor = "multi_thread")]
async fn content_comes_as_it_went_with_what_is_known_of_it() {
    let content = noise(3 << 20);
    let (app, ada, view) = scene(&content).await;
    let answer = download(&app, &ada, &view).await;
    assert!(answer.ok(200).body == content);
    let etag = format!("\"{}\"", view["sha256"].as_str().unwrap());
    for (name, value) in [
        ("etag", etag.as_str()),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("content-length", "3145728"),
        ("content-disposition", "attachment; filename=\"noise.bin\"; filename*=UTF-8''noise.bin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(answer.header("repr-digest").unwrap().starts_with("sha-256=:"));
    let head = app.request("HEAD", &format!("/v1/files/{}/content", view["id"].as_str().unwrap())).token(&ada.token);
    let head = head.header("Range", "bytes=0-1").send().await;
    assert_eq!((head.ok(200).header("content-length"), head.body.len()), (Some("3145728"), 0));
    assert_eq!(head.header("etag"), Some(etag.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_it_come_when_they_are_asked_for() {
    let content = noise(600_000);
    let (app, ada, view) = scene(&content).await;
    let part = |range: &str| get(&app, &ada, &view, "/content").header("Range", range);
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=300000-", 300_000, 600_000),
        ("bytes=-5", 599_995, 600_000),
        ("bytes=262143-262144", 262_143, 262_145),
        ("bytes=10-9999999", 10, 600_000),
    ] {
        let answer = part(range).send().await;
        assert!(answer.ok(206).body == content[from..to], "{range}");
        assert_eq!(answer.header("content-range"), Some(format!("bytes {from}-{}/600000", to - 1).as_str()));
    }
    let beyond = part("bytes=600000-").send().await;
    beyond.problem(416, "range_not_satisfiable");
    assert_eq!(beyond.header("content-range"), Some("bytes */600000"));
    for whole in ["bytes=0-1,5-6", "lines=1-2", "bytes=x"] {
        assert_eq!(part(whole).send().await.ok(200).body.len(), content.len(), "{whole}");
    }
    let etag = format!("\"{}\"", view["sha256"].as_str().unwrap());
    assert_eq!(part("bytes=0-9").header("If-Range", &etag).send().await.ok(206).body, content[..10]);
    for other in ["\"other\"", "Wed, 21 Oct 2026 07:28:00 GMT", &format!("W/{etag}")] {
        assert_eq!(
            part("bytes=0-9").header("If-Range", other).send().await.ok(200).body.len(),
            content.len(),
            "{other}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_has_does_not_come_again() {
    let (app, ada, view) = scene(b"content").await;
    let etag = format!("\"{}\"", view["sha256"].as_str().unwrap());
    for tags in [etag.clone(), format!("\"x\", W/{etag}"), "*".to_owned()] {
        let answer = get(&app, &ada, &view, "/content").header("If-None-Match", &tags).send().await;
        assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, Some(etag.as_str())), "{tags}");
    }
    assert_eq!(
        get(&app, &ada, &view, "/content").header("If-None-Match", "\"x\"").send().await.ok(200).body,
        b"content"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_a_file() {
    let (app, ada, view) = scene(b"").await;
    let answer = download(&app, &ada, &view).await;
    assert_eq!((answer.ok(200).body.len(), answer.header("content-length")), (0, Some("0")));
    get(&app, &ada, &view, "/content").header("Range", "bytes=0-").send().await.problem(416, "range_not_satisfiable");
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_cannot_be_had_is_told_in_words_and_in_health() {
    let (app, ada, view) = scene(b"content").await;
    assert_eq!(app.get("/health").send().await.json()["checks"]["files"]["state"], "up");
    let aside = files_place(&app).with_extension("aside");
    std::fs::rename(files_place(&app), &aside).unwrap();
    download(&app, &ada, &view).await.problem(500, "internal");
    // A file where the directory should be: nothing can be written or read there.
    std::fs::write(files_place(&app), b"").unwrap();
    for _ in 0..6 {
        let refused = super::upload(&app, &ada, "", "text/plain", b"x").send().await;
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(refused.header("retry-after").is_some());
    }
    let unhealthy = crate::app::eventually("health", async || {
        let report = app.get("/health").send().await.json();
        (report["checks"]["files"]["state"] == "down").then_some(report)
    })
    .await;
    assert_eq!(unhealthy["status"], "degraded");
    app.get("/v1/users/me").token(&ada.token).send().await.ok(200);
    std::fs::remove_file(files_place(&app)).unwrap();
    std::fs::rename(aside, files_place(&app)).unwrap();
    crate::app::eventually("content", async || (download(&app, &ada, &view).await.status == 200).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_erased_has_no_files() {
    let (app, ada, view) = scene(b"content").await;
    let admin = app.admin("root@example.org").await;
    download(&app, &admin, &view).await.ok(200);
    app.request("DELETE", "/v1/users/me").token(&ada.token).send().await.ok(204);
    for rest in ["", "/content"] {
        get(&app, &admin, &view, rest).send().await.problem(404, "not_found");
    }
    let after = app.head().await.to_string();
    let listed = app.get("/v1/files?owner=*").token(&admin.token).header("Tidemark-After", after).send().await;
    assert_eq!(listed.ok(200).json()["items"], serde_json::json!([]));
}
