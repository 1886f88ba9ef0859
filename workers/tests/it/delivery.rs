//! A registration leads to one mail, in the person's language, whatever is repeated.

use domain::users::Locale;
use jobs::{EnqueueOptions, Enqueued, JobState};
use workers::users::SendWelcomeEmail;

use crate::{
    installation::{Installation, TRACEPARENT},
    worker_process::WorkerProcess,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_is_welcomed_in_text_and_html_in_the_persons_language() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await;
    let first = installation.sink.wait_for_mails(1).await.remove(0);
    installation.register("bjoern@example.com", Some("Björn"), Locale::De).await;
    let second = installation.sink.wait_for_mails(2).await.remove(1);

    assert_eq!(
        (first.from.as_str(), first.to.as_slice()),
        ("no-reply@example.org", &["ada@example.com".to_owned()][..])
    );
    assert_eq!(first.subject(), "Welcome to Tidemark");
    assert!(first.text().starts_with("Hello Ada,"), "{}", first.text());
    assert!(first.html().contains("<p>Hello Ada,</p>"), "{}", first.html());
    assert_eq!(first.message_id(), format!("welcome.{}@example.org", ada.event_id));
    assert_eq!(first.header("Content-Language").as_deref(), Some("en"));
    assert_eq!(first.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(first.header("Date").is_some());

    assert_eq!(second.subject(), "Willkommen bei Tidemark");
    assert!(second.text().starts_with("Guten Tag Björn,"), "{}", second.text());
    assert!(second.html().contains("<html lang=\"de\">") && second.html().contains("Björn"), "{}", second.html());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_lead_to_the_configured_address_only() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    installation.register("ada@example.com", Some("Ada"), Locale::En).await;
    let mail = installation.sink.wait_for_mails(1).await.remove(0);
    let links: Vec<_> = mail.text().split_whitespace().filter(|word| word.contains("://")).map(str::to_owned).collect();
    assert_eq!(links, ["https://app.example.org/"]);
    let html = mail.html().replace("&#x2f;", "/");
    let links: Vec<_> = html.split('"').filter(|part| part.contains("://")).collect();
    assert_eq!(links, ["https://app.example.org/"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_of_an_address_is_told_of_a_repeated_registration_once_an_hour() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let told = installation.repeat_registration(ada.user_id).await;
    installation.wait_for_job(told, JobState::Completed).await;
    let mails = installation.sink.wait_for_mails(2).await;
    assert!(mails.iter().any(|mail| mail.subject() == "Your address is already registered with Tidemark"));

    let again = installation.repeat_registration(ada.user_id).await;
    let job = installation.wait_for_job(again, JobState::Cancelled).await;
    assert_eq!(job.last_error.as_deref(), Some("told_recently"));
    assert_eq!(installation.sink.mails().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_runs_again_does_not_mail_again() {
    let installation = Installation::new().await;
    let worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    worker.stop().await;

    let mut conn = installation.database.connect().await;
    let job = SendWelcomeEmail { user_id: ada.user_id, cause: ada.event_id };
    let same = jobs::enqueue(&mut conn, &job, &EnqueueOptions::default()).await.unwrap();
    assert_eq!(same, Enqueued::Duplicate, "the event's id is the key");
    let other = jobs::enqueue(&mut conn, &job, &EnqueueOptions::default().key("again")).await.unwrap();
    assert!(matches!(other, Enqueued::Created(_)));
    jobs::admin::retry(&mut conn, installation.job_of(ada.event_id).await.unwrap().id).await.unwrap();

    let _worker = WorkerProcess::start(&installation).await;
    crate::installation::eventually("both jobs are completed", || async {
        installation.jobs().await.iter().filter(|job| job.state == "completed").count() == 2
    })
    .await;
    assert_eq!(installation.sink.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_belongs_to_the_trace_of_its_event() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Completed).await;
    assert_eq!(job.traceparent.as_deref(), Some(TRACEPARENT));
}
