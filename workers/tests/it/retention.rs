//! What is old is deleted; what may still be needed is not.

use diesel_async::AsyncConnection;
use domain::users::Locale;
use jobs::{EnqueueOptions, JobState};
use workers::retention::{PruneCommands, PruneEmailLog, PruneSignIns};

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_commands_and_mails_are_forgotten_and_new_ones_are_not() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    // Ids of 2024, and mails of last month.
    installation
        .run(
            "INSERT INTO commands (command_id, first_event, events) \
             SELECT ('018d0000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(), 1 FROM generate_series(1, 2500) n",
        )
        .await;
    installation
        .run(
            "INSERT INTO email_log (kind, subject, cause, state, claimed_until, created_at) \
             SELECT 'welcome', gen_random_uuid(), gen_random_uuid(), 'sent', now(), now() - interval '31 days' \
             FROM generate_series(1, 1500)",
        )
        .await;
    let mut conn = installation.database.connect().await;
    conn.transaction(async |conn| {
        jobs::enqueue(conn, &PruneCommands {}, &EnqueueOptions::default()).await?;
        jobs::enqueue(conn, &PruneEmailLog {}, &EnqueueOptions::default()).await
    })
    .await
    .unwrap();
    eventually("only the new ones are left", || async {
        installation.count("SELECT count(*) FROM commands").await == 1
            && installation.count("SELECT count(*) FROM email_log").await == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_attempts_and_sessions_are_forgotten() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    installation
        .run(
            "INSERT INTO sign_in_attempts (subject, failures, allowed_at, updated_at) \
             SELECT n::text::bytea, 1, now(), now() - n * interval '1 hour' FROM generate_series(1, 1200) n",
        )
        .await;
    // Session n was over n days ago, in three ways.
    installation
        .run(
            "INSERT INTO sessions (id, user_id, generation, refresh_hash, created_at, last_seen_at, authenticated_at, \
             idle_expires_at, expires_at, mode, ended_at) \
             SELECT gen_random_uuid(), gen_random_uuid(), 0, n::text::bytea, now(), now(), now(), \
                    CASE WHEN n % 3 = 0 THEN ended ELSE now() END, CASE WHEN n % 3 = 1 THEN ended ELSE now() END, 'token', \
                    CASE WHEN n % 3 = 2 THEN ended END \
             FROM generate_series(1, 60) n, LATERAL (SELECT now() - n * interval '1 day' + interval '1 hour') o (ended)",
        )
        .await;
    let mut conn = installation.database.connect().await;
    conn.transaction(async |conn| jobs::enqueue(conn, &PruneSignIns {}, &EnqueueOptions::default()).await)
        .await
        .unwrap();
    eventually("only the new ones are left", || async {
        installation.count("SELECT count(*) FROM sign_in_attempts").await == 23
            && installation.count("SELECT count(*) FROM sessions").await == 30
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retention_is_scheduled() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    eventually("the schedules are known", || async {
        installation.count("SELECT count(*) FROM job_crons WHERE name LIKE 'prune_%'").await == 5
    })
    .await;
}
