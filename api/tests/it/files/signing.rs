//! URLs that open a file without a token.

use serde_json::{Value, json};

use super::{path, uploaded};
use crate::app::{Person, TestApp};

async fn scene() -> (TestApp, Person, Value) {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let view = uploaded(&app, &ada, "?name=a.txt", "text/plain", b"content").await;
    (app, ada, view)
}

async fn sign(app: &TestApp, person: &Person, view: &Value, body: Value) -> (String, Value) {
    let answer = app.request("POST", &format!("{}/url", path(view))).token(&person.token).json(&body).send().await;
    let signed = answer.ok(200).json();
    let url = signed["url"].as_str().unwrap().to_owned();
    let base = app.context.config.http.public_url.as_str();
    (format!("/{}", url.strip_prefix(base).unwrap()), signed["expires_at"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_url_has_the_file_for_as_long_as_it_was_signed_for() {
    let (app, ada, view) = scene().await;
    let (target, expires_at) =
        sign(&app, &ada, &view, json!({"expires_in_seconds": 60, "disposition": "inline"})).await;
    let expires_at: chrono::DateTime<chrono::Utc> = expires_at.as_str().unwrap().parse().unwrap();
    let left = (expires_at - chrono::Utc::now()).num_seconds();
    assert!((55..=60).contains(&left), "{left}");
    let answer = app.get(&target).send().await;
    assert_eq!(answer.ok(200).body, b"content");
    assert!(answer.header("content-disposition").unwrap().starts_with("inline"));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(answer.header("ratelimit-policy").map(|policy| policy.starts_with("\"signed_url\"")), Some(true));
    let max_age = answer.header("cache-control").unwrap().split(['=', ',']).nth(2).unwrap().parse::<i64>().unwrap();
    assert!((50..=60).contains(&max_age), "{answer:?}");
    assert_eq!(app.get(&target).header("Range", "bytes=3-4").send().await.ok(206).body, b"te");
    let (saved, _) = sign(&app, &ada, &view, json!({})).await;
    assert!(app.get(&saved).send().await.ok(200).header("content-disposition").unwrap().starts_with("attachment"));

    let (short, _) = sign(&app, &ada, &view, json!({"expires_in_seconds": 1})).await;
    crate::app::eventually("the end", async || (app.get(&short).send().await.status == 403).then_some(())).await;
    app.get(&short).send().await.problem(403, "url_expired");
    app.request("DELETE", &path(&view)).token(&ada.token).send().await.ok(204);
    app.get(&target).send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_opens_nothing_but_what_it_was_signed_for() {
    let (app, ada, view) = scene().await;
    let other = uploaded(&app, &ada, "?name=b.txt", "text/plain", b"other").await;
    let (target, _) = sign(&app, &ada, &view, json!({"disposition": "attachment"})).await;
    let swapped = target.replace(view["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    for forged in [swapped, target.replace("attachment", "inline"), target.replace("expires=", "expires=9")] {
        app.get(&forged).send().await.problem(403, "url_invalid");
    }
    app.get(&format!("{}/signed", path(&view))).send().await.problem(403, "url_invalid");
    app.get(&format!("{target}&more=1")).send().await.problem(400, "invalid_request");
    app.get(&target.replace("expires=", "expires=x")).send().await.problem(400, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_read_a_file_makes_urls_for_it() {
    let (app, ada, view) = scene().await;
    let eve = app.person("eve@example.org").await;
    let sign = |person: &Person, body: Value| {
        app.request("POST", &format!("{}/url", path(&view))).token(&person.token).json(&body).send()
    };
    sign(&eve, json!({})).await.problem(404, "not_found");
    for (body, pointer) in [
        (json!({"expires_in_seconds": 0}), "/expires_in_seconds"),
        (json!({"expires_in_seconds": 86_401}), "/expires_in_seconds"),
        (json!({"disposition": "embed"}), "/disposition"),
        (json!({"thumbnail": 5}), "/thumbnail"),
        (json!({"other": 5}), "/other"),
    ] {
        let problem = sign(&ada, body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], json!(pointer));
    }
}
