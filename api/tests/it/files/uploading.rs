//! What may come in, how, and how much of it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use uuid::Uuid;

use super::{PNG, download, get, noise, path, stored, upload, uploaded};
use crate::{
    app::{Person, TestApp, eventually},
    cast::api_key,
    client::{exchange, read_answer},
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(content: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(content)))
}

fn form(parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = vec![];
    for (disposition, content_type, content) in parts {
        let head =
            format!("--xyz\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {content_type}\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(b"--xyz--\r\n");
    body
}

async fn file_events(app: &TestApp) -> Vec<String> {
    app.event_types().await.into_iter().filter(|name| name.starts_with("file")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_uploaded_found_downloaded_renamed_and_deleted() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    let made = upload(&app, &ada, "?name=Gr%C3%B6%C3%9Fe.png", "image/png", PNG).send().await;
    let view = made.ok(201).json();
    assert_eq!(made.header("location"), Some(path(&view).as_str()));
    assert_eq!(made.header("tidemark-position"), Some(app.head().await.to_string().as_str()));
    assert_eq!((&view["name"], &view["content_type"]), (&json!("Größe.png"), &json!("image/png")));
    assert_eq!((&view["size_bytes"], &view["owner"]), (&json!(PNG.len()), &json!(ada.id)));
    assert_eq!(view["sha256"], json!(hex(&Sha256::digest(PNG))));
    assert_eq!(get(&app, &ada, &view, "").send().await.ok(200).json(), view);
    assert_eq!(download(&app, &ada, &view).await.ok(200).body, PNG);
    let after = app.head().await.to_string();
    let listed = app.get("/v1/files").token(&ada.token).header("Tidemark-After", after).send().await.ok(200).json();
    assert_eq!(listed, json!({"items": [view], "next_cursor": null}));
    for rest in ["", "/content"] {
        get(&app, &eve, &view, rest).send().await.problem(404, "not_found");
    }

    let rename = |name: &str| app.request("PATCH", &path(&view)).token(&ada.token).json(&json!({ "name": name }));
    let renamed = rename("b.png").header("If-Match", "\"v1\"").send().await;
    assert_eq!((renamed.ok(200).header("etag"), &renamed.json()["name"]), (Some("\"v2\""), &json!("b.png")));
    rename("c.png").header("If-Match", "\"v1\"").send().await.problem(412, "version_mismatch");
    assert_eq!(rename("b.png").send().await.ok(200).header("etag"), Some("\"v2\""), "nothing to change");

    let delete = |person: &Person| app.request("DELETE", &path(&view)).token(&person.token);
    delete(&eve).send().await.problem(404, "not_found");
    delete(&eve).header("Idempotency-Key", "k").send().await.problem(404, "not_found");
    delete(&ada).send().await.ok(204);
    delete(&ada).send().await.problem(404, "not_found");
    for rest in ["", "/content"] {
        get(&app, &ada, &view, rest).send().await.problem(404, "not_found");
    }
    let happened = ["file_space.taken", "file.created", "file.renamed", "file.deleted", "file_space.freed"];
    assert_eq!(file_events(&app).await, happened);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_as_browsers_send_it_is_taken() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let send = |body: Vec<u8>| upload(&app, &ada, "", "multipart/form-data; boundary=xyz", &body).send();
    let view = send(form(&[("name=\"file\"; filename=\"a b.png\"", "image/png", PNG)])).await.ok(201).json();
    assert_eq!((&view["name"], &view["size_bytes"]), (&json!("a b.png"), &json!(PNG.len())));
    assert_eq!(download(&app, &ada, &view).await.ok(200).body, PNG);

    for (parts, pointer, code) in [
        (vec![("name=\"other\"; filename=\"a\"", "text/plain", PNG)], "/other", "unknown_field"),
        (
            vec![("name=\"file\"; filename=\"a\"", "text/plain", PNG), ("name=\"more\"", "text/plain", PNG)],
            "/more",
            "unknown_field",
        ),
        (vec![("name=\"file\"; filename=\"..\"", "text/plain", PNG)], "/file", "empty"),
        (vec![], "/file", "missing_field"),
    ] {
        let problem = send(form(&parts)).await.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    let cut = form(&[("name=\"file\"; filename=\"a\"", "text/plain", PNG)]);
    assert_eq!(send(cut[..cut.len() - 20].to_vec()).await.status, 400);
    upload(&app, &ada, "", "multipart/form-data", b"x").send().await.problem(400, "malformed_json");
    assert_eq!(stored(&app), 1, "of what was refused nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_comes_from_where_it_is_given_and_has_no_directories() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let named = async |query: &str, disposition: &str| -> Value {
        let request = upload(&app, &ada, query, "text/plain", b"x");
        let request = if disposition.is_empty() { request } else { request.header("Content-Disposition", disposition) };
        request.send().await.ok(201).json()["name"].clone()
    };
    assert_eq!(named("", "").await, json!("unnamed"));
    assert_eq!(named("?name=a%2Fb%5Cc.txt", "attachment; filename=\"other\"").await, json!("c.txt"));
    assert_eq!(named("", "attachment; filename=\"plain.txt\"").await, json!("plain.txt"));
    assert_eq!(named("", "attachment; filename=\"plain\"; filename*=UTF-8''%C3%A4.txt").await, json!("ä.txt"));
    for query in ["?name=", "?name=a%00b", "?name=x%E2%80%AEgpj.exe", "?temporary=maybe", "?other=1"] {
        upload(&app, &ada, query, "text/plain", b"x").send().await.problem(400, "invalid_request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_content_is_it_shows_itself_and_what_could_be_run_is_for_saving_only() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    for (declared, content, found, disposition) in [
        ("text/html", PNG, "image/png", "inline"),
        ("image/png", b"<html><script>alert(1)</script>", "text/html; charset=utf-8", "attachment"),
        ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "image/svg+xml", "attachment"),
        ("text/csv", b"a,b\n1,2", "text/csv; charset=utf-8", "attachment"),
        ("text/plain", b"plain", "text/plain; charset=utf-8", "inline"),
        ("image/jpeg", b"\0\x01\x02", "application/octet-stream", "attachment"),
    ] {
        let view = uploaded(&app, &ada, "?name=a.png", declared, content).await;
        for query in ["", "?disposition=inline"] {
            let answer = get(&app, &ada, &view, &format!("/content{query}")).send().await;
            assert_eq!(answer.ok(200).header("content-type"), Some(found));
            assert!(answer.header("content-disposition").unwrap().starts_with(disposition), "{answer:?}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert!(answer.header("content-security-policy").unwrap().contains("sandbox"));
        }
        let saved = get(&app, &ada, &view, "/content?disposition=attachment").send().await;
        assert!(saved.ok(200).header("content-disposition").unwrap().starts_with("attachment"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_content_than_that_of_the_digest_is_refused() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let send = |name: &str, value: String| upload(&app, &ada, "", "image/png", PNG).header(name, value).send();
    for name in ["Content-Digest", "Repr-Digest"] {
        send(name, format!("sha-512=:AA==:, {}", digest(PNG))).await.ok(201);
        send(name, digest(b"other")).await.problem(400, "digest_mismatch");
        send(name, "sha-256=abc".to_owned()).await.problem(400, "invalid_request");
    }
    assert_eq!((stored(&app), file_events(&app).await.len()), (2, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_of_another_type_is_refused_before_and_while_it_comes() {
    let app = TestApp::start_with(|config| {
        config.files.max_bytes = 1000;
        config.files.types = vec!["image/*".to_owned(), "text/plain".to_owned()];
    })
    .await;
    let ada = app.person("ada@example.org").await;
    let head = |length: &str| {
        let head =
            format!("POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{length}\r\n\r\n", ada.token);
        head.into_bytes()
    };
    exchange(app.address, &head("Content-Length: 1001")).await.problem(413, "file_too_large");
    let chunk = [format!("{:x}\r\n", 900).into_bytes(), vec![b'a'; 900], b"\r\n".to_vec()].concat();
    let chunked = [head("Transfer-Encoding: chunked"), chunk.clone(), chunk].concat();
    exchange(app.address, &chunked).await.problem(413, "file_too_large");
    let refused = upload(&app, &ada, "", "image/png", b"%PDF-1.7").send().await;
    assert_eq!(refused.problem(415, "file_type_refused")["detail"], json!("It is application/pdf."));
    let packed = upload(&app, &ada, "", "text/plain", b"a").header("Content-Encoding", "gzip").send().await;
    packed.problem(415, "unsupported_media_type");
    uploaded(&app, &ada, "", "text/plain", &[b'a'; 1000]).await;
    assert_eq!(stored(&app), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_come_at_once_the_quota_holds() {
    let app = TestApp::start_with(|config| config.files.quota_bytes = 1000).await;
    let ada = app.person("ada@example.org").await;
    let content = vec![b'a'; 300];
    let racing = (0..8).map(|_| upload(&app, &ada, "", "text/plain", &content).send());
    let answers = futures::future::join_all(racing).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), stored(&app)), (3, 3), "of what was refused nothing is left");
    for answer in refused {
        answer.problem(409, "quota_exceeded");
    }
    let usage = || async { app.get("/v1/files/usage").token(&ada.token).send().await.ok(200).json() };
    let taken = usage().await;
    assert_eq!((&taken["files"], &taken["size_bytes"], &taken["quota_bytes"]), (&json!(3), &json!(900), &json!(1000)));
    app.request("DELETE", &path(&made[0].json())).token(&ada.token).send().await.ok(204);
    assert_eq!(usage().await["size_bytes"], json!(600));
    uploaded(&app, &ada, "", "text/plain", &content).await;

    let eve = app.person("eve@example.org").await;
    uploaded(&app, &eve, "", "text/plain", &content).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_makes_one_file() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let keyed = |name: &str, content: &[u8]| {
        upload(&app, &ada, &format!("?name={name}"), "text/plain", content).header("Idempotency-Key", "once").send()
    };
    let (first, again) = (keyed("a", b"x").await, keyed("a", b"x").await);
    assert_eq!((first.ok(201).json(), first.header("location")), (again.ok(201).json(), again.header("location")));
    assert_eq!(stored(&app), 1);
    keyed("b", b"x").await.problem(422, "idempotency_mismatch");
    keyed("a", b"y").await.problem(422, "idempotency_mismatch");
    assert_eq!((stored(&app), file_events(&app).await.len()), (1, 2));
    let delete =
        || app.request("DELETE", &path(&first.json())).token(&ada.token).header("Idempotency-Key", "gone").send();
    delete().await.ok(204);
    delete().await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_upload_that_broke_off_nothing_is_left() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let content = noise(3 << 20);
    let request = upload(&app, &ada, "", "application/octet-stream", &content).bytes();
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(&request[..request.len() - 10]).await.unwrap();
    eventually("something is written", async || (stored(&app) > 0).then_some(())).await;
    stream.shutdown().await.unwrap();
    assert_ne!(read_answer_or_end(&mut stream).await, Some(201));
    eventually("nothing is left", async || (stored(&app) == 0).then_some(())).await;
    assert_eq!(file_events(&app).await, Vec::<String>::new());
}

/// The server may answer, or close without a word.
async fn read_answer_or_end(stream: &mut TcpStream) -> Option<u16> {
    use tokio::io::AsyncReadExt;
    let mut bytes = vec![];
    stream.read_to_end(&mut bytes).await.ok()?;
    (!bytes.is_empty()).then(|| crate::client::Answer::parse(&bytes).status)
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_have_places_and_further_ones_are_told_to_come_back() {
    let app = TestApp::start_with(|config| config.files.concurrent_uploads = 1).await;
    let ada = app.person("ada@example.org").await;
    let request = upload(&app, &ada, "", "application/octet-stream", &noise(2 << 20)).bytes();
    let (begun, rest) = request.split_at(request.len() - 10);
    let mut slow = TcpStream::connect(app.address).await.unwrap();
    slow.write_all(begun).await.unwrap();
    eventually("something is written", async || (stored(&app) > 0).then_some(())).await;
    let refused = upload(&app, &ada, "", "text/plain", b"a").send().await;
    refused.problem(503, "overloaded");
    assert!(refused.header("retry-after").is_some());
    slow.write_all(rest).await.unwrap();
    read_answer(&mut slow).await.ok(201);
    uploaded(&app, &ada, "", "text/plain", b"a").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_sealed_and_permissions_are_what_keys_have() {
    let app = TestApp::start().await;
    let (ada, admin) = (app.person("ada@example.org").await, app.admin("root@example.org").await);
    let view = uploaded(&app, &ada, "?name=very-private.txt", "text/plain", b"x").await;
    let log = app.events().await.iter().map(|event| event.payload.get().to_owned()).collect::<String>();
    assert!(!log.contains("very-private"), "{log}");
    assert_eq!(get(&app, &admin, &view, "").send().await.ok(200).json()["name"], json!("very-private.txt"));
    let after = app.head().await.to_string();
    let everybodys = app.get("/v1/files?owner=*").token(&admin.token).header("Tidemark-After", &after).send().await;
    assert_eq!(everybodys.ok(200).json()["items"][0]["id"], view["id"]);
    app.get("/v1/files?owner=*").token(&ada.token).send().await.problem(403, "forbidden");
    app.get(&format!("/v1/files?owner={}", Uuid::now_v7())).token(&ada.token).send().await.problem(403, "forbidden");
    let (_, reader) = api_key(&app, &ada, &["files:read:own"]).await;
    app.get(&path(&view)).token(&reader).send().await.ok(200);
    app.request("POST", "/v1/files").token(&reader).body("text/plain", "x").send().await.problem(403, "forbidden");
    app.request("DELETE", &path(&view)).token(&admin.token).send().await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_paged() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    for number in 0..5 {
        uploaded(&app, &ada, &format!("?name=f{number}"), "text/plain", b"x").await;
    }
    let after = app.head().await.to_string();
    let (mut target, mut seen) = ("/v1/files?limit=2".to_owned(), vec![]);
    loop {
        let answer = app.get(&target).token(&ada.token).header("Tidemark-After", &after).send().await;
        let page = answer.ok(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let Some(link) = answer.header("link") else { break };
        target = link.split(['<', '>']).nth(1).unwrap().to_owned();
    }
    assert_eq!(seen, ["f4", "f3", "f2", "f1", "f0"]);
}
