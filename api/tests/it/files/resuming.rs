//! Uploads that go on after they broke off, by the protocol tus.

use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::sql_query;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};
use sha1::Digest;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{noise, stored};
use crate::{
    app::{Person, TestApp, eventually},
    client::{Answer, Request, read_answer},
};

fn tus(app: &TestApp, person: &Person, method: &str, target: &str) -> Request {
    app.request(method, target).token(&person.token).header("Tus-Resumable", "1.0.0")
}

fn begin(app: &TestApp, person: &Person, length: usize) -> Request {
    let metadata = format!("filename {},filetype YXBwbGljYXRpb24vb2N0ZXQtc3RyZWFt", STANDARD.encode("big.bin"));
    let request = tus(app, person, "POST", "/v1/files/tus").header("Upload-Length", length.to_string());
    request.header("Upload-Metadata", metadata)
}

async fn begun(app: &TestApp, person: &Person, length: usize) -> String {
    let answer = begin(app, person, length).send().await;
    let location = answer.ok(201).header("location").unwrap().to_owned();
    assert!(location.starts_with("/v1/files/tus/"), "{location}");
    location
}

fn append(app: &TestApp, person: &Person, target: &str, offset: usize, bytes: &[u8]) -> Request {
    let request = tus(app, person, "PATCH", target).header("Upload-Offset", offset.to_string());
    request.body("application/offset+octet-stream", bytes)
}

async fn head(app: &TestApp, person: &Person, target: &str) -> Answer {
    tus(app, person, "HEAD", target).send().await
}

async fn offset(app: &TestApp, person: &Person, target: &str) -> usize {
    head(app, person, target).await.ok(200).header("upload-offset").unwrap().parse().unwrap()
}

fn file(target: &str) -> String {
    target.replace("/tus/", "/")
}

