//! A person gets everything that is known about them, opened, and nobody else does.

use chrono::Utc;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::AsyncConnection;
use domain::{
    Sealed,
    files::{ContentType, DeleteFile, Deletion, Digest, FileId, Room},
    users::{ChangeAvatar, ChangeProfile, EnrolTotp, EraseUser, Locale, RequestExport, UserId},
};
use event_store::Execution;
use file_store::{Key, NAME, NewFile, Received};
use jobs::{EnqueueOptions, JobState, admin};
use serde_json::{Value, json};
use uuid::Uuid;
use workers::{retention::PruneExports, users::SendExportReadyEmail};

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

#[derive(QueryableByName)]
struct Content {
    #[diesel(sql_type = Text)]
    content: String,
}

/// What the API does: room for it first, then the event.
async fn request(installation: &Installation, user: Uuid) -> Uuid {
    ask(installation, user).await.0
}

/// The ids of the export and of the event.
async fn ask(installation: &Installation, user: Uuid) -> (Uuid, Uuid) {
    let id = Uuid::now_v7();
    let insert = "INSERT INTO exports (id, user_id, state, requested_at, expires_at) \
                  VALUES ('$id', '$user', 'pending', now(), now() + interval '1 day')";
    installation.run(&insert.replace("$id", &id.to_string()).replace("$user", &user.to_string())).await;
    let event = installation.execute(user, RequestExport { export_id: id, at: Utc::now() }).await;
    (id, event)
}

/// A file without content, which is not in the export.
async fn upload(installation: &Installation, owner: Uuid, id: Uuid, name: &str, size: u64) {
    let content_type = ContentType::parse("application/pdf").unwrap();
    let received = Received { size, sha256: Digest::from_bytes([7; 32]), content_type };
    let name = installation.seal(owner, NAME, name).await;
    let (key, at) = (Key::content(id), Utc::now());
    let (id, owner) = (FileId::from_uuid(id), UserId::from_uuid(owner));
    let file = NewFile { id, owner, name, received, key, temporary: false, at };
    let room = Room { files: 10, bytes: 1 << 20 };
    file_store::make(&installation.store, file, room, Execution::new(Uuid::now_v7())).await.unwrap();
}

async fn count(installation: &Installation, id: Uuid, state: &str) -> i64 {
    installation.count(&format!("SELECT count(*) FROM exports WHERE id = '{id}' AND state = '{state}'")).await
}

