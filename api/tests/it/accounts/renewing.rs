//! The caller's session goes on with other tokens, whatever happens meanwhile, and comes back to nobody who has lost it.

use bootstrap::db::Connection;
use diesel::{dsl::sql, sql_types::Bool};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::users::{SignOutEverywhere, UserEvent};
use serde_json::{Value, json};

use super::{ADA, Owner, code, count, execute, run};
use crate::{
    app::{PASSWORD, TestApp},
    client::Answer,
};

const SIGN_OUT: SignOutEverywhere = SignOutEverywhere { at: chrono::DateTime::UNIX_EPOCH };
const REFUSE_STEP_UPS: &str = "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW
        WHEN (NEW.event_type = 'user.stepped_up') EXECUTE FUNCTION refuse()";

/// Does something while a request waits for what `hold` has locked, and lets go of it then.
async fn meanwhile(app: &TestApp, hold: &str, request: impl Future<Output = Answer>, act: impl Future) -> Answer {
    let mut holder = app.database.connect().await;
    holder.batch_execute(&format!("BEGIN; {hold}")).await.unwrap();
    let acting = async {
        until_somebody_waits(&mut app.database.connect().await).await;
        act.await;
        holder.batch_execute("COMMIT").await.unwrap();
    };
    tokio::join!(request, acting).0
}

async fn until_somebody_waits(conn: &mut Connection) {
    let waiting =
        "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')";
    let ask = async {
        while !diesel::select(sql::<Bool>(waiting)).get_result::<bool>(conn).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ask).await.expect("a statement waits for a lock");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_refreshed_meanwhile_goes_on_all_the_same() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (secret, _) = ada.with_second_factor(&app).await;
    for (path, body) in
        [("mfa/totp/recovery-codes", Value::Null), ("step-up", json!({"password": PASSWORD, "totp": code(&secret)}))]
    {
        let exchange = "UPDATE sessions SET rotations = rotations + 1, previous_hash = refresh_hash";
        let request = ada.post(&app, path, &body);
        ada = Owner::of(&meanwhile(&app, exchange, request, async {}).await);
        assert_eq!(app.get("/v1/auth/sessions").token(&ada.token).send().await.status, 200, "{path}");
        ada = Owner::of(&ada.refresh(&app).await);
    }
}

/// The row is renewed before the event is written.
#[tokio::test(flavor = "multi_thread")]
async fn step_ups_that_fail_cost_nobody_the_session() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let proof = json!({"password": PASSWORD});
    run(&app, REFUSE_STEP_UPS).await;
    for _ in 0..3 {
        assert!(ada.post(&app, "step-up", &proof).await.status >= 500);
        ada.refresh(&app).await.problem(401, "invalid_refresh_token");
    }
    run(&app, "DROP TRIGGER refuse ON events").await;
    let again = Owner::of(&ada.post(&app, "step-up", &proof).await);
    Owner::of(&again.refresh(&app).await);
    assert_eq!(count(&app, UserEvent::SESSION_ENDED).await, 0, "nobody is told of a theft");
}

/// Most often within the second for which a process remembers that the token counts; after it, it counts for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_meanwhile_does_not_come_back_where_there_is_no_second_factor() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    assert_eq!(app.get("/v1/auth/sessions").token(&ada.token).send().await.status, 200);
    execute(&app, ada.id, SIGN_OUT, vec![]).await;
    let answer = ada.post(&app, "mfa/totp/disable", &json!({"password": PASSWORD})).await;
    answer.ok(401);
    assert_over(&app, &ada).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_while_a_second_factor_is_dropped_does_not_come_back() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    ada.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200);
    let (hold, body) = ("LOCK TABLE sign_in_attempts", json!({"password": PASSWORD}));
    let request = ada.post(&app, "mfa/totp/disable", &body);
    let answer = meanwhile(&app, hold, request, execute(&app, ada.id, SIGN_OUT, vec![])).await;
    answer.problem(409, "conflict");
    assert_over(&app, &ada).await;
}

async fn assert_over(app: &TestApp, ada: &Owner) {
    ada.refresh(app).await.problem(401, "invalid_refresh_token");
    let alive = "SELECT FROM sessions WHERE generation > 0";
    run(app, &format!("DO $$ BEGIN IF EXISTS ({alive}) THEN RAISE 'it came back'; END IF; END $$")).await;
}
