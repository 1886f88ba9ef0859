//! Mail servers that refuse, hang, break off or are away, and workers that are killed.

use std::time::Duration;

use bootstrap::{BreakerSettings, health::State};
use domain::users::{ChangeProfile, Locale};
use jobs::JobState;
use test_support::{SmtpFault, SmtpStep};
use workers::{Options, mailer::MailerSettings};

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_temporary_refusal_is_tried_again() {
    let installation = Installation::new().await;
    installation.sink.fail_next(1, SmtpStep::Recipient, SmtpFault::Reply(451));
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Retrying).await;
    assert_eq!(job.last_error.as_deref(), Some("smtp_451_recipient"));
    assert!(installation.sink.mails().is_empty());

    installation.retry_waiting_jobs().await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    assert_eq!(installation.sink.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_refused_for_good_gets_no_more_mail() {
    let installation = Installation::new().await;
    installation.sink.fail(SmtpStep::Recipient, SmtpFault::Reply(550));
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Discarded).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (1, Some("smtp_550_recipient")));

    installation.sink.accept();
    let next = installation.repeat_registration(ada.user_id).await;
    let job = installation.wait_for_job(next, JobState::Cancelled).await;
    assert_eq!(job.last_error.as_deref(), Some("address_undeliverable"));
    assert!(installation.sink.mails().is_empty());

    let bob = installation.register("bob@example.com", None, Locale::En).await;
    installation.wait_for_job(bob.event_id, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_is_refused_for_its_content_does_not_condemn_the_address() {
    let installation = Installation::new().await;
    installation.sink.fail_next(1, SmtpStep::Content, SmtpFault::Reply(554));
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Discarded).await;
    assert_eq!(job.last_error.as_deref(), Some("smtp_554_content"));
    let next = installation.repeat_registration(ada.user_id).await;
    installation.wait_for_job(next, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_sender_is_the_installations_fault_and_loses_no_mail() {
    let installation = Installation::new().await;
    installation.sink.fail_next(1, SmtpStep::Sender, SmtpFault::Reply(550));
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Retrying).await;
    assert_eq!(job.last_error.as_deref(), Some("smtp_550_sender"));
    installation.retry_waiting_jobs().await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_is_given_up_and_its_late_answers_are_not_taken_for_those_to_the_next_mail() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let first = installation.register("first@example.com", None, Locale::En).await;
    installation.wait_for_job(first.event_id, JobState::Completed).await;

    installation.sink.fail_next(1, SmtpStep::Recipient, SmtpFault::Late);
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Retrying).await;
    assert_eq!(job.last_error.as_deref(), Some("smtp_timeout"));

    let bob = installation.register("bob@example.com", None, Locale::En).await;
    installation.wait_for_job(bob.event_id, JobState::Completed).await;
    installation.retry_waiting_jobs().await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    let to: Vec<_> = installation.sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to, ["first@example.com", "bob@example.com", "ada@example.com"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_wait_while_the_server_is_down_and_drain_when_it_is_back() {
    let installation = Installation::new().await;
    installation.sink.stop().await;
    // Each probe takes an attempt, so few of them are made while people register.
    let breaker = BreakerSettings { failures: 2, cool_down: Duration::from_secs(1) };
    let options = installation.options();
    let options = Options { mailer: MailerSettings { breaker, ..options.mailer }, ..options };
    let config = installation.config(("SMTP_URL", &installation.sink.url()));
    let worker = WorkerProcess::start_with(config, options).await;
    assert_eq!(worker.health_of("mail").await, Some(State::Up));
    let mut registered = Vec::new();
    for number in 0..12 {
        registered.push(installation.register(&format!("user{number}@example.com"), None, Locale::En).await);
        if registered.len() == 2 {
            let down = || async { worker.health_of("mail").await == Some(State::Down) };
            eventually("the server is left alone", down).await;
        }
    }
    // A job that runs has an attempt more than one that is put off for the server's sake, which gives it back.
    eventually("all jobs wait, and waiting for the server burns no attempts", || async {
        let jobs = installation.jobs().await;
        let waits = |state: &str| state == "retrying" || state == "scheduled";
        jobs.len() == 12
            && jobs.iter().all(|job| waits(&job.state) && job.attempt <= 1)
            && jobs.iter().any(|job| job.attempt == 0)
    })
    .await;

    installation.sink.resume().await;
    eventually("all mails are out", || async {
        // Those that found the server down wait for their next attempt.
        installation.retry_waiting_jobs().await;
        installation.sink.mails().len() == 12
    })
    .await;
    for person in registered {
        installation.wait_for_job(person.event_id, JobState::Completed).await;
    }
    assert_eq!(installation.sink.mails().len(), 12);
    eventually("health is good again", || async { worker.health_of("mail").await == Some(State::Up) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_between_the_mail_and_its_record_sends_the_same_mail_once_more() {
    let installation = Installation::new().await;
    installation.sink.fail_next(1, SmtpStep::Content, SmtpFault::Hang);
    let worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::De).await;
    installation.sink.wait_for_mails(1).await;
    worker.kill();

    let _worker = WorkerProcess::start(&installation).await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    let mails = installation.sink.mails();
    assert_eq!(mails.len(), 2, "at least once");
    assert_eq!(mails[0].message_id(), format!("welcome.{}@example.org", ada.event_id));
    assert_eq!(mails[0], mails[1], "the repeat is the same to the byte, so it can be told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_repeats_the_same_mail() {
    let installation = Installation::new().await;
    installation.sink.fail_next(1, SmtpStep::Content, SmtpFault::Close);
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    installation.wait_for_job(ada.event_id, JobState::Retrying).await;
    installation.retry_waiting_jobs().await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    let mails = installation.sink.mails();
    assert_eq!((mails.len(), &mails[0]), (2, &mails[1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_says_what_the_first_one_said_whatever_has_changed_since() {
    let installation = Installation::new().await;
    installation.sink.fail_next(1, SmtpStep::Content, SmtpFault::Close);
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await;
    installation.wait_for_job(ada.event_id, JobState::Retrying).await;
    let name = installation.seal(ada.user_id, "user.display_name", "Countess Lovelace").await;
    let change = ChangeProfile { display_name: Some(Some(name)), locale: Some(Locale::De), at: chrono::Utc::now() };
    installation.execute(ada.user_id, change).await;

    installation.retry_waiting_jobs().await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    let mails = installation.sink.mails();
    assert_eq!((mails.len(), &mails[0]), (2, &mails[1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_stopped_finishes_the_mail_it_is_sending() {
    let installation = Installation::new().await;
    let worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    installation.sink.wait_for_mails(1).await;
    worker.stop().await;
    let job = installation.job_of(ada.event_id).await.unwrap();
    assert_eq!((job.state.as_str(), job.attempt), ("completed", 1));
}