async fn view(app: &TestApp, person: &Person, target: &str) -> Value {
    app.get(&file(target)).token(&person.token).send().await.ok(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_several_requests() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    let content = noise(300_000);
    let target = begun(&app, &ada, content.len()).await;
    let mut at = 0;
    for length in [1, 99_999, 100_000, 100_000] {
        assert_eq!(offset(&app, &ada, &target).await, at);
        app.get(&file(&target)).token(&ada.token).send().await.problem(404, "not_found");
        let answer = append(&app, &ada, &target, at, &content[at..at + length]).send().await;
        at += length;
        assert_eq!(answer.ok(204).header("upload-offset"), Some(at.to_string().as_str()));
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
        let expires = answer.header("upload-expires").map(|time| time.ends_with(" GMT"));
        assert_eq!(expires, (at < content.len()).then_some(true), "{answer:?}");
    }
    let view = view(&app, &ada, &target).await;
    assert_eq!((&view["name"], &view["size_bytes"]), (&json!("big.bin"), &json!(300_000)));
    let got = app.get(&format!("{}/content", file(&target))).token(&ada.token).send().await;
    assert!(got.ok(200).body == content);
    assert_eq!(stored(&app), 1, "the pieces are gone");
    let after = head(&app, &ada, &target).await;
    assert_eq!(
        (after.ok(200).header("upload-offset"), after.header("upload-length")),
        (Some("300000"), Some("300000"))
    );
    for target in [&target, &begun(&app, &ada, 5).await] {
        head(&app, &eve, target).await.ok(404);
        append(&app, &eve, target, 0, b"12345").send().await.problem(404, "not_found");
        tus(&app, &eve, "DELETE", target).send().await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_come_when_the_connection_breaks_is_kept() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let content = noise(2 << 20);
    let target = begun(&app, &ada, content.len()).await;
    let request = append(&app, &ada, &target, 0, &content).bytes();
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(&request[..request.len() - 500_000]).await.unwrap();
    stream.shutdown().await.unwrap();
    let come = eventually("what has come", async || {
        let offset = offset(&app, &ada, &target).await;
        (offset > 0).then_some(offset)
    })
    .await;
    assert_eq!(come, content.len() - 500_000);
    append(&app, &ada, &target, come, &content[come..]).send().await.ok(204);
    let got = app.get(&format!("{}/content", file(&target))).token(&ada.token).send().await;
    assert!(got.ok(200).body == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_count_where_the_upload_ends_and_from_one_sender_at_a_time() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let content = noise(1 << 20);
    let target = begun(&app, &ada, content.len()).await;
    let wrong = append(&app, &ada, &target, 1, b"x").send().await.problem(409, "offset_mismatch");
    assert_eq!(wrong["detail"], json!("It is at 0."));
    append(&app, &ada, &target, 0, &[content.as_slice(), b"x"].concat()).send().await.problem(413, "file_too_large");

    let request = append(&app, &ada, &target, 0, &content).bytes();
    let (first, rest) = request.split_at(request.len() - 10);
    let mut slow = TcpStream::connect(app.address).await.unwrap();
    slow.write_all(first).await.unwrap();
    // Asking by another upload could be faster than this one is begun, and take its place.
    let writers = "UPDATE uploads SET expires_at = expires_at WHERE writer_until > now()";
    let mut conn = app.database.connect().await;
    eventually("the upload has begun", async || {
        let writing = sql_query(writers).execute(&mut conn).await.unwrap();
        (writing == 1).then_some(())
    })
    .await;
    append(&app, &ada, &target, 0, &content).send().await.problem(409, "upload_busy");
    tus(&app, &ada, "DELETE", &target).send().await.problem(409, "upload_busy");
    slow.write_all(rest).await.unwrap();
    read_answer(&mut slow).await.ok(204);
    assert_eq!(view(&app, &ada, &target).await["size_bytes"], json!(content.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_checksum_all_bytes_of_a_request_count_or_none() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let content = noise(1000);
    let target = begun(&app, &ada, content.len()).await;
    let sum = |bytes: &[u8]| format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(bytes)));
    let send = |at: usize, bytes: &[u8], sum: String| {
        append(&app, &ada, &target, at, bytes).header("Upload-Checksum", sum).send()
    };
    send(0, &content[..500], sum(b"other")).await.problem(460, "checksum_mismatch");
    send(0, &content[..500], "md5 AAAA".to_owned()).await.problem(400, "invalid_request");
    assert_eq!((offset(&app, &ada, &target).await, stored(&app)), (0, 0));
    send(0, &content[..500], sum(&content[..500])).await.ok(204);
    let last = format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(&content[500..])));
    send(500, &content[500..], last).await.ok(204);
    assert_eq!(view(&app, &ada, &target).await["size_bytes"], json!(1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_can_be_given_up_and_expires() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let target = begun(&app, &ada, 10).await;
    append(&app, &ada, &target, 0, b"12345").send().await.ok(204);
    assert_eq!(stored(&app), 1);
    tus(&app, &ada, "DELETE", &target).send().await.ok(204);
    assert_eq!(stored(&app), 0);
    head(&app, &ada, &target).await.ok(404);
    append(&app, &ada, &target, 5, b"67890").send().await.problem(404, "not_found");
    tus(&app, &ada, "DELETE", &target).send().await.problem(404, "not_found");
    let old = begun(&app, &ada, 10).await;
    let mut conn = app.database.connect().await;
    conn.batch_execute("UPDATE uploads SET expires_at = now() - interval '1 second'").await.unwrap();
    head(&app, &ada, &old).await.ok(404);
    append(&app, &ada, &old, 0, b"12345").send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_become_a_file_is_not_begun() {
    let app = TestApp::start_with(|config| {
        config.files.max_bytes = 2000;
        config.files.quota_bytes = 2500;
        config.files.types = vec!["text/plain".to_owned()];
    })
    .await;
    let ada = app.person("ada@example.org").await;
    begin(&app, &ada, 2001).send().await.problem(413, "file_too_large");
    let options = app.request("OPTIONS", "/v1/files/tus").send().await;
    for (name, value) in [
        ("tus-version", "1.0.0"),
        ("tus-extension", "creation,expiration,checksum,termination"),
        ("tus-max-size", "2000"),
        ("tus-checksum-algorithm", "sha1,sha256"),
    ] {
        assert_eq!(options.ok(204).header(name), Some(value));
    }
    let post = |headers: &[(&str, &str)]| {
        let request = app.request("POST", "/v1/files/tus").token(&ada.token);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    let refused = post(&[("Upload-Length", "5")]).await;
    refused.problem(412, "unsupported_tus_version");
    assert_eq!(refused.header("tus-version"), Some("1.0.0"));
    let version = ("Tus-Resumable", "1.0.0");
    for other in [("Upload-Length", "-1"), ("Upload-Defer-Length", "1"), ("Upload-Length", "x")] {
        post(&[version, other]).await.problem(400, "invalid_request");
    }
    post(&[version, ("Upload-Length", "5"), ("Upload-Metadata", "filename ?")]).await.problem(400, "invalid_request");

    let target = begun(&app, &ada, 2000).await;
    begin(&app, &ada, 501).send().await.problem(409, "quota_exceeded");
    begun(&app, &ada, 500).await;
    append(&app, &ada, &target, 0, &[0; 2000]).send().await.problem(415, "file_type_refused");
    head(&app, &ada, &target).await.ok(404);
    assert_eq!(stored(&app), 0);
}

/// Two uploads that fit each alone, begun when there was room for both, are decided about when they become files.
#[tokio::test(flavor = "multi_thread")]
async fn the_quota_is_decided_when_the_file_is_made() {
    let app = TestApp::start_with(|config| config.files.quota_bytes = 1000).await;
    let ada = app.person("ada@example.org").await;
    let target = begun(&app, &ada, 600).await;
    super::uploaded(&app, &ada, "", "application/octet-stream", &noise(600)).await;
    append(&app, &ada, &target, 0, &noise(600)).send().await.problem(409, "quota_exceeded");
    // All has come; once there is room, asking again makes the file.
    assert_eq!(offset(&app, &ada, &target).await, 600);
    let listed = app.get("/v1/files").token(&ada.token).header("Tidemark-After", app.head().await.to_string());
    let id = listed.send().await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    app.request("DELETE", &format!("/v1/files/{id}")).token(&ada.token).send().await.ok(204);
    append(&app, &ada, &target, 600, b"").send().await.ok(204);
    assert_eq!(view(&app, &ada, &target).await["size_bytes"], json!(600));
}
