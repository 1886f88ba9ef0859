//! A file from its upload to its end: its small pictures, the records that name it, whom they show it to, and its owner's erasure.

use std::{fs, path::Path};

use diesel_async::RunQueryDsl;
use file_store::{Key, Storage};
use futures::TryStreamExt;
use serde_json::{Value, json};
use test_support::S3Server;
use tests::http::{Call, Reply};
use uuid::Uuid;

use crate::app::{Member, PATIENCE, Servers, TestApp};

/// A picture of one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

pub(crate) async fn member(app: &TestApp, email: &str) -> Member {
    assert_eq!(app.register(email, "Somebody", "en").await.status, 202);
    app.sign_in(email).await
}

#[track_caller]
fn created(reply: &Reply) -> Value {
    assert_eq!(reply.status, 201, "{}", reply.json());
    reply.json()
}

fn id(view: &Value) -> &str {
    view["id"].as_str().unwrap()
}

/// Uploads a picture that goes by itself; its path.
async fn upload(app: &TestApp, member: &Member) -> String {
    let call = Call::upload("/v1/files?name=a.png&temporary=true", "image/png", PNG).token(&member.token);
    format!("/v1/files/{}", id(&created(&app.send(call).await)))
}

async fn shown(app: &TestApp, member: &Member, path: &str) -> Value {
    app.send(Call::get(path).token(&member.token)).await.json()
}

