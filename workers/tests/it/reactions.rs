//! Events become jobs exactly once, whoever is killed, and from where they should.

use std::collections::HashSet;

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
    const PEOPLE: usize = 120;
    const KILLS: usize = 6;
    let installation = Installation::new().await;
    for round in 0..KILLS {
        let worker = WorkerProcess::start(&installation).await;
        for number in 0..PEOPLE / KILLS {
            installation.register(&format!("user{round}x{number}@example.com"), None, Locale::En).await;
        }
        // In the middle of whatever it does by then.
        worker.kill();
    }
    let _workers = (WorkerProcess::start(&installation).await, WorkerProcess::start(&installation).await);
    eventually("every job is completed", || async {
        installation.count("SELECT count(*) FROM jobs WHERE queue = 'mail' AND state = 'completed'").await
            == PEOPLE as i64
    })
    .await;
    assert_eq!(installation.count("SELECT count(*) FROM jobs WHERE queue = 'mail'").await, PEOPLE as i64);
    let mails = installation.sink.mails();
    let distinct: HashSet<_> = mails.iter().map(|mail| mail.message_id()).collect();
    assert_eq!(distinct.len(), PEOPLE);
    let most_repeats = KILLS * installation.options().jobs.queues[0].1;
    assert!(mails.len() <= PEOPLE + most_repeats, "only what was being sent in the moment of a kill is repeated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_nobody_is_mailed_about_the_past() {
    let installation = Installation::new().await;
    let old = installation.register("old@example.com", None, Locale::En).await;
    installation.run("UPDATE log_incarnation SET incarnation = gen_random_uuid()").await;
    let _worker = WorkerProcess::start(&installation).await;
    eventually("reactions have begun", || async {
        installation.count("SELECT position AS count FROM checkpoints WHERE consumer = 'reactions'").await == 1
    })
    .await;
    let new = installation.register("new@example.com", None, Locale::En).await;
    installation.wait_for_job(new.event_id, JobState::Completed).await;
    assert!(installation.job_of(old.event_id).await.is_none());
    assert_eq!(installation.sink.mails().len(), 1);
}
