//! Events become jobs exactly once, whoever is killed, and from where they should.

use std::collections::HashSet;

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use domain::users::Locale;
use jobs::JobState;

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_before_the_first_worker_ever_ran_is_welcomed() {
    let installation = Installation::new().await;
    installation.register("ada@example.com", None, Locale::En).await;
    let _worker = WorkerProcess::start(&installation).await;
    installation.sink.wait_for_mails(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_enqueue_exactly_once_and_lose_no_mail() {
    const PEOPLE: i64 = 120;
    const KILLS: i64 = 6;
    let installation = Installation::new().await;
    for round in 0..KILLS {
        let worker = WorkerProcess::start(&installation).await;
        for number in 0..PEOPLE / KILLS {
            installation.register(&format!("user{round}x{number}@example.com"), None, Locale::En).await;
        }
        eventually("some, and not all, is done", || async { mail_jobs(&installation, "true").await > round * 20 })
            .await;
        worker.kill();
    }
    let _workers = (WorkerProcess::start(&installation).await, WorkerProcess::start(&installation).await);
    eventually("every job is completed", || async { mail_jobs(&installation, "state = 'completed'").await == PEOPLE })
        .await;
    assert_eq!(mail_jobs(&installation, "true").await, PEOPLE);
    let mails = installation.sink.mails();
    let distinct: HashSet<_> = mails.iter().map(|mail| mail.message_id()).collect();
    assert_eq!(distinct.len() as i64, PEOPLE);
    let most_repeats = KILLS * installation.options().jobs.queues[0].1 as i64;
    assert!(
        mails.len() as i64 <= PEOPLE + most_repeats,
        "only what was being sent in the moment of a kill is repeated"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_the_jobs_and_the_checkpoint_leaves_neither() {
    let installation = Installation::new().await;
    // Jobs can be enqueued, and the transaction cannot end.
    let mut conn = installation.database.connect().await;
    installation
        .run(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$",
        )
        .await;
    installation
        .run(
            "CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON jobs DEFERRABLE INITIALLY DEFERRED \
             FOR EACH ROW WHEN (NEW.queue = 'mail') EXECUTE FUNCTION hold()",
        )
        .await;
    sql_query("SELECT pg_advisory_lock(42)").execute(&mut conn).await.unwrap();
    let worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    eventually("the reaction is about to commit", || async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 42 \
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        installation.count(waiting).await == 1
    })
    .await;
    worker.kill();
    assert_eq!(mail_jobs(&installation, "true").await, 0);
    assert_eq!(position(&installation).await, 0);

    drop(conn);
    let _worker = WorkerProcess::start(&installation).await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    assert_eq!((mail_jobs(&installation, "true").await, position(&installation).await), (1, 1));
    assert_eq!(installation.sink.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_nobody_is_mailed_about_the_past() {
    let installation = Installation::new().await;
    let old = installation.register("old@example.com", None, Locale::En).await;
    installation.run("UPDATE log_incarnation SET incarnation = gen_random_uuid()").await;
    let _worker = WorkerProcess::start(&installation).await;
    eventually("reactions have begun", || async { position(&installation).await == 1 }).await;
    let new = installation.register("new@example.com", None, Locale::En).await;
    installation.wait_for_job(new.event_id, JobState::Completed).await;
    assert!(installation.job_of(old.event_id).await.is_none());
    assert_eq!(installation.sink.mails().len(), 1);
}

async fn mail_jobs(installation: &Installation, condition: &str) -> i64 {
    installation.count(&format!("SELECT count(*) FROM jobs WHERE queue = 'mail' AND {condition}")).await
}

async fn position(installation: &Installation) -> i64 {
    installation.count("SELECT position AS count FROM checkpoints WHERE consumer = 'reactions'").await
}
