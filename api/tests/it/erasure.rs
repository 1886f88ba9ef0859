//! Erasing accounts over HTTP: one's own, and those of others, with everything that follows at once.

use diesel_async::SimpleAsyncConnection;
use domain::{Aggregate, users::User};
use event_store::{ErasureLedger, StreamId};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::{PASSWORD, TestApp, eventually},
    cast::Cast,
};

async fn check(app: &TestApp, assertion: &str) {
    let statement = format!("DO $$ BEGIN ASSERT ({assertion}); END $$");
    app.database.connect().await.batch_execute(&statement).await.unwrap_or_else(|error| panic!("{assertion}: {error}"));
}

async fn assert_gone(app: &TestApp, id: Uuid) {
    check(app, &format!("(SELECT wrapped_key IS NULL FROM subject_keys WHERE subject_id = '{id}')")).await;
    check(app, &format!("NOT EXISTS (SELECT FROM claims WHERE stream_id = '{}')", StreamId::new(User::CATEGORY, id)))
        .await;
    let ledger = ErasureLedger::new(&app.context.config.erasure.ledger).entries().await.unwrap();
    assert!(ledger.iter().any(|entry| entry.subject == id), "{ledger:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_erases_their_account_is_gone_at_once() {
    let app = TestApp::start().await;
    let (ada, admin) = (app.person("ada@example.org").await, app.admin("root@example.org").await);
    let erased = app.request("DELETE", "/v1/users/me").token(&ada.token).send().await;
    assert_eq!(erased.ok(204).header("tidemark-position").map(str::parse::<i64>), Some(Ok(app.head().await)));
    assert_gone(&app, ada.id).await;

    eventually("the token is refused", async || {
        (app.get("/v1/users/me").token(&ada.token).send().await.status == 401).then_some(())
    })
    .await;
    app.login(&ada.email, PASSWORD).await.problem(401, "invalid_credentials");
    let seen = app.get(&format!("/v1/users/{}", ada.id)).token(&admin.token);
    seen.header("Tidemark-After", app.head().await.to_string()).send().await.problem(404, "not_found");
    // The address is anybody's again.
    let again = app.person(&ada.email).await;
    assert_ne!(again.id, ada.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_erased_by_whoever_may_do_more_than_they() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let role = cast.define("eraser", &["users:erase:all", "users:read:all"]).await;
    let (admin, ada) = (app.admin("root@example.org").await, app.person("ada@example.org").await);
    let eraser = app.person("eraser@example.org").await;
    cast.grant(&eraser, role).await;
    eventually("the role", async || {
        (app.get("/v1/users").token(&eraser.token).send().await.status == 200).then_some(())
    })
    .await;
    let erase = |id: Uuid, token: &str| app.request("DELETE", &format!("/v1/users/{id}")).token(token).send();
    erase(admin.id, &eraser.token).await.problem(403, "forbidden");
    erase(ada.id, &eraser.token).await.ok(204);
    assert_gone(&app, ada.id).await;
    erase(ada.id, &admin.token).await.ok(204);
    assert_eq!(app.event_types().await.iter().filter(|kind| *kind == "user.erased").count(), 1);
    erase(Uuid::now_v7(), &admin.token).await.problem(404, "not_found");
    let nothing = app.request("DELETE", "/v1/users/nobody").token(&admin.token).send().await;
    nothing.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_do_not_erase_themselves() {
    let app = TestApp::start().await;
    let admin = app.admin("root@example.org").await;
    for path in ["/v1/users/me".to_owned(), format!("/v1/users/{}", admin.id)] {
        app.request("DELETE", &path).token(&admin.token).send().await.problem(409, "own_account");
    }
    app.caught_up(&admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_takes_a_recent_authentication() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let mut conn = app.database.connect().await;
    conn.batch_execute("UPDATE sessions SET authenticated_at = now() - interval '11 minutes'").await.unwrap();
    for (method, path) in [("DELETE", "/v1/users/me"), ("POST", "/v1/users/me/exports")] {
        app.request(method, path).token(&ada.token).send().await.problem(403, "step_up_required");
    }
    let proof = json!({"password": PASSWORD});
    let answer = app.request("POST", "/v1/auth/step-up").token(&ada.token).json(&proof).send().await;
    let token = answer.ok(200).json()["access_token"].as_str().unwrap().to_owned();
    app.request("DELETE", "/v1/users/me").token(&token).send().await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_does_not_stop_an_erasure_that_was_begun() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    // The key cannot be destroyed now.
    let mut conn = app.database.connect().await;
    conn.batch_execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$; \
         CREATE TRIGGER refuse BEFORE UPDATE ON subject_keys FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    .await
    .unwrap();
    app.request("DELETE", "/v1/users/me").token(&ada.token).send().await.ok(202);
    let ledger = ErasureLedger::new(&app.context.config.erasure.ledger).entries().await.unwrap();
    assert_eq!(ledger.iter().map(|entry| (entry.subject, entry.finished_at)).collect::<Vec<_>>(), [(ada.id, None)]);
    assert_eq!(app.event_types().await.last().map(String::as_str), Some("user.erased"), "workers go on from here");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_ledger_nobody_is_erased() {
    let app = TestApp::start_with(|config| config.erasure.ledger = "/dev/null/erasures".into()).await;
    let ada = app.person("ada@example.org").await;
    app.request("DELETE", "/v1/users/me").token(&ada.token).send().await.problem(500, "internal");
    app.get("/v1/users/me").token(&ada.token).header("Tidemark-After", "1").send().await.ok(200);
}
