//! Personal data is in the mail and nowhere else.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use domain::users::Locale;
use jobs::JobState;
use test_support::{SmtpFault, SmtpStep};

use crate::{installation::Installation, worker_process::WorkerProcess};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_to_a_person_who_was_erased_meanwhile() {
    let installation = Installation::new().await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    installation.run("UPDATE subject_keys SET wrapped_key = NULL, erased_at = now()").await;
    let _worker = WorkerProcess::start(&installation).await;
    let job = installation.wait_for_job(ada.event_id, JobState::Cancelled).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (1, Some("recipient_gone")));
    assert!(installation.sink.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_holds_an_address_or_a_name_whatever_the_mail_server_says() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    // The sink's refusals quote the address.
    installation.sink.fail_next(1, SmtpStep::Recipient, SmtpFault::Reply(550));
    let refused = installation.register("secret-address-1@example.com", Some("Secretname"), Locale::En).await;
    installation.wait_for_job(refused.event_id, JobState::Discarded).await;
    installation.sink.fail_next(1, SmtpStep::Recipient, SmtpFault::Reply(450));
    let later = installation.register("secret-address-2@example.com", Some("Secretname"), Locale::En).await;
    installation.wait_for_job(later.event_id, JobState::Retrying).await;
    installation.retry_waiting_jobs().await;
    installation.wait_for_job(later.event_id, JobState::Completed).await;
    assert!(installation.sink.mails()[0].text().contains("Secretname"));

    let mut conn = installation.database.connect().await;
    for table in ["jobs", "email_log", "email_undeliverable", "events", "parked"] {
        let query = format!("SELECT t::text AS row FROM {table} t");
        let rows: Vec<Row> = sql_query(query).load(&mut conn).await.unwrap();
        assert!(table == "parked" || !rows.is_empty(), "{table} was used");
        for Row { row } in rows {
            assert!(!row.contains("secret-address") && !row.contains("Secretname"), "{table}: {row}");
        }
    }
}