async fn opened(installation: &Installation, id: Uuid, user: Uuid) -> (String, Value) {
    // Not for the whole file: its `execute` would hide the installation's.
    use diesel_async::RunQueryDsl;
    let mut conn = installation.database.connect().await;
    let query = format!("SELECT content FROM exports WHERE id = '{id}'");
    let Content { content } = sql_query(query).get_result(&mut conn).await.unwrap();
    assert!(content.starts_with("s1.") && !content.contains("ada@example.com"), "sealed");
    let key = installation.keys.get(user).await.unwrap();
    let text = key.open("user.export", &Sealed::from_ciphertext(content)).unwrap();
    let document = serde_json::from_str(&text).unwrap();
    (text, document)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_has_account_sessions_and_events_and_no_credentials() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await.user_id;
    let name = installation.seal(ada, "user.display_name", "Countess").await;
    let changed = ChangeProfile { display_name: Some(Some(name)), locale: None, at: Utc::now() };
    installation.execute(ada, changed).await;
    let secret = installation.seal(ada, "user.totp_secret", "SECRETSECRET").await;
    installation.execute(ada, EnrolTotp { secret, at: Utc::now() }).await;
    let device = installation.seal(ada, "session.device", "Firefox on Linux").await;
    installation
        .run(&format!(
            "INSERT INTO sessions (id, user_id, generation, refresh_hash, created_at, last_seen_at, authenticated_at, \
             idle_expires_at, expires_at, mode, device) \
             VALUES (gen_random_uuid(), '{ada}', 0, 'x', now(), now(), now(), now(), now(), 'token', '{}')",
            device.as_str()
        ))
        .await;

    let (report, picture) = (Uuid::now_v7(), Uuid::now_v7());
    for (id, name, size) in [(report, "report.pdf", 5), (picture, "avatar", 7)] {
        upload(&installation, ada, id, name, size).await;
    }
    let eve = installation.register("eve@example.com", None, Locale::En).await.user_id;
    upload(&installation, eve, Uuid::now_v7(), "of eve", 1).await;
    let gone = Uuid::now_v7();
    upload(&installation, ada, gone, "gone", 1).await;
    let delete = DeleteFile { why: Deletion::Asked, at: Utc::now() };
    file_store::remove(&installation.store, FileId::from_uuid(gone), delete, Execution::new(Uuid::now_v7()))
        .await
        .unwrap();
    installation.execute(ada, ChangeAvatar { file: FileId::from_uuid(picture), at: Utc::now() }).await;

    let id = request(&installation, ada).await;
    eventually("the export is ready", || async { count(&installation, id, "ready").await == 1 }).await;
    let (text, document) = opened(&installation, id, ada).await;
    let files = document["files"].as_array().unwrap();
    let names: Vec<_> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["report.pdf", "avatar"]);
    let url = files[0]["url"].as_str().unwrap();
    assert!(url.starts_with("http") && url.ends_with(&format!("/v1/files/{report}/content")), "{url}");
    assert_eq!((&files[0]["size_bytes"], &files[0]["content_type"]), (&json!(5), &json!("application/pdf")));
    assert_eq!(document["account"]["avatar"], json!(picture));
    assert_eq!((&document["account"]["email"], &document["complete"]), (&"ada@example.com".into(), &true.into()));
    assert_eq!(document["account"]["display_name"], "Countess");
    assert_eq!(document["sessions"][0]["device"], "Firefox on Linux");
    let events = document["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "user.registered",
            "user.profile_changed",
            "user.totp_enrolled",
            "user.avatar_changed",
            "user.export_requested"
        ]
    );
    assert_eq!(events[0]["data"]["email"], "ada@example.com");
    assert_eq!(
        (&events[0]["data"]["display_name"], &events[1]["data"]["display_name"]),
        (&"Ada".into(), &"Countess".into())
    );
    for left_out in ["s1.", "password_hash", "SECRETSECRET", "secret"] {
        assert!(!text.contains(left_out), "{left_out}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asked_is_mailed_that_it_is_ready_and_until_when() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await.user_id;
    let (id, asked) = ask(&installation, ada).await;
    let mail = installation.mail_of(asked).await;
    assert_eq!(mail.to, ["ada@example.com"]);
    assert_eq!(mail.subject(), "The copy of your Tidemark data is ready");
    let text = mail.text();
    assert!(text.starts_with("Hello Ada,") && text.contains("It is kept until ") && !text.contains("/v1/"), "{text}");
    assert_eq!(count(&installation, id, "ready").await, 1, "it was there before the mail was");
    let job = installation.job_of(asked).await.unwrap();
    let args = json!({"user_id": ada, "cause": asked, "export_id": id});
    assert_eq!((job.kind.as_str(), job.args), ("email.export_ready", args));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_mailed_about_an_export_that_is_gone() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.com", None, Locale::En).await.user_id;
    let mail = SendExportReadyEmail { user_id: ada, cause: Uuid::now_v7(), export_id: Uuid::now_v7() };
    let mut conn = installation.database.connect().await;
    conn.transaction(async |conn| jobs::enqueue(conn, &mail, &EnqueueOptions::default()).await).await.unwrap();
    let _worker = WorkerProcess::start(&installation).await;
    installation.wait_for_job(mail.cause, JobState::Cancelled).await;
    assert!(installation.sink.mails().iter().all(|sent| !sent.message_id().starts_with("<export_ready")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_exported_of_somebody_who_was_erased() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.com", None, Locale::En).await.user_id;
    let id = request(&installation, ada).await;
    installation.execute(ada, EraseUser { at: Utc::now() }).await;
    let _worker = WorkerProcess::start(&installation).await;
    eventually("the row is gone", || async {
        installation.count(&format!("SELECT count(*) FROM exports WHERE id = '{id}'")).await == 0
    })
    .await;
    eventually("no job is left", || async {
        admin::busy(&mut installation.database.connect().await).await.unwrap() == 0
    })
    .await;
    assert_eq!(installation.count("SELECT count(*) FROM exports").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expired_exports_are_deleted() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await.user_id;
    let (old, new) = (request(&installation, ada).await, request(&installation, ada).await);
    for id in [old, new] {
        eventually("the export is ready", || async { count(&installation, id, "ready").await == 1 }).await;
    }
    installation.run(&format!("UPDATE exports SET expires_at = now() WHERE id = '{old}'")).await;
    let mut conn = installation.database.connect().await;
    conn.transaction(async |conn| jobs::enqueue(conn, &PruneExports {}, &EnqueueOptions::default()).await)
        .await
        .unwrap();
    eventually("the old one is gone", || async { count(&installation, old, "ready").await == 0 }).await;
    assert_eq!(count(&installation, new, "ready").await, 1);
}
