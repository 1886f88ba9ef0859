//! Registering, the whole path: request, event, read model, job, mail, sign-in, live updates.

use serde_json::json;
use tests::{http::Call, live::Live};
use uuid::Uuid;

use crate::app::{Member, PATIENCE, Servers, TestApp, pushed};

const ADA: &str = "ada@example.test";
/// Versions of a user who has registered, and was asked to verify the address; and who has then signed in once.
const REGISTERED: i64 = 2;
const SIGNED_IN: i64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_user_is_welcomed_signs_in_and_is_followed_live() {
    whole_path(&Servers::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_happens_over_rabbitmq_and_redis() {
    whole_path(&Servers::separate()).await;
}

async fn whole_path(servers: &Servers) {
    let app = TestApp::start(servers).await;
    let admin = app.administrator("root@example.test").await;
    let mut everybody = subscribed(&app, &admin, "users").await;

    register(&app).await;
    let (event_id, user_id) = recorded(&app).await;
    welcomed(&app, event_id).await;
    let shown = pushed(&mut everybody, user_id, REGISTERED).await;
    assert_eq!((&shown["op"], &shown["data"]["email"]), (&json!("upsert"), &json!(ADA)));

    let ada = app.sign_in(ADA).await;
    let mut herself = subscribed(&app, &ada, "users/me").await;
    rename(&app, &ada).await;
    for live in [&mut herself, &mut everybody] {
        assert_eq!(pushed(live, ada.id, SIGNED_IN + 1).await["data"]["display_name"], "Ada Lovelace");
    }

    register(&app).await;
    told_of_the_repetition(&app).await;
    app.drain().await;
    assert_eq!(app.sink.mails().len(), 5, "a welcome and a link to verify the address each, and one note");
    drop((everybody, herself));
    app.stop().await;
}

async fn subscribed(app: &TestApp, member: &Member, topic: &str) -> Live {
    let mut live = app.live(member).await;
    live.subscribe(topic, None).await.unwrap();
    let snapshot = live.expect("snap").await;
    assert!(snapshot["items"].as_array().unwrap().iter().any(|item| item["key"] == member.id.to_string()));
    live.expect("subbed").await;
    live
}

/// The answer is the same whether or not the address is taken, and names nothing.
async fn register(app: &TestApp) {
    let reply = app.register(ADA, "Ada", "de").await;
    assert_eq!((reply.status, reply.json()), (202, json!({"status": "accepted"})));
    assert_eq!((reply.version(), reply.position()), (None, None));
}

/// The event is in the log, and nothing of it can be read there. Returns its id and the user's.
async fn recorded(app: &TestApp) -> (Uuid, Uuid) {
    let events = app.events().await;
    let [.., event, asked] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((asked.event_type.as_str(), asked.stream_version), ("user.verification_requested", REGISTERED));
    assert_eq!((event.event_type.as_str(), event.stream_version), ("user.registered", 1));
    // Three letters alone are in one ciphertext of a hundred.
    let payload = event.payload.get().to_lowercase();
    assert!(!payload.contains("ada@") && !payload.contains("\"ada\""), "{payload}");
    assert!(payload.contains(r#""locale": "de""#), "{payload}");
    (event.event_id, event.aggregate_id().unwrap())
}

async fn welcomed(app: &TestApp, event_id: Uuid) {
    let mails = app.mails_to(ADA, 2).await;
    let mail = mails.iter().find(|mail| mail.subject() == "Willkommen bei Tidemark").unwrap();
    assert_eq!(mail.header("Content-Language").as_deref(), Some("de"));
    assert!(mail.message_id().starts_with(&format!("welcome.{event_id}@")), "{}", mail.message_id());
    for content in [mail.text(), mail.html()] {
        assert!(content.contains("Guten Tag Ada") && content.contains("app.example.test"), "{content}");
    }
    assert!(mail.html().contains("<p>") && !mail.text().contains("<p>"));
}

/// Changes the name, and reads it at once.
async fn rename(app: &TestApp, ada: &Member) {
    let call = Call::patch("/v1/users/me", json!({"display_name": "Ada Lovelace"}));
    let reply = app.send(call.token(&ada.token).header("if-match", format!("\"v{SIGNED_IN}\""))).await;
    assert_eq!((reply.status, reply.version()), (200, Some(SIGNED_IN + 1)), "{}", reply.json());
    let position = reply.position().unwrap();
    let me = app.send(Call::get("/v1/users/me").token(&ada.token).header("tidemark-after", position)).await;
    assert_eq!((me.status, &me.json()["display_name"]), (200, &json!("Ada Lovelace")));
    assert_eq!((me.version(), me.json()["version"].as_i64()), (Some(SIGNED_IN + 1), Some(SIGNED_IN + 1)));
    assert!(me.position() >= Some(position));
}

async fn told_of_the_repetition(app: &TestApp) {
    let mails = app.mails_to(ADA, 3).await;
    assert!(mails.iter().any(|mail| mail.subject() == "Ihre Adresse ist bei Tidemark schon registriert"));
    let events = app.events().await;
    let of_ada = events.iter().filter(|event| event.event_type == "user.registered").count();
    assert_eq!((of_ada, events.last().unwrap().event_type.as_str()), (2, "user.registration_repeated"));
    assert!(app.position_of("reactions").await > 0, "within {PATIENCE:?}");
}
