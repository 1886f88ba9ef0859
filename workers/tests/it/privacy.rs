//! Personal data is in the mail and nowhere else.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use domain::users::Locale;
use jobs::JobState;
use test_support::{SmtpFault, SmtpStep};
use uuid::Uuid;

use crate::{
    installation::Installation,
    links::{ask_for_address, ask_for_reset, ask_to_verify, change_address, in_an_hour, token_of},
    worker_process::WorkerProcess,
};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_holds_a_token_or_a_link_and_jobs_hold_nothing_but_ids() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await.user_id;
    let verification = ask_to_verify(&installation, ada).await;
    let reset = ask_for_reset(&installation, ada, in_an_hour()).await;
    let change = ask_for_address(&installation, ada, "new@example.com").await;
    let mut tokens = vec![];
    for (asked, page) in [(verification, "verify-email"), (reset, "reset-password"), (change, "change-email")] {
        tokens.push(token_of(&installation.mail_of(asked.event_id).await, page));
    }
    let undo = change_address(&installation, ada, change.request_id).await;
    tokens.push(token_of(&installation.mail_of(undo.event_id).await, "undo-email-change"));

    let mut conn = installation.database.connect().await;
    let tables = "SELECT tablename::text AS row FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<Row> = sql_query(tables).load(&mut conn).await.unwrap();
    assert!(tables.iter().any(|table| table.row == "jobs"));
    for Row { row: table } in tables {
        let rows: Vec<Row> = sql_query(format!("SELECT t::text AS row FROM {table} t")).load(&mut conn).await.unwrap();
        for Row { row } in rows {
            assert!(!row.contains("token=") && !row.contains("app.example.org"), "{table}: {row}");
            // A token begins with ids; what is secret of it is its end.
            assert!(tokens.iter().all(|token| !row.contains(&token[token.len() - 30..])), "{table}: {row}");
        }
    }
    let jobs = installation.jobs().await;
    assert_eq!(jobs.len(), 5);
    for (name, value) in jobs.iter().flat_map(|job| job.args.as_object().unwrap()) {
        assert!(["user_id", "cause", "request_id"].contains(&name.as_str()), "{name}");
        assert!(Uuid::parse_str(value.as_str().unwrap()).is_ok(), "{name}: {value}");
    }
}
