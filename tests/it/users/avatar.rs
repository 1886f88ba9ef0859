//! The picture by which somebody is shown, from its upload to its end.

use serde_json::{Value, json};
use tests::http::{Call, Reply};

use crate::{
    app::{Member, PATIENCE, Servers, TestApp},
    files::{PNG, member, stored},
};

const AVATAR: &str = "/v1/users/me/avatar";
/// What a camera might have noted, behind the picture.
const NOTES: &[u8] = b"GPS 48.2082 16.3738";

async fn choose(app: &TestApp, member: &Member) -> Value {
    let reply = app.send(Call::put(AVATAR, "image/png", [PNG, NOTES].concat()).token(&member.token)).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    reply.json()
}

async fn get(app: &TestApp, member: &Member, path: impl Into<String>) -> Reply {
    app.send(Call::get(path).token(&member.token)).await
}

async fn shown(app: &TestApp, member: &Member) -> Value {
    let me = Call::get("/v1/users/me").token(&member.token).header("tidemark-after", app.head_now().await);
    app.send(me).await.json()["avatar"].clone()
}

fn file_path(avatar: &Value) -> String {
    format!("/v1/files/{}", avatar["file_id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_shown_in_small_and_goes_with_what_ends_it() {
    let app = TestApp::start(&Servers::Embedded).await;
    let ada = member(&app, "ada@example.com").await;
    let root = app.administrator("root@example.com").await;
    let mut live = app.live(&ada).await;
    live.subscribe("users/me", None).await.unwrap();
    live.expect("subbed").await;

    let first = choose(&app, &ada).await;
    assert_eq!(live.expect("chg").await["data"]["avatar"], first);
    app.drain().await;
    let url = first["url"].as_str().unwrap();
    // What a role permits may be remembered for a second.
    tests::wait::until("the administrator's role", PATIENCE, async || {
        (get(&app, &root, "/v1/users").await.status == 200).then_some(())
    })
    .await;
    for (who, path) in [(&ada, url.to_owned()), (&ada, format!("{AVATAR}?size=320")), (&root, format!("{url}&size=64"))]
    {
        let small = get(&app, who, path).await;
        assert_eq!((small.status, small.header("content-type")), (200, Some("image/png")), "{}", small.json());
        assert!(small.content().starts_with(b"\x89PNG"));
        assert!(!small.content().windows(NOTES.len()).any(|part| part == NOTES), "nothing of the camera's notes");
    }

    // Another one takes its place, and all of the first goes.
    let second = choose(&app, &ada).await;
    app.drain().await;
    assert_eq!((get(&app, &ada, file_path(&first)).await.status, stored(app.files())), (404, 4));
    assert_eq!((get(&app, &ada, url).await.status, shown(&app, &ada).await), (200, second.clone()));

    // The file is deleted as any other: then it is nobody's picture any more.
    assert_eq!(app.send(Call::delete(file_path(&second)).token(&ada.token)).await.status, 204);
    assert_eq!(get(&app, &ada, AVATAR).await.status, 404);
    app.drain().await;
    assert_eq!((shown(&app, &ada).await, stored(app.files())), (Value::Null, 0));

    choose(&app, &ada).await;
    assert_eq!(app.send(Call::delete(AVATAR).token(&ada.token)).await.status, 204);
    app.drain().await;
    assert_eq!((shown(&app, &ada).await, stored(app.files())), (Value::Null, 0));

    let last = choose(&app, &ada).await;
    app.drain().await;
    let exported = export(&app, &ada).await;
    assert_eq!(exported["account"]["avatar"], last["file_id"]);
    assert_eq!((&exported["files"][0]["id"], &exported["files"][0]["name"]), (&last["file_id"], &json!("avatar")));
    let link = exported["files"][0]["url"].as_str().unwrap().strip_prefix("https://app.example.test").unwrap();
    assert_eq!(get(&app, &ada, link).await.content(), [PNG, NOTES].concat(), "the person's own is whole");
    let erased = app.send(Call::delete("/v1/users/me").token(&ada.token)).await;
    assert!([202, 204].contains(&erased.status), "{}", erased.json());
    app.drain().await;
    assert_eq!(stored(app.files()), 0);
    assert_eq!(get(&app, &root, last["url"].as_str().unwrap()).await.status, 404);
    app.stop().await;
}

async fn export(app: &TestApp, member: &Member) -> Value {
    let asked = app.send(Call::post("/v1/users/me/exports", json!({})).token(&member.token)).await;
    assert_eq!(asked.status, 202, "{}", asked.json());
    let path = format!("/v1/users/me/exports/{}/download", asked.json()["id"].as_str().unwrap());
    tests::wait::until("the export", PATIENCE, async || {
        let reply = get(app, member, &path).await;
        (reply.status == 200).then(|| reply.json())
    })
    .await
}
