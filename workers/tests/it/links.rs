//! Mails with links that can be used once: to the right address, with a token that is good, and only while it is.

use chrono::{DateTime, TimeDelta, Utc};
use domain::users::{
    ConfirmEmailChange, Locale, RequestEmailChange, RequestPasswordReset, RequestVerification, UndoEmailChange,
    VerifyEmail,
};
use event_store::one_time_token::Purpose;
use jobs::JobState;
use test_support::ReceivedMail;
use uuid::Uuid;

use crate::{installation::Installation, worker_process::WorkerProcess};

/// A request, and the event that made it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) request_id: Uuid,
    pub(crate) event_id: Uuid,
}

pub(crate) fn in_an_hour() -> DateTime<Utc> {
    Utc::now() + TimeDelta::hours(1)
}

pub(crate) async fn ask_to_verify(installation: &Installation, user_id: Uuid) -> Asked {
    let request_id = Uuid::now_v7();
    let command = RequestVerification { request_id, expires_at: in_an_hour(), at: Utc::now() };
    Asked { request_id, event_id: installation.execute(user_id, command).await }
}

pub(crate) async fn ask_for_reset(installation: &Installation, user_id: Uuid, expires_at: DateTime<Utc>) -> Asked {
    let request_id = Uuid::now_v7();
    let command = RequestPasswordReset { request_id, expires_at, at: Utc::now() };
    Asked { request_id, event_id: installation.execute(user_id, command).await }
}

pub(crate) async fn ask_for_address(installation: &Installation, user_id: Uuid, email: &str) -> Asked {
    let request_id = Uuid::now_v7();
    let email = installation.seal(user_id, "user.email", email).await;
    let command = RequestEmailChange { request_id, email, expires_at: in_an_hour(), at: Utc::now() };
    Asked { request_id, event_id: installation.execute(user_id, command).await }
}

/// The address is changed; the request is the one to undo that.
pub(crate) async fn change_address(installation: &Installation, user_id: Uuid, request_id: Uuid) -> Asked {
    let undo_request_id = Uuid::now_v7();
    let command = ConfirmEmailChange { request_id, undo_request_id, undo_expires_at: in_an_hour(), at: Utc::now() };
    Asked { request_id: undo_request_id, event_id: installation.execute(user_id, command).await }
}

