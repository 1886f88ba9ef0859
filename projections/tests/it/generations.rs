//! Contents of two generations side by side: what is read is all of one, however the events come in batches.

use std::collections::HashMap;

use bootstrap::db::Connection;
use chrono::Utc;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use domain::{
    Aggregate, DomainEvent,
    collections::{
        ChangeId, Collection, CollectionEvent, CollectionId, Definition, Proposal, Upcasts,
        events::{ChangeAccepted, ChangeProposed, ChangeWithdrawn, Deleted},
    },
    records::{Record, RecordEvent, events},
    schema_changes::{
        SchemaChange, SchemaChangeEvent,
        events::{Advanced, Swept},
    },
    users::UserId,
};
use event_store::{RawJson, RecordedEvent, StreamId};
use projections::{
    Projection,
    records::{RecordRow, following, project::Records, queries},
};
use serde_json::{Value, json};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::scene::at;

const COLLECTION: Uuid = Uuid::from_u128(1);
const CHANGE: Uuid = Uuid::from_u128(30);
/// Of the event that accepts the change.
const ACCEPTED: usize = 10;

fn definition(kind: &str) -> Definition {
    let schema = json!({"type": "object", "properties": {"rank": {"type": kind}}});
    Definition { schema: schema.as_object().unwrap().clone(), ..Definition::default() }.normalised()
}

fn event<E: DomainEvent>(category: &str, id: Uuid, event: &E) -> (StreamId, EventParts) {
    let parts = (event.name().name.to_owned(), event.name().version, RawJson(event.encode().unwrap()));
    (StreamId::new(category, id), parts)
}

type EventParts = (String, i16, RawJson);

fn record(id: u128, kind: char, rank: Value, generation: i32) -> (StreamId, EventParts) {
    let (by, at) = (UserId::from_uuid(Uuid::from_u128(9)), at(0));
    let data = json!({"rank": rank}).as_object().unwrap().clone();
    let happened = match kind {
        'c' => RecordEvent::Created(events::Created {
            collection: CollectionId::from_uuid(COLLECTION),
            data,
            by,
            at,
            generation,
        }),
        'd' => RecordEvent::Deleted(events::Deleted { by, at }),
        'r' => RecordEvent::Restored(events::Restored { data, by, at, generation }),
        _ => RecordEvent::Changed(events::Changed { data, by, at, generation }),
    };
    event(Record::CATEGORY, Uuid::from_u128(100 + id), &happened)
}

fn of_collection(happened: &CollectionEvent) -> (StreamId, EventParts) {
    event(Collection::CATEGORY, COLLECTION, happened)
}

fn proposed(change: Uuid, generation: i32) -> (StreamId, EventParts) {
    let upcasts = Upcasts::from([("rank".to_owned(), Some("int(record.rank)".to_owned()))]);
    let (before, definition) = (definition("string"), definition("integer"));
    let proposal = Proposal { change: ChangeId::from_uuid(change), generation, before, definition, upcasts };
    of_collection(&CollectionEvent::ChangeProposed(ChangeProposed { proposal: Box::new(proposal), at: at(0) }))
}

fn advanced(change: Uuid, upto: i64) -> (StreamId, EventParts) {
    let (collection, id) = (CollectionId::from_uuid(COLLECTION), ChangeId::from_uuid(change));
    let looked = Advanced { collection, change: id, after: 0, upto, records: 2, findings: vec![], at: at(0) };
    event(SchemaChange::CATEGORY, change, &SchemaChangeEvent::Advanced(looked))
}

fn accepted(change: Uuid, generation: i32) -> (StreamId, EventParts) {
    let (change, definition) = (ChangeId::from_uuid(change), definition("integer"));
    let accepted = ChangeAccepted { change, generation, definition, records: 2, at: at(0) };
    of_collection(&CollectionEvent::ChangeAccepted(accepted))
}

fn swept(stream: Uuid, (after, upto): (i64, i64), everything: bool) -> (StreamId, EventParts) {
    let swept = Swept { collection: CollectionId::from_uuid(COLLECTION), after, upto, everything, at: at(0) };
    event(SchemaChange::CATEGORY, stream, &SchemaChangeEvent::Swept(swept))
}

/// Records that were there before, change or come while the change is pending, and after it.
fn history() -> Vec<(StreamId, EventParts)> {
    vec![
        record(1, 'c', json!("1"), 0),
        record(2, 'c', json!("2"), 0),
        record(3, 'c', json!("3"), 0),
        record(3, 'd', json!(null), 0),
        proposed(CHANGE, 1),
        record(1, 'u', json!("10"), 0),
        record(4, 'c', json!("4"), 0),
        advanced(CHANGE, 5),
        record(2, 'u', json!("20"), 0),
        accepted(CHANGE, 1),
        record(1, 'u', json!(11), 1),
        record(3, 'r', json!(3), 1),
        swept(CHANGE, (0, ACCEPTED as i64), false),
    ]
}

