//! Imports that nobody goes on with are given up, old ones are removed, and others are left alone; what large ones have brought
//! is looked at for the planner.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Aggregate,
    collections::{CollectionId, CollectionName},
    imports::{
        AbandonImport, Abandonment, AdvanceImport, FinishImport, Import, ImportFormat, OPEN, Reached, StartImport,
    },
    users::UserId,
};
use event_store::{ClaimChange, Execution, StreamId};
use jobs::EnqueueOptions;
use uuid::Uuid;
use workers::imports::SweepImports;

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

/// Starts an import as the API does; its claim is of this hash.
async fn start(installation: &Installation, hash: u8) -> StreamId {
    let stream = StreamId::new(Import::CATEGORY, Uuid::now_v7());
    let command = StartImport {
        collection: CollectionId::from_uuid(Uuid::from_u128(1)),
        collection_name: CollectionName::parse("posts").unwrap(),
        format: ImportFormat::Ndjson,
        by: UserId::from_uuid(Uuid::from_u128(2)),
        at: DateTime::UNIX_EPOCH,
    };
    let claims = vec![ClaimChange::Take { scope: OPEN, key_hash: vec![hash], stream: stream.clone() }];
    let execution = Execution { claims, ..Execution::new(Uuid::now_v7()) };
    installation.store.execute(&stream, command, execution).await.unwrap();
    stream
}

/// A row as a projector makes it; there is none here.
async fn enter_row(installation: &Installation, stream: &StreamId, state: &str, days: i64) {
    let (id, at) = (stream.id(), Utc::now() - TimeDelta::days(days));
    installation
        .run(&format!(
            "INSERT INTO imports (id, version, collection, collection_name, format, owner, state, received_bytes, lines, \
             created, refused, errors, started_at, updated_at, position) VALUES ('{id}', 1, gen_random_uuid(), 'posts', \
             'ndjson', gen_random_uuid(), '{state}', 0, 0, 0, 0, 0, '{at}', '{at}', 1)"
        ))
        .await;
}

async fn state(installation: &Installation, stream: &StreamId) -> Import {
    installation.store.load::<Import>(stream).await.unwrap().state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imports_are_given_up_after_a_week_and_removed_after_a_month() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let (idle, fresh) = (start(&installation, 1).await, start(&installation, 2).await);
    let (old, new, abandoned) =
        (start(&installation, 3).await, start(&installation, 4).await, start(&installation, 5).await);
    for stream in [&old, &new] {
        let command = FinishImport { at: DateTime::UNIX_EPOCH };
        installation.store.execute(stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
    }
    let command = AbandonImport { why: Abandonment::Asked, at: DateTime::UNIX_EPOCH };
    installation.store.execute(&abandoned, command, Execution::new(Uuid::now_v7())).await.unwrap();
    for (stream, state, days) in [
        (&idle, "open", 8),
        (&fresh, "open", 6),
        (&old, "finished", 31),
        (&new, "finished", 29),
        (&abandoned, "abandoned", 31),
    ] {
        enter_row(&installation, stream, state, days).await;
    }
    let mut conn = installation.database.connect().await;
    jobs::enqueue(&mut conn, &SweepImports {}, &EnqueueOptions::default()).await.unwrap();
    eventually("the job is done", || async {
        installation.count("SELECT count(*) FROM jobs WHERE kind = 'imports.sweep' AND state = 'completed'").await == 1
    })
    .await;
    assert!(matches!(state(&installation, &idle).await, Import::Abandoned(_)));
    assert!(matches!(state(&installation, &fresh).await, Import::Open(_)));
    assert!(matches!(state(&installation, &new).await, Import::Finished(_)));
    for stream in [&old, &abandoned] {
        assert_eq!(state(&installation, stream).await, Import::Removed);
    }
    let held = installation.store.held_of(OPEN, &(1..=5).map(|hash| vec![hash]).collect::<Vec<_>>()).await.unwrap();
    assert!(!held.contains(&vec![1]) && held.contains(&vec![2]), "its owner can begin another one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_planner_learns_of_a_large_import_once_the_read_model_has_it() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    for (hash, created) in [(1, 9_999), (2, 10_000)] {
        let (stream, at) = (start(&installation, hash).await, DateTime::UNIX_EPOCH);
        let step = Reached { created, lines: created, ..Reached::default() };
        let advance = AdvanceImport { step, columns: None, errors: vec![], at };
        installation.store.execute(&stream, advance, Execution::new(Uuid::now_v7())).await.unwrap();
        installation.store.execute(&stream, FinishImport { at }, Execution::new(Uuid::now_v7())).await.unwrap();
    }
    let waits = "SELECT count(*) FROM jobs WHERE kind = 'imports.analyze_records' AND state = 'scheduled'";
    eventually("the job of one of them waits", || async { installation.count(waits).await == 1 }).await;
    let analyzed = "SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'records' AND last_analyze IS NOT NULL";
    assert_eq!(installation.count(analyzed).await, 0);
    installation
        .run(
            "INSERT INTO checkpoints (consumer, build, lane, position, incarnation, fence) \
             SELECT 'records', 1, 0, 1000, incarnation, 1 FROM log_incarnation",
        )
        .await;
    eventually("the table is looked at", || async { installation.count(analyzed).await == 1 }).await;
    assert_eq!(installation.count("SELECT count(*) FROM jobs WHERE kind = 'imports.analyze_records'").await, 1);
}
