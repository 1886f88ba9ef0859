//! Appends to the log: single events to random streams, with a claim on every tenth, idempotency keys on all, NOTIFY per
//! batch, durable; through the crate's public `append`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bootstrap::{Shutdown, Tasks};
use diesel::{QueryableByName, sql_query, sql_types::Integer};
use diesel_async::SimpleAsyncConnection;
use domain::EventName;
use event_store::{
    Append, ClaimChange, EventStore, Expected, Head, Idempotency, Metadata, NewEvent, Options, RawJson, StreamId,
};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::{
    pgbench,
    report::{Report, quantile_ms},
};

const SCENARIO: &str = "append";
/// About as long as a registration's payload.
const PAYLOAD_LENGTH: usize = 120;
const WARM_UP: Duration = Duration::from_secs(1);
/// For this process, and what the server keeps for its administrators.
const RESERVED_CONNECTIONS: usize = 16;

/// The floor: what a hand-written application does for each event. The table has the log's key and uniqueness.
const FLOOR_TABLE: &str = "CREATE TABLE floor (position bigserial PRIMARY KEY, stream_id uuid NOT NULL, \
     stream_version bigint NOT NULL, event_type text NOT NULL, payload jsonb NOT NULL, \
     recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(), UNIQUE (stream_id, stream_version))";
const FLOOR_INSERT: &str = "INSERT INTO floor (stream_id, stream_version, event_type, payload) \
     VALUES (gen_random_uuid(), 1, 'bench.happened', jsonb_build_object('text', repeat('x', 120)));\n";

/// `only` limits the measurement to these numbers of callers; all of them when it is empty.
pub(crate) async fn run(report: &mut Report, seconds: u64, only: &[usize]) -> anyhow::Result<()> {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    conn.batch_execute(FLOOR_TABLE).await?;
    let most_clients = connections_left(&mut conn).await?;
    drop(conn);
    let tasks = Tasks::new(Shutdown::new());
    let store = EventStore::open(database.url(), database.pool(4), Head::new(), &tasks, Options::default());
    for (callers, rate_target, ratio_target, p99_target) in [
        (1, None, None, None),
        (8, None, None, None),
        (64, Some(">= 30000"), Some(">= 1.8"), Some("<= 5")),
        (256, Some(">= 45000"), Some(">= 4"), Some("<= 12")),
    ] {
        if !only.is_empty() && !only.contains(&callers) {
            continue;
        }
        let clients = callers.min(most_clients);
        // Alternating halves, so that a machine that changes its mind changes it for both.
        let mut floor = 0.0;
        let (mut rate, mut latencies) = (0.0, vec![]);
        for _ in 0..2 {
            let url = database.url().to_owned();
            let half = (seconds / 2).max(1);
            floor += tokio::task::spawn_blocking(move || pgbench::run(&url, FLOOR_INSERT, clients, half)).await?? / 2.0;
            let (half_rate, half_latencies) = drive(&store, callers, Duration::from_secs(half)).await?;
            rate += half_rate / 2.0;
            latencies.extend(half_latencies);
        }
        let p50 = quantile_ms(&mut latencies, 0.5);
        let p99 = quantile_ms(&mut latencies, 0.99);
        report.add(SCENARIO, format!("pgbench one INSERT, {clients} clients"), floor, "tx/s");
        report.add_with_target(SCENARIO, format!("append, {callers} callers"), rate, "appends/s", rate_target);
        report.add_with_target(SCENARIO, format!("append / pgbench, {callers}"), rate / floor, "x", ratio_target);
        report.add(SCENARIO, format!("append p50, {callers} callers"), p50, "ms");
        report.add_with_target(SCENARIO, format!("append p99, {callers} callers"), p99, "ms", p99_target);
    }
    tasks.shutdown().request();
    tasks.join(Duration::from_secs(5)).await;
    Ok(())
}

/// How many clients the server takes beside this process.
async fn connections_left(conn: &mut bootstrap::db::Connection) -> anyhow::Result<usize> {
    use diesel_async::RunQueryDsl;

    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Integer)]
        connections: i32,
    }
    let setting = sql_query("SELECT current_setting('max_connections')::integer AS connections");
    let connections = RunQueryDsl::get_result::<Setting>(setting, conn).await?.connections;
    Ok(usize::try_from(connections)?.saturating_sub(RESERVED_CONNECTIONS).max(1))
}

/// Appends from `callers` tasks for a while; returns the rate and all latencies.
async fn drive(store: &EventStore, callers: usize, duration: Duration) -> anyhow::Result<(f64, Vec<Duration>)> {
    let (counting, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (store, counting, stop) = (store.clone(), counting.clone(), stop.clone());
            tokio::spawn(async move {
                let mut latencies = vec![];
                for number in 0usize.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let append = append(number)?;
                    let started = Instant::now();
                    store.append(append).await?;
                    if counting.load(Ordering::Relaxed) {
                        latencies.push(started.elapsed());
                    }
                }
                anyhow::Ok(latencies)
            })
        })
        .collect();
    tokio::time::sleep(WARM_UP).await;
    counting.store(true, Ordering::Relaxed);
    let started = Instant::now();
    tokio::time::sleep(duration).await;
    stop.store(true, Ordering::Relaxed);
    let elapsed = started.elapsed();
    let mut latencies = vec![];
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok((latencies.len() as f64 / elapsed.as_secs_f64(), latencies))
}

fn append(number: usize) -> anyhow::Result<Append> {
    let stream = StreamId::new("bench", Uuid::now_v7());
    let event = NewEvent {
        id: Uuid::now_v7(),
        name: EventName { name: "bench.happened", version: 1 },
        payload: RawJson::from_serialize(&serde_json::json!({ "text": "x".repeat(PAYLOAD_LENGTH) }))?,
    };
    let mut append = Append::to_stream(Uuid::now_v7(), stream.clone(), Expected::Exactly(0), vec![event]);
    // Hashes look random: so do these, and so does their way into an index.
    let mut key = [0; 32];
    key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    append.idempotency = Some(Idempotency::new(key, key));
    append.metadata = Metadata { correlation_id: Some(append.command_id), ..Metadata::default() };
    if number.is_multiple_of(10) {
        append.claims = vec![ClaimChange::Take { scope: "bench", key_hash: key.to_vec(), stream }];
    }
    Ok(append)
}
