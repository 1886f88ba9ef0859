//! Imports: batches are worth their events one by one, what is told of lines included, and a rebuild makes the same rows again.

use std::sync::Arc;

use bootstrap::db::Connection;
use chrono::Utc;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use domain::{
    Aggregate, DomainEvent,
    collections::{CollectionId, CollectionName},
    imports::{Abandonment, Import, ImportEvent, ImportFormat, LineError, Reached, events},
    users::UserId,
};
use event_store::{NewEvent, RawJson, RecordedEvent, StreamId};
use projections::{
    Projection,
    imports::{ImportErrorRow, ImportRow, project::Imports, queries},
};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::scene::{Scene, at};

fn started(owner: u128) -> ImportEvent {
    ImportEvent::Started(events::Started {
        collection: CollectionId::from_uuid(Uuid::from_u128(7)),
        collection_name: CollectionName::parse("posts").unwrap(),
        format: ImportFormat::Csv,
        by: UserId::from_uuid(Uuid::from_u128(owner)),
        at: at(0),
    })
}

/// The step of this number, with two errors.
fn advanced(number: u64) -> ImportEvent {
    let error = |line| LineError { line, pointer: format!("/{line}"), code: "wrong_type".to_owned() };
    let reached = Reached { bytes: 100 * number, lines: 10 * number, created: 8 * number, refused: 2 * number };
    let errors = vec![error(10 * number - 1), error(10 * number)];
    ImportEvent::Advanced(events::Advanced { reached, columns: None, errors, at: at(number as i64) })
}

fn finished() -> ImportEvent {
    ImportEvent::Finished(events::Finished { reached: Reached::default(), at: at(9) })
}

fn removed() -> ImportEvent {
    ImportEvent::Removed(events::Removed { at: at(9) })
}

fn history() -> Vec<(u128, ImportEvent)> {
    let abandoned = ImportEvent::Abandoned(events::Abandoned { why: Abandonment::Asked, at: at(8) });
    vec![
        (1, started(1)),
        (2, started(1)),
        (1, advanced(1)),
        (3, started(2)),
        (1, advanced(2)),
        (2, advanced(1)),
        (3, advanced(1)),
        (1, finished()),
        (2, abandoned),
        (3, advanced(2)),
        (3, finished()),
        (3, removed()),
        (3, removed()),
    ]
}

fn recorded(history: &[(u128, ImportEvent)]) -> Vec<RecordedEvent> {
    let record = |(position, (id, event)): (usize, &(u128, ImportEvent))| RecordedEvent {
        position: position as i64 + 1,
        event_id: Uuid::now_v7(),
        stream_id: StreamId::new(Import::CATEGORY, Uuid::from_u128(*id)).as_str().to_owned(),
        stream_version: history[..=position].iter().filter(|(other, _)| other == id).count() as i64,
        category: Import::CATEGORY.to_owned(),
        event_type: event.name().name.to_owned(),
        event_version: event.name().version,
        payload: RawJson(event.encode().unwrap()),
        metadata: RawJson::from_serialize(&()).unwrap(),
        recorded_at: Utc::now(),
    };
    history.iter().enumerate().map(record).collect()
}

/// The rows that batches of this size make.
async fn project(conn: &mut Connection, size: usize) -> (Vec<ImportRow>, Vec<Vec<ImportErrorRow>>) {
    conn.batch_execute("TRUNCATE imports, import_errors").await.unwrap();
    for batch in recorded(&history()).chunks(size) {
        let made = conn.transaction(async |conn| Ok::<_, diesel::result::Error>(Imports.project(conn, batch).await));
        made.await.unwrap().expect("projected");
    }
    let mut rows = queries::snapshot_changed_after(conn, 0, i64::MAX).await.unwrap().rows;
    rows.sort_by_key(|row| row.id);
    let mut errors = vec![];
    for id in 1..=3 {
        errors.push(queries::errors(conn, Uuid::from_u128(id), None, 100).await.unwrap());
    }
    (rows, errors)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_imports_is_worth_its_events_one_by_one() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let (rows, errors) = project(&mut conn, 1).await;
    let told: Vec<_> =
        rows.iter().map(|row| (row.state.as_str(), row.created, row.errors, row.version, row.deleted)).collect();
    assert_eq!(told, [("finished", 16, 4, 4, false), ("abandoned", 8, 2, 3, false), ("finished", 16, 0, 6, true)]);
    let lines = |at: usize| errors[at].iter().map(|error| (error.number, error.line)).collect::<Vec<_>>();
    assert_eq!(
        (lines(0), lines(1), lines(2)),
        (vec![(1, 9), (2, 10), (3, 19), (4, 20)], vec![(1, 9), (2, 10)], vec![])
    );
    for size in [2, 3, 5, 100] {
        assert_eq!(project(&mut conn, size).await, (rows.clone(), errors.clone()), "in batches of {size}");
    }
    let page = queries::page(&mut conn, Some(Uuid::from_u128(1)), None, 10).await.unwrap();
    assert_eq!(page.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>(), [2, 1]);
    let rest = queries::errors(&mut conn, Uuid::from_u128(1), Some(3), 100).await.unwrap();
    assert_eq!(rest.iter().map(|error| error.number).collect::<Vec<_>>(), [4]);
    let old = queries::untouched_since(&mut conn, at(9), false, 10).await.unwrap();
    assert_eq!(old, [Uuid::from_u128(2)], "what was removed is over for good");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_makes_imports_and_errors_again() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let mut last = 0;
    for (id, event) in history() {
        let stream = StreamId::new(Import::CATEGORY, Uuid::from_u128(id));
        last = scene.append(&stream, vec![NewEvent::from_domain(&event).unwrap()]).await;
    }
    scene.caught_up("imports", last).await;
    let content = "SELECT hashtextextended((SELECT string_agg(r::text, ',' ORDER BY id) FROM imports r) || \
                   (SELECT string_agg(r::text, ',' ORDER BY import_id, number) FROM import_errors r), 0)";
    let before = scene.number(content).await;
    assert_eq!(scene.number("SELECT count(*) FROM import_errors").await, 6);
    scene.run("UPDATE imports SET created = 0; DELETE FROM import_errors WHERE number = 1").await;
    let rebuilt = scene.rebuilt(Arc::new(Imports) as Arc<dyn Projection>).await;
    assert_eq!((rebuilt.build, rebuilt.parked), (2, 0));
    assert_eq!(scene.number(content).await, before);
}