pub(crate) fn stored(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { stored(&path) } else { 1 }).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_pictures_are_made_and_everything_goes_with_its_owner() {
    let app = TestApp::start(&Servers::Embedded).await;
    let ada = member(&app, "ada@example.com").await;
    let path = upload(&app, &ada).await;
    let small = Call::get(format!("{path}/thumbnail?size=64")).token(&ada.token);
    let early = app.send(small.clone()).await;
    assert!(early.status == 200 || early.problem().as_deref() == Some("not_ready"), "{}", early.json());
    app.drain().await;
    let reply = app.send(small.clone()).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/png")), "{}", reply.json());
    assert!(reply.content().starts_with(b"\x89PNG"));
    assert_eq!(stored(app.files()), 4, "the picture in three sizes");
    let sign = Call::post(format!("{path}/url"), json!({"thumbnail": 64, "disposition": "inline"})).token(&ada.token);
    let url = app.send(sign).await.json()["url"].as_str().unwrap().to_owned();
    let signed = app.send(Call::get(url.strip_prefix("https://app.example.test").unwrap())).await;
    assert_eq!(signed.content(), reply.content());

    let erase = Call::delete("/v1/users/me").token(&ada.token);
    let erased = app.send(erase).await;
    assert!([202, 204].contains(&erased.status), "{}", erased.json());
    app.drain().await;
    assert_eq!(stored(app.files()), 0);
    let root = app.administrator("root@example.com").await;
    assert_eq!(app.send(Call::get(&path).token(&root.token)).await.status, 404);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_a_bucket_go_the_same_way() {
    let Some(server) = S3Server::start() else { return };
    let app = TestApp::start_with(&Servers::Embedded, server.settings("some/where")).await;
    let storage = Storage::open(&app.context.config.files.place).unwrap();
    let stored = async || {
        let kinds =
            [Key::CONTENT, Key::THUMBNAILS, Key::UPLOADS].map(|kind| storage.list(kind).try_collect::<Vec<_>>());
        futures::future::try_join_all(kinds).await.unwrap().iter().map(Vec::len).sum::<usize>()
    };
    let ada = member(&app, "ada@example.com").await;
    let picture = upload(&app, &ada).await;
    // Longer than a part of an object, and than what is read at once.
    let long: Vec<u8> = (0..12_000_000_u32).map(|number| (number / 251) as u8).collect();
    let call = Call::upload("/v1/files?name=long.bin", "application/octet-stream", long.clone()).token(&ada.token);
    let long_path = format!("/v1/files/{}", id(&created(&app.send(call).await)));
    app.drain().await;
    assert_eq!(stored().await, 5, "the picture in three sizes, and the other one");
    let small = app.send(Call::get(format!("{picture}/thumbnail?size=64")).token(&ada.token)).await;
    assert!(small.status == 200 && small.content().starts_with(b"\x89PNG"), "{}", small.json());
    let whole = app.send(Call::get(format!("{long_path}/content")).token(&ada.token)).await;
    assert!(whole.status == 200 && whole.content() == long);
    let part = Call::get(format!("{long_path}/content")).token(&ada.token).header("range", "bytes=5242870-5242890");
    assert_eq!(app.send(part).await.content(), &long[5_242_870..=5_242_890]);

    assert_eq!(app.send(Call::delete(&long_path).token(&ada.token)).await.status, 204);
    app.drain().await;
    assert_eq!(stored().await, 4);
    let erased = app.send(Call::delete("/v1/users/me").token(&ada.token)).await;
    assert!([202, 204].contains(&erased.status), "{}", erased.json());
    app.drain().await;
    assert_eq!(stored().await, 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_keeps_the_files_that_their_owner_has_written_into_it_and_shows_them_to_whoever_sees_it() {
    let app = TestApp::start(&Servers::Embedded).await;
    let root = app.administrator("root@example.com").await;
    let (ada, eve) = (member(&app, "ada@example.com").await, member(&app, "eve@example.com").await);
    let everybody = json!({"list": "true", "view": "record.public || record.created_by == user.id", "create": "true", "update": "true", "delete": "true"});
    let schema = json!({"type": "object", "properties": {
        "public": {"type": "boolean"}, "pictures": {"type": "array", "items": {"type": "string", "format": "uuid"}}
    }});
    let collection = json!({"name": "posts", "schema": schema, "rules": everybody});
    // What a role permits may be remembered for a second.
    tests::wait::until("the new role", PATIENCE, async || {
        let reply = app.send(Call::post("/v1/collections", collection.clone()).token(&root.token)).await;
        (reply.status == 201).then_some(())
    })
    .await;
    let path = upload(&app, &ada).await;
    let file = path.rsplit_once('/').unwrap().1.to_owned();
    let records = "/v1/collections/posts/records";
    let post = |member: &Member| Call::post(records, json!({"public": true, "pictures": [file]})).token(&member.token);
    // Whoever knows the id of a file and writes it somewhere gets nothing by that.
    let of_eve = format!("{records}/{}", id(&created(&app.send(post(&eve)).await)));
    let of_ada = format!("{records}/{}", id(&created(&app.send(post(&ada)).await)));
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 1);
    let sign = |record: &str, member: &Member| {
        Call::post(format!("{record}/files/{file}/url"), json!({})).token(&member.token)
    };
    assert_eq!(app.send(sign(&of_eve, &eve)).await.status, 404);
    let url = app.send(sign(&of_ada, &eve)).await;
    assert_eq!(url.status, 200, "{}", url.json());
    let url = url.json()["url"].as_str().unwrap().to_owned();
    let content = app.send(Call::get(url.strip_prefix("https://app.example.test").unwrap())).await;
    assert_eq!((content.status, content.content()), (200, PNG));

    // Where the record is not shown, nothing of it is.
    let hidden = app.send(Call::patch(&of_ada, json!({"public": false})).token(&ada.token)).await;
    let after = hidden.position().unwrap();
    assert_eq!(app.send(sign(&of_ada, &eve).header("tidemark-after", after)).await.status, 404);
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 1, "it is named by it still");
    let changed = app.send(Call::patch(&of_ada, json!({"public": true, "pictures": []})).token(&ada.token)).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 0);
    assert_eq!(app.send(sign(&of_ada, &eve)).await.status, 404);

    // A record that was changed again before anybody looked names what it named from its beginning.
    let twice = Uuid::now_v7();
    let operations = json!({"operations": [
        {"op": "create", "collection": "posts", "id": twice, "data": {"public": true, "pictures": [file]}},
        {"op": "patch", "collection": "posts", "id": twice, "data": {"public": false}},
    ]});
    let both = app.send(Call::post("/v1/batch", operations).token(&ada.token)).await;
    assert_eq!(both.status, 200, "{}", both.json());
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 1);
    assert_eq!(app.send(Call::delete(format!("{records}/{twice}")).token(&ada.token)).await.status, 204);
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 0);

    // A record that is deleted lets go of its files.
    app.send(Call::patch(&of_ada, json!({"pictures": [file]})).token(&ada.token)).await;
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 1);
    assert_eq!(app.send(Call::delete(&of_ada).token(&ada.token)).await.status, 204);
    app.drain().await;
    assert_eq!(shown(&app, &ada, &path).await["records"], 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_that_is_deleted_with_its_records_lets_go_of_all_that_these_had() {
    let app = TestApp::start(&Servers::Embedded).await;
    let root = app.administrator("root@example.com").await;
    let send = async |call: Call| {
        let reply = app.send(call.token(&root.token)).await;
        assert!(reply.status < 300, "{}", reply.json());
        reply.json()
    };
    let text = json!({"type": "string"});
    let id_of = json!({"type": "string", "format": "uuid"});
    let people = json!({"name": "people", "schema": {"type": "object", "properties": {"name": text}}});
    tests::wait::until("the administrator's role", PATIENCE, async || {
        let reply = app.send(Call::post("/v1/collections", people.clone()).token(&root.token)).await;
        (reply.status == 201).then_some(())
    })
    .await;
    let posts = json!({
        "name": "posts",
        "schema": {"type": "object", "properties": {"slug": text, "author": id_of, "picture": id_of}},
        "unique": ["slug"],
        "relations": {"author": {"collection": "people", "on_delete": "restrict"}},
    });
    send(Call::post("/v1/collections", posts)).await;
    let path = upload(&app, &root).await;
    let file = path.rsplit_once('/').unwrap().1;
    let author = send(Call::post("/v1/collections/people/records", json!({"name": "Ada"}))).await;
    for slug in ["one", "two", "three"] {
        let post = json!({"slug": slug, "author": id(&author), "picture": file});
        send(Call::post("/v1/collections/posts/records", post)).await;
    }
    app.drain().await;
    assert_eq!(shown(&app, &root, &path).await["records"], 3);
    let count = async |query: &str| {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let query = diesel::sql_query(format!("SELECT count(*) FROM {query}"));
        let Count { count } = query.get_result(&mut app.database.connect().await).await.unwrap();
        count
    };
    let claims = "claims WHERE scope IN ('record.unique', 'record.reference')";
    assert_eq!(count(claims).await, 6);
    tests::wait::until("the rows", PATIENCE, async || (count("records").await == 4).then_some(())).await;

    let delete = Call::delete("/v1/collections/posts?force=true").token(&root.token);
    assert_eq!(app.send(delete).await.status, 204);
    tests::wait::until("the end of the rows", PATIENCE, async || (count("records").await == 1).then_some(())).await;
    app.drain().await;
    assert_eq!((count(claims).await, count("file_records").await), (0, 0));
    assert_eq!(shown(&app, &root, &path).await["records"], 0);
    // Nothing that nobody sees any more keeps a record from going.
    let author = Call::delete(format!("/v1/collections/people/records/{}", id(&author)));
    assert_eq!(app.send(author.token(&root.token)).await.status, 204);
    app.stop().await;
}
