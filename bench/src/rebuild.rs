//! Read models: one lane that catches up with a full log, and a rebuild beside the build that serves.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use bootstrap::{Shutdown, Tasks};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use event_store::Head;
use messaging::InProcessBus;
use projections::{Projector, rebuild::Rebuild};
use test_support::TestDatabase;

use crate::report::Report;

const SCENARIO: &str = "rebuild";
const PATIENCE: Duration = Duration::from_secs(180);

/// Users who register and change their profile three times each, as the product writes it, made by the database itself
/// so that the log is full in seconds.
const FILL: &str = r#"
    INSERT INTO events (position, event_id, stream_id, stream_version, category, event_type, event_version, payload,
                        metadata, recorded_at)
    SELECT n + 1, gen_random_uuid(), 'user-' || md5((n % ($1 / 4))::text)::uuid, n / ($1 / 4) + 1, 'user',
           CASE WHEN n < $1 / 4 THEN 'user.registered' ELSE 'user.profile_changed' END, 1,
           CASE WHEN n < $1 / 4
                THEN jsonb_build_object('email', 's1.' || repeat('e', 70), 'password_hash', 's1.' || repeat('p', 120),
                                        'display_name', NULL, 'locale', 'en', 'at', '2026-01-01T00:00:00Z')
                ELSE jsonb_build_object('display_name', 's1.' || repeat('d', 60), 'locale', 'de',
                                        'at', '2026-01-02T00:00:00Z') END,
           '{}', clock_timestamp()
    FROM generate_series(0, $1 - 1) n"#;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub(crate) async fn run(report: &mut Report, events: i64) -> anyhow::Result<()> {
    let events = events / 4 * 4;
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    sql_query(FILL).bind::<BigInt, _>(events).execute(&mut conn).await?;
    conn.batch_execute(&format!("UPDATE log_head SET position = {events}; ANALYZE events; CHECKPOINT")).await?;

    let (head, tasks) = (Head::new(), Tasks::new(Shutdown::new()));
    head.observe(events);
    let bus = Arc::new(InProcessBus::new());
    let projector = Projector::new(database.url().to_owned(), database.pool(4), head, bus.clone());
    let started = Instant::now();
    projector.start(&tasks, projections::all());
    wait_for_checkpoint(&database, events).await?;
    let rate = events as f64 / started.elapsed().as_secs_f64();
    report.add_with_target(SCENARIO, "projected in one lane, batches of 1,000", rate, "events/s", Some(">= 50000"));

    let users = projections::by_name("users").ok_or_else(|| anyhow::anyhow!("there is no projection users"))?;
    let started = Instant::now();
    Rebuild::new(users, database.url(), bus).run(&Shutdown::new()).await?;
    let seconds = started.elapsed().as_secs_f64();
    let target = (events == 1_000_000).then_some("<= 20");
    report.add_with_target(SCENARIO, format!("{events} events rebuilt"), seconds, "s", target);
    report.add(SCENARIO, "rebuild", events as f64 / seconds, "events/s");
    let rows = sql_query("SELECT count(*) AS count FROM users").get_result::<Count>(&mut conn).await?.count;
    ensure!(rows == events / 4, "the rebuilt table has {rows} rows");

    tasks.shutdown().request();
    tasks.join(Duration::from_secs(10)).await;
    Ok(())
}

async fn wait_for_checkpoint(database: &TestDatabase, position: i64) -> anyhow::Result<()> {
    let mut conn = database.connect().await;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let query = "SELECT coalesce(min(position), 0) AS count FROM checkpoints WHERE consumer = 'users'";
        if sql_query(query).get_result::<Count>(&mut conn).await?.count >= position {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("the projection did not catch up within {PATIENCE:?}")
}
