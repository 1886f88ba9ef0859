//! URLs, secrets and answers are nowhere in the clear.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use domain::users::Locale;
use test_support::HttpReply;
use uuid::Uuid;
use workers::webhooks::WEBHOOK_QUEUE;

use super::scene::{Scene, secret};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_holds_a_url_a_secret_or_an_answer_and_jobs_hold_nothing_but_ids() {
    let scene = Scene::set().await;
    scene.receiver.reply_next([HttpReply::Full(500, vec![], b"Answer-of-s0mebody".to_vec())]);
    scene.create(scene.wanting(&["user.registered"])).await;
    let _worker = scene.worker().await;
    scene.installation.register("bob@example.com", None, Locale::En).await;
    scene.attempts(1).await;
    scene.time_passes().await;
    scene.deliveries(1, "delivered").await;
    assert_eq!(scene.count("webhook_attempts WHERE response IS NOT NULL").await, 1);

    let secret = secret(1).reveal();
    let mut conn = scene.installation.database.connect().await;
    let tables = "SELECT tablename::text AS row FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<Row> = sql_query(tables).load(&mut conn).await.unwrap();
    assert!(tables.iter().any(|table| table.row == "webhook_attempts"));
    for Row { row: table } in tables {
        let rows: Vec<Row> = sql_query(format!("SELECT t::text AS row FROM {table} t")).load(&mut conn).await.unwrap();
        for Row { row } in rows {
            for hidden in ["Url-t0ken", "/hook", &secret[6..], "s0mebody"] {
                assert!(!row.contains(hidden), "{table}: {row}");
            }
        }
    }
    let jobs = scene.installation.jobs_of(WEBHOOK_QUEUE).await;
    assert_eq!(jobs.len(), 1);
    for (name, value) in jobs.iter().flat_map(|job| job.args.as_object().unwrap()) {
        match name.as_str() {
            "delivery_id" => assert!(Uuid::parse_str(value.as_str().unwrap()).is_ok(), "{name}: {value}"),
            "round" => assert_eq!(value, 1),
            _ => panic!("{name}: {value}"),
        }
    }
}