fn recorded(history: Vec<(StreamId, EventParts)>) -> Vec<RecordedEvent> {
    let mut versions = HashMap::<String, i64>::new();
    let record = |(position, (stream, (event_type, event_version, payload))): (i64, (StreamId, EventParts))| {
        let version = versions.entry(stream.as_str().to_owned()).or_default();
        *version += 1;
        RecordedEvent {
            position,
            event_id: Uuid::now_v7(),
            stream_id: stream.as_str().to_owned(),
            stream_version: *version,
            category: stream.category().to_owned(),
            event_type,
            event_version,
            payload,
            metadata: RawJson::from_serialize(&()).unwrap(),
            recorded_at: Utc::now(),
        }
    };
    (1..).zip(history).map(record).collect()
}

async fn project(conn: &mut Connection, events: &[RecordedEvent], cut: usize) -> Vec<RecordRow> {
    conn.batch_execute("TRUNCATE records, record_generations").await.unwrap();
    for batch in events.chunks(cut) {
        let made = conn.transaction(async |conn| Ok::<_, diesel::result::Error>(Records.project(conn, batch).await));
        made.await.unwrap().expect("projected");
    }
    let mut rows = following::changed(conn, None, 0, i64::MAX).await.unwrap().rows;
    rows.sort_by_key(|row| row.id);
    rows
}

fn ranks(rows: &[RecordRow]) -> Vec<Value> {
    rows.iter().filter(|row| !row.deleted).map(|row| row.data["rank"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_every_moment_all_of_one_generation_is_read() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let events = recorded(history());
    for upto in 0..=events.len() {
        let one_by_one = project(&mut conn, &events[..upto], 1).await;
        let generation = i32::from(upto >= ACCEPTED);
        assert!(one_by_one.iter().all(|row| row.generation == generation), "{upto}: {one_by_one:?}");
        let read = queries::generation(&mut conn, CollectionId::from_uuid(COLLECTION)).await.unwrap();
        assert_eq!(read, generation, "{upto}");
        for cut in [2, 3, 5, 13] {
            assert_eq!(project(&mut conn, &events[..upto], cut).await, one_by_one, "{upto} in {cut}");
        }
        let expected = match upto {
            9 => vec![json!("10"), json!("20"), json!("4")],
            ACCEPTED => vec![json!(10), json!(20), json!(4)],
            13 => vec![json!(11), json!(20), json!(3), json!(4)],
            _ => continue,
        };
        assert_eq!(ranks(&one_by_one), expected, "{upto}");
    }
    let id = Uuid::from_u128(102);
    let row = queries::find(&mut conn, CollectionId::from_uuid(COLLECTION), id).await.unwrap().unwrap();
    assert_eq!(
        (row.version, row.position, &row.data),
        (2, 9, &json!({"rank": 20})),
        "as it was last written, converted"
    );
    let left = queries::some_after(&mut conn, CollectionId::from_uuid(COLLECTION), (0, 100), 100).await.unwrap();
    let stale =
        diesel_async::RunQueryDsl::execute(diesel::sql_query("SELECT FROM records WHERE generation = 0"), &mut conn);
    assert_eq!((stale.await.unwrap(), left), (0, Some(12)), "former rows are gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_withdrawn_change_has_made_does_not_come_back_with_the_next() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let other = Uuid::from_u128(31);
    let withdrawn = ChangeWithdrawn { change: ChangeId::from_uuid(CHANGE), at: at(0) };
    let events = recorded(vec![
        record(1, 'c', json!("1"), 0),
        record(2, 'c', json!("2"), 0),
        proposed(CHANGE, 1),
        advanced(CHANGE, 3),
        of_collection(&CollectionEvent::ChangeWithdrawn(withdrawn)),
        record(1, 'd', json!(null), 0),
        proposed(other, 2),
        advanced(other, 7),
        accepted(other, 2),
    ]);
    let rows = project(&mut conn, &events, 4).await;
    assert_eq!(ranks(&rows), [json!(2)]);
    assert_eq!(rows.iter().map(|row| (row.generation, row.deleted)).collect::<Vec<_>>(), [(2, true), (2, false)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_deleted_collection_no_row_of_any_generation_is_left() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let collection = CollectionId::from_uuid(COLLECTION);
    let rows = async |conn: &mut Connection| queries::ids_between(conn, collection, (0, 100)).await.unwrap().len();
    let mut history = history();
    history.truncate(9);
    let deleted = history.len() as i64 + 1;
    history.push(of_collection(&CollectionEvent::Deleted(Deleted { at: at(0) })));
    project(&mut conn, &recorded(history.clone()), 4).await;
    assert_eq!(rows(&mut conn).await, 4);
    history.push(swept(COLLECTION, (0, 6), true));
    project(&mut conn, &recorded(history.clone()), 4).await;
    assert_eq!(rows(&mut conn).await, 2, "as far as was swept");
    history.push(swept(COLLECTION, (6, deleted), true));
    project(&mut conn, &recorded(history), 4).await;
    assert_eq!(rows(&mut conn).await, 0);
}
