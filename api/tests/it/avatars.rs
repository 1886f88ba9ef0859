//! The picture by which somebody is shown, over HTTP. Workers make it small; here somebody stands in for those.

use bootstrap::config::FilesPlace;
use diesel_async::SimpleAsyncConnection;
use file_store::{Key, Storage};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    cast::Cast,
    client::{Answer, Request},
    files::PNG,
};

const OWN: &str = "/v1/users/me/avatar";

fn put(app: &TestApp, person: &Person, content: &[u8]) -> Request {
    app.request("PUT", OWN).token(&person.token).body("image/png", content)
}

async fn chosen(app: &TestApp, person: &Person) -> Value {
    put(app, person, PNG).send().await.ok(200).json()
}

fn file_of(avatar: &Value) -> Uuid {
    avatar["file_id"].as_str().unwrap().parse().unwrap()
}

async fn me(app: &TestApp, person: &Person) -> Value {
    let me = app.get("/v1/users/me").token(&person.token).header("Tidemark-After", app.head().await.to_string());
    me.send().await.ok(200).json()
}

/// What a worker leaves: the picture in one size, by another name than the API knows it by.
async fn draw(app: &TestApp, file: Uuid) {
    let storage = Storage::open(&app.context.config.files.place).unwrap();
    storage.put(&Key::thumbnail(file, 64), b"small"[..].into()).await.unwrap();
    let enter =
        "INSERT INTO file_thumbnails (file_id, sizes, content_type, made_at) VALUES ('$1', '{64}', 'image/png', now())";
    app.database.connect().await.batch_execute(&enter.replace("$1", &file.to_string())).await.unwrap();
}