/// The token in the only link of a mail, which leads to this page, in text and HTML alike.
pub(crate) fn token_of(mail: &ReceivedMail, page: &str) -> String {
    let beginning = format!("https://app.example.org/account/{page}#token=");
    let text = mail.text();
    let links: Vec<_> = text.split_whitespace().filter(|word| word.contains("://")).collect();
    assert_eq!(links.len(), 1, "{text}");
    assert!(mail.html().replace("&#x2f;", "/").contains(&format!("href=\"{}\"", links[0])), "{}", mail.html());
    links[0].strip_prefix(&beginning).unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verification_mail_holds_a_token_for_this_user_and_request_and_for_nothing_else() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await;
    let asked = ask_to_verify(&installation, ada.user_id).await;
    let mail = installation.mail_of(asked.event_id).await;
    assert_eq!(
        (mail.subject().as_str(), mail.to.as_slice()),
        ("Confirm your address for Tidemark", &["ada@example.com".to_owned()][..])
    );
    assert!(mail.text().starts_with("Hello Ada,") && mail.text().contains(" UTC."), "{}", mail.text());

    let token = token_of(&mail, "verify-email");
    let opened = installation.tokens.open(Purpose::VerifyEmail, &token);
    assert_eq!(opened, Some((ada.user_id, asked.request_id)));
    assert_eq!(installation.tokens.open(Purpose::ResetPassword, &token), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_german_is_asked_for_a_new_password_in_german() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let bjoern = installation.register("bjoern@example.com", Some("Björn"), Locale::De).await;
    let asked = ask_for_reset(&installation, bjoern.user_id, in_an_hour()).await;
    let mail = installation.mail_of(asked.event_id).await;
    assert_eq!(mail.subject(), "Wählen Sie ein neues Passwort für Tidemark");
    assert!(mail.text().starts_with("Guten Tag Björn,") && mail.text().contains("Uhr (UTC)."), "{}", mail.text());
    assert!(mail.html().contains("<html lang=\"de\">"), "{}", mail.html());
    let token = token_of(&mail, "reset-password");
    let opened = installation.tokens.open(Purpose::ResetPassword, &token);
    assert_eq!(opened, Some((bjoern.user_id, asked.request_id)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_new_address_confirms_a_change_and_the_old_one_can_undo_it() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("old@example.com", Some("Ada"), Locale::En).await;
    let asked = ask_for_address(&installation, ada.user_id, "new@example.com").await;
    let mail = installation.mail_of(asked.event_id).await;
    assert_eq!(mail.to, ["new@example.com"]);
    let opened = installation.tokens.open(Purpose::ChangeEmail, &token_of(&mail, "change-email"));
    assert_eq!(opened, Some((ada.user_id, asked.request_id)));

    let undo = change_address(&installation, ada.user_id, asked.request_id).await;
    let mail = installation.mail_of(undo.event_id).await;
    assert_eq!(mail.to, ["old@example.com"]);
    assert!(!mail.text().contains("new@"), "whom the account is with now is not told: {}", mail.text());
    let opened = installation.tokens.open(Purpose::UndoEmailChange, &token_of(&mail, "undo-email-change"));
    assert_eq!(opened, Some((ada.user_id, undo.request_id)));

    let command = UndoEmailChange { request_id: undo.request_id, at: Utc::now() };
    let undone = installation.execute(ada.user_id, command).await;
    let mail = installation.mail_of(undone).await;
    assert_eq!(mail.to, ["old@example.com"]);
    assert_eq!(mail.subject(), "Your Tidemark account has its former address again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_over_is_not_mailed() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let used = ask_to_verify(&installation, ada.user_id).await;
    installation.execute(ada.user_id, VerifyEmail { request_id: used.request_id, at: Utc::now() }).await;
    let void = ask_for_address(&installation, ada.user_id, "new@example.com").await;
    installation.change_password(ada.user_id).await;
    let replaced = ask_for_reset(&installation, ada.user_id, in_an_hour()).await;
    let expired = ask_for_reset(&installation, ada.user_id, Utc::now()).await;

    let _worker = WorkerProcess::start(&installation).await;
    for (asked, reason) in
        [(used, "request_over"), (void, "request_over"), (replaced, "request_over"), (expired, "request_expired")]
    {
        let job = installation.wait_for_job(asked.event_id, JobState::Cancelled).await;
        assert_eq!((job.attempt, job.last_error.as_deref()), (1, Some(reason)));
    }
    let last = ask_for_reset(&installation, ada.user_id, in_an_hour()).await;
    installation.mail_of(last.event_id).await;
    let subjects: Vec<_> = installation.sink.mails().iter().map(ReceivedMail::subject).collect();
    assert!(subjects.iter().all(|subject| !subject.contains("onfirm")), "{subjects:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_again_and_again_gets_a_mail_a_minute_and_five_an_hour() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let bob = installation.register("bob@example.com", None, Locale::En).await;
    let first = ask_for_reset(&installation, ada.user_id, in_an_hour()).await;
    installation.mail_of(first.event_id).await;

    let second = ask_for_reset(&installation, ada.user_id, in_an_hour()).await;
    let job = installation.wait_for_job(second.event_id, JobState::Scheduled).await;
    assert!((job.run_at - Utc::now()) > TimeDelta::seconds(30), "it waits for the rest of the minute");
    // Nobody else waits, nor does another kind of mail.
    installation.mail_of(ask_for_reset(&installation, bob.user_id, in_an_hour()).await.event_id).await;
    installation.mail_of(ask_to_verify(&installation, ada.user_id).await.event_id).await;

    // The minute is over.
    installation.run("UPDATE email_log SET finished_at = finished_at - interval '61 seconds'").await;
    installation.retry_waiting_jobs().await;
    installation.mail_of(second.event_id).await;

    // So are the next ones, and five were sent.
    installation
        .run(&format!(
            "INSERT INTO email_log (kind, subject, cause, state, claimed_until, finished_at) \
             SELECT 'password_reset', '{}', gen_random_uuid(), 'sent', now(), now() FROM generate_series(1, 3)",
            ada.user_id
        ))
        .await;
    installation.run("UPDATE email_log SET finished_at = finished_at - interval '10 minutes'").await;
    let sixth = ask_for_reset(&installation, ada.user_id, in_an_hour()).await;
    let job = installation.wait_for_job(sixth.event_id, JobState::Scheduled).await;
    assert!((job.run_at - Utc::now()) > TimeDelta::minutes(40), "it waits for the rest of the hour");

    // Only the last one is mailed when its turn comes.
    let seventh = ask_for_reset(&installation, ada.user_id, in_an_hour()).await;
    installation.wait_for_job(seventh.event_id, JobState::Scheduled).await;
    installation.run("UPDATE email_log SET finished_at = finished_at - interval '1 hour'").await;
    installation.retry_waiting_jobs().await;
    installation.mail_of(seventh.event_id).await;
    let job = installation.wait_for_job(sixth.event_id, JobState::Cancelled).await;
    assert_eq!(job.last_error.as_deref(), Some("request_over"));
}
