//! Files: batches are worth their events one by one, and a rebuild makes the same rows again.

use std::{collections::HashMap, sync::Arc};

use bootstrap::db::Connection;
use chrono::Utc;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use domain::{
    Aggregate, DomainEvent, Sealed,
    files::{ContentType, Deletion, Digest, File, FileEvent, events},
    records::RecordId,
    users::UserId,
};
use event_store::{NewEvent, RawJson, RecordedEvent, StreamId};
use projections::{
    Op, Projection,
    files::{FileRow, project::Files, queries},
};
use proptest::{
    prelude::{Strategy, prop},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::scene::{Scene, at};

const FILES: u128 = 5;
const CASES: usize = 16;

fn happening(kind: u8, number: i64) -> FileEvent {
    let (name, at) = (Sealed::from_ciphertext(format!("s1.name-{number}")), at(number));
    match kind {
        0 => FileEvent::Created(events::Created {
            owner: UserId::from_uuid(Uuid::from_u128(number as u128 % 2)),
            name,
            content_type: ContentType::parse("image/png").unwrap(),
            size: number as u64,
            sha256: Digest::from_bytes([number as u8; 32]),
            key: format!("content/00/{number}"),
            temporary: number % 3 == 0,
            at,
        }),
        1 => FileEvent::Renamed(events::Renamed { name, at }),
        2 => FileEvent::Linked(events::Linked { record: RecordId::from_uuid(Uuid::from_u128(1)), at }),
        3 => FileEvent::Unlinked(events::Unlinked { record: RecordId::from_uuid(Uuid::from_u128(1)), at }),
        _ => FileEvent::Deleted(events::Deleted { why: Deletion::Asked, at }),
    }
}

/// Which file, and what. Some are never created, some twice: the log is not checked here.
fn history() -> impl Strategy<Value = Vec<(u128, FileEvent)>> {
    let event =
        (0..8u8, 0..1000i64).prop_map(|(kind, number)| happening([0, 0, 0, 1, 1, 2, 3, 4][kind as usize], number));
    prop::collection::vec((0..FILES, event), 0..40)
}

fn recorded(history: &[(u128, FileEvent)]) -> Vec<RecordedEvent> {
    let mut versions = HashMap::<u128, i64>::new();
    let record = |(position, (id, event)): (i64, &(u128, FileEvent))| {
        let version = versions.entry(*id).or_default();
        *version += 1;
        RecordedEvent {
            position,
            event_id: Uuid::now_v7(),
            stream_id: StreamId::new(File::CATEGORY, Uuid::from_u128(*id)).as_str().to_owned(),
            stream_version: *version,
            category: File::CATEGORY.to_owned(),
            event_type: event.name().name.to_owned(),
            event_version: event.name().version,
            payload: RawJson(event.encode().unwrap()),
            metadata: RawJson::from_serialize(&()).unwrap(),
            recorded_at: Utc::now(),
        }
    };
    (1..).zip(history).map(record).collect()
}

/// The rows that these batches make, and whether the last change of each row says what the row says.
async fn project(conn: &mut Connection, batches: &[&[RecordedEvent]]) -> Vec<FileRow> {
    conn.batch_execute("TRUNCATE files").await.unwrap();
    let mut changes = vec![];
    for batch in batches {
        let made = conn.transaction(async |conn| Ok::<_, diesel::result::Error>(Files.project(conn, batch).await));
        changes.extend(made.await.unwrap().expect("projected"));
    }
    let mut rows = queries::changed_after(conn, 0, i64::MAX).await.unwrap();
    rows.sort_by_key(|row| row.id);
    for row in &rows {
        let last = changes.iter().rev().find(|change| change.key == row.id.to_string()).expect("it was told");
        let op = if row.deleted { Op::Remove } else { Op::Upsert };
        assert_eq!((last.position, last.version, last.op), (row.position, row.version, op));
        let told: Option<FileRow> = last.row.as_ref().map(|told| serde_json::from_str(told.get()).unwrap());
        assert_eq!(told.as_ref(), Some(row).filter(|row| !row.deleted));
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_files_is_worth_its_events_one_by_one() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..CASES {
        let history = history().new_tree(&mut runner).unwrap().current();
        let cut = (1..12usize).new_tree(&mut runner).unwrap().current();
        let events = recorded(&history);
        let (singles, batches): (Vec<_>, Vec<_>) = (events.chunks(1).collect(), events.chunks(cut).collect());
        let one_by_one = project(&mut conn, &singles).await;
        let rows = project(&mut conn, &batches).await;
        assert_eq!(rows, one_by_one, "{history:?}");
        for row in rows.iter().filter(|row| !row.deleted) {
            // What comes before it was created is nothing to the read model, and does not happen.
            let own = history.iter().filter(|(id, _)| Uuid::from_u128(*id) == row.id);
            let own = own.skip_while(|(_, event)| !matches!(event, FileEvent::Created(_)));
            let decided = own.fold(File::default(), |file, (_, event)| file.apply(event));
            let kept = decided.kept().expect("it is there");
            assert_eq!((row.sealed_name(), row.size_bytes), (kept.name.clone(), kept.size as i64));
            assert_eq!((row.owner, row.temporary), (kept.owner.as_uuid(), kept.temporary));
            assert_eq!((row.created_at, row.updated_at), (kept.created_at, kept.updated_at));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_the_files_of_one_owner_and_temporary_ones_are_found_when_they_are_old() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let mut history: Vec<_> = (1..9).map(|id| (id, happening(0, id as i64))).collect();
    history.push((8, happening(4, 9)));
    history.push((6, happening(2, 9)));
    project(&mut conn, &[&recorded(&history)]).await;
    let mut page = async |owner: Option<u128>, after: Option<u128>| -> Vec<u128> {
        let rows = queries::page(&mut conn, owner.map(Uuid::from_u128), after.map(Uuid::from_u128), 3).await.unwrap();
        rows.into_iter().map(|row| row.id.as_u128()).collect()
    };
    assert_eq!(page(None, None).await, [7, 6, 5]);
    assert_eq!(page(Some(0), None).await, [6, 4, 2]);
    assert_eq!(page(Some(1), Some(5)).await, [3, 1]);
    assert_eq!(page(Some(7), None).await, [0; 0]);
    let ids = queries::temporary_before(&mut conn, at(7), None, 10).await.unwrap();
    assert_eq!(ids, [Uuid::from_u128(3)], "a record names the sixth");
    assert_eq!(queries::find(&mut conn, Uuid::from_u128(8)).await.unwrap(), None);
    assert_eq!(queries::find(&mut conn, Uuid::from_u128(7)).await.unwrap().unwrap().size_bytes, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_makes_files_again() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let mut last = 0;
    for number in 0..20 {
        let kinds: &[u8] = if number % 3 == 0 { &[0, 1, 4] } else { &[0, 1, 2, 3] };
        let happened = kinds.iter().map(|kind| NewEvent::from_domain(&happening(*kind, number)).unwrap()).collect();
        last = scene.append(&StreamId::new(File::CATEGORY, Uuid::now_v7()), happened).await;
    }
    scene.caught_up("files", last).await;
    let content = "SELECT hashtextextended(string_agg(r::text, ',' ORDER BY id), 0) FROM files r";
    let before = scene.number(content).await;
    assert_eq!(scene.number("SELECT count(*) FROM files").await, 20);
    scene.run("UPDATE files SET deleted = NOT deleted, updated_at = now(), temporary = false").await;
    let rebuilt = scene.rebuilt(Arc::new(Files) as Arc<dyn Projection>).await;
    assert_eq!((rebuilt.build, rebuilt.parked), (2, 0));
    assert_eq!(scene.number(content).await, before);
}