fn stored(app: &TestApp) -> usize {
    fn count(directory: &std::path::Path) -> usize {
        let paths = std::fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
        paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    match &app.context.config.files.place {
        FilesPlace::Directory(directory) => count(directory),
        FilesPlace::S3(_) => panic!("tests keep files in a directory"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_chosen_replaced_and_removed_in_the_account() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    assert_eq!(me(&app, &ada).await["avatar"], Value::Null);
    let answer = put(&app, &ada, PNG).send().await;
    let first = answer.ok(200).json();
    let url = format!("/v1/users/{}/avatar?v={}", ada.id, first["file_id"].as_str().unwrap());
    assert_eq!((&first["url"], me(&app, &ada).await["avatar"].clone()), (&json!(url), first.clone()));
    assert_eq!(answer.header("etag"), Some(format!("\"v{}\"", me(&app, &ada).await["version"]).as_str()));
    // One append: the account names no file that is not there.
    let types = app.event_types().await;
    assert_eq!(types[types.len() - 3..], ["user.avatar_changed", "file.created", "file_space.taken"]);
    let file = app.get(&format!("/v1/files/{}", file_of(&first))).token(&ada.token).send().await.ok(200).json();
    assert_eq!((&file["name"], &file["content_type"]), (&json!("avatar"), &json!("image/png")));

    let second = chosen(&app, &ada).await;
    let event = app.events().await.into_iter().rev().find(|event| event.event_type == "user.avatar_changed").unwrap();
    let payload: Value = serde_json::from_str(event.payload.get()).unwrap();
    assert_eq!((&payload["file"], &payload["replaced"]), (&second["file_id"], &first["file_id"]));
    let renamed = app.request("PATCH", "/v1/users/me").token(&ada.token).json(&json!({"display_name": "Ada"}));
    assert_eq!(renamed.send().await.ok(200).json()["avatar"], second);

    for _ in 0..2 {
        app.request("DELETE", OWN).token(&ada.token).send().await.ok(204);
    }
    assert_eq!(me(&app, &ada).await["avatar"], Value::Null);
    app.get(OWN).token(&ada.token).send().await.problem(404, "not_found");
    let removals = app.event_types().await.iter().filter(|name| *name == "user.avatar_removed").count();
    assert_eq!(removals, 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_picture_may_be_kept_as_long_as_it_is_the_one() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let avatar = chosen(&app, &ada).await;
    let url = avatar["url"].as_str().unwrap().to_owned();
    let soon = app.get(&url).token(&ada.token).send().await;
    soon.problem(404, "not_ready");
    assert!(soon.header("retry-after").is_some());
    draw(&app, file_of(&avatar)).await;
    let get = |path: &str| app.get(path).token(&ada.token);
    for (path, caching) in [
        (url.as_str(), "private, max-age=31536000, immutable"),
        (&format!("{url}&size=64"), "private, max-age=31536000, immutable"),
        (&format!("/v1/users/{}/avatar", ada.id), "private, no-cache"),
        (OWN, "private, no-cache"),
        (&format!("{OWN}?v={}", Uuid::now_v7()), "private, no-cache"),
    ] {
        let answer = get(path).send().await;
        assert_eq!((&answer.ok(200).body[..], answer.header("content-type")), (&b"small"[..], Some("image/png")));
        assert_eq!(answer.header("cache-control"), Some(caching), "{path}");
        let etag = answer.header("etag").unwrap();
        let again = get(path).header("If-None-Match", etag).send().await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(etag)), "{path}");
        assert_eq!(again.header("cache-control"), Some(caching), "{path}");
    }
    let etag = get(OWN).send().await.header("etag").unwrap().to_owned();
    put(&app, &ada, &[PNG, b"more"].concat()).send().await.ok(200);
    get(OWN).header("If-None-Match", &etag).send().await.problem(404, "not_ready");
    for (query, code) in
        [("size=65", "unknown_value"), ("size=0", "out_of_range"), ("v=1", "malformed"), ("x=1", "unknown_parameter")]
    {
        let problem = get(&format!("{OWN}?{query}")).send().await.problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["code"], code, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pictures_of_a_bearable_size_are_taken_and_of_others_nothing_is_left() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let refused = async |content: &[u8]| put(&app, &ada, content).send().await;
    for content in
        [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"<html>", b"%PDF-1.7", b"BM bitmap", b"text", b""]
    {
        refused(content).await.problem(415, "file_type_refused");
    }
    // What it shows itself to be counts, whatever is said.
    let said = app.request("PUT", OWN).token(&ada.token).body("image/jpeg", b"RIFF\0\0\0\0WAVEfmt ");
    said.send().await.problem(415, "file_type_refused");
    let torn = refused(&PNG[..12]).await.problem(422, "validation_failed");
    assert_eq!((&torn["errors"][0]["pointer"], &torn["errors"][0]["code"]), (&json!(""), &json!("unreadable_picture")));
    // The same picture, said to be 60,000 pixels wide and high: with the checksum that goes with that.
    let header = b"\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0\x80\xd2\x75\x42";
    let wide = [&PNG[..16], header, &PNG[33..]].concat();
    let wide = refused(&wide).await.problem(422, "validation_failed");
    assert_eq!(wide["errors"][0]["code"], "too_many_pixels");
    refused(&[PNG, &vec![0; 10 << 20]].concat()).await.problem(413, "file_too_large");
    app.request("PUT", &format!("{OWN}?name=x"))
        .token(&ada.token)
        .body("image/png", PNG)
        .send()
        .await
        .problem(400, "invalid_request");
    let digest =
        put(&app, &ada, PNG).header("Content-Digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:");
    digest.send().await.problem(400, "digest_mismatch");
    let stale = put(&app, &ada, PNG).header("If-Match", "\"v99\"").send().await;
    stale.problem(412, "version_mismatch");
    assert_eq!((stored(&app), me(&app, &ada).await["avatar"].clone()), (0, Value::Null));
    assert!(!app.event_types().await.iter().any(|name| name.starts_with("file")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_chooses_once_and_room_counts() {
    let app = TestApp::start_with(|config| config.files.quota_files = 2).await;
    let ada = app.person("ada@example.org").await;
    let keyed = || put(&app, &ada, PNG).header("Idempotency-Key", "once").send();
    let (first, again) = (keyed().await, keyed().await);
    assert_eq!((first.ok(200).json(), stored(&app)), (again.ok(200).json(), 1));
    let other = [PNG, b"other"].concat();
    put(&app, &ada, &other).header("Idempotency-Key", "once").send().await.problem(422, "idempotency_mismatch");
    chosen(&app, &ada).await;
    put(&app, &ada, PNG).send().await.problem(409, "quota_exceeded");
    assert_eq!(stored(&app), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_chosen_at_once_leave_one_and_name_all_others_as_replaced() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let files = (0..6).map(|_| app.request("POST", "/v1/files").token(&ada.token).body("text/plain", "a").send());
    let choosing = futures::future::join_all((0..6).map(|_| put(&app, &ada, PNG).send()));
    let (chosen, files): (Vec<Answer>, Vec<Answer>) = tokio::join!(choosing, futures::future::join_all(files));
    for answer in &files {
        answer.ok(201);
    }
    let mut chosen: Vec<Uuid> = chosen.iter().map(|answer| file_of(&answer.ok(200).json())).collect();
    let changes = app.events().await.into_iter().filter(|event| event.event_type == "user.avatar_changed");
    let payloads = changes.map(|event| serde_json::from_str::<Value>(event.payload.get()).unwrap());
    let replaced = payloads.filter_map(|payload| payload["replaced"].as_str().map(|id| id.parse::<Uuid>().unwrap()));
    let mut left: Vec<Uuid> = replaced.chain([file_of(&me(&app, &ada).await["avatar"])]).collect();
    left.sort_unstable();
    chosen.sort_unstable();
    assert_eq!(left, chosen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_shown_to_whom_the_account_is_shown() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    let support = app.person("support@example.org").await;
    let role = cast.define("support", &["users:read:all"]).await;
    cast.grant(&support, role).await;
    let avatar = chosen(&app, &ada).await;
    draw(&app, file_of(&avatar)).await;
    let url = avatar["url"].as_str().unwrap();
    app.get(url).send().await.problem(401, "unauthenticated");
    app.get(url).token(&eve.token).send().await.problem(404, "not_found");
    app.get(&format!("/v1/users/{}/avatar", eve.id)).token(&eve.token).send().await.problem(404, "not_found");
    app.get("/v1/users/nobody/avatar").token(&support.token).send().await.problem(404, "not_found");
    let shown = async || app.get(url).token(&support.token).send().await;
    assert_eq!(shown().await.ok(200).body, b"small");
    // Who reads accounts does not read files: the camera's notes are in there.
    let content = format!("/v1/files/{}/content", file_of(&avatar));
    app.get(&content).token(&support.token).send().await.problem(404, "not_found");
    app.get(&content).token(&eve.token).send().await.problem(404, "not_found");
    cast.suspend(&ada).await;
    assert_eq!(shown().await.ok(200).body, b"small");
    let admin = app.admin("root@example.org").await;
    app.request("DELETE", &format!("/v1/users/{}", ada.id)).token(&admin.token).send().await.ok(204);
    shown().await.problem(404, "not_found");
}
