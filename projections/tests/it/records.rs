//! Collections and records: batches are worth their events one by one, and a rebuild makes the same rows again.

use std::{collections::HashMap, sync::Arc};

use bootstrap::db::Connection;
use chrono::Utc;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use domain::{
    Aggregate, DomainEvent,
    collections::{CollectionEvent, CollectionId, CollectionName, Data, Definition, events as collections},
    expressions::Filter,
    records::{Record, RecordEvent, events},
    users::UserId,
};
use event_store::{NewEvent, RawJson, RecordedEvent, StreamId};
use projections::{
    Change, Op, Projection,
    collections::project::Collections,
    records::{
        RecordRow, following,
        list::{self, Selection, SortKey, Sorted},
        project::Records,
        queries,
        show::show,
    },
};
use proptest::{
    prelude::{Strategy, prop},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use serde_json::{Value, json};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::scene::{Scene, at};

const RECORDS: u128 = 5;
const CASES: usize = 16;

fn collection(number: u128) -> CollectionId {
    CollectionId::from_uuid(Uuid::from_u128(number))
}

fn data(number: i64) -> Data {
    let data = json!({"title": format!("t{number}"), "rank": number, "ratio": number as f64 / 3.0, "tags": ["a", "ä"]});
    data.as_object().unwrap().clone()
}

fn happening(kind: u8, number: i64) -> RecordEvent {
    let (by, at) = (UserId::from_uuid(Uuid::from_u128(9)), at(number));
    match kind {
        0 => RecordEvent::Created(events::Created {
            collection: collection(1),
            data: data(number),
            by,
            at,
            generation: 0,
        }),
        1 => RecordEvent::Changed(events::Changed { data: data(number), by, at, generation: 0 }),
        2 => RecordEvent::Deleted(events::Deleted { by, at }),
        _ => RecordEvent::Restored(events::Restored { data: data(number), by, at, generation: 0 }),
    }
}

/// Which record, and what. Some are never created, some twice: the log is not checked here.
fn history() -> impl Strategy<Value = Vec<(u128, RecordEvent)>> {
    let event = (0..10u8, 0..1000i64)
        .prop_map(|(kind, number)| happening([0, 0, 0, 1, 1, 1, 1, 2, 2, 3][kind as usize], number));
    prop::collection::vec((0..RECORDS, event), 0..50)
}

fn recorded(history: &[(u128, RecordEvent)]) -> Vec<RecordedEvent> {
    let mut versions = HashMap::<u128, i64>::new();
    let record = |(position, (id, event)): (i64, &(u128, RecordEvent))| {
        let version = versions.entry(*id).or_default();
        *version += 1;
        RecordedEvent {
            position,
            event_id: Uuid::now_v7(),
            stream_id: StreamId::new(Record::CATEGORY, Uuid::from_u128(*id)).as_str().to_owned(),
            stream_version: *version,
            category: Record::CATEGORY.to_owned(),
            event_type: event.name().name.to_owned(),
            event_version: event.name().version,
            payload: RawJson(event.encode().unwrap()),
            metadata: RawJson::from_serialize(&()).unwrap(),
            recorded_at: Utc::now(),
        }
    };
    (1..).zip(history).map(record).collect()
}

async fn project(conn: &mut Connection, batches: &[&[RecordedEvent]]) -> (Vec<RecordRow>, Vec<Change>) {
    conn.batch_execute("TRUNCATE records").await.unwrap();
    let mut changes = vec![];
    for batch in batches {
        let made = conn.transaction(async |conn| Ok::<_, diesel::result::Error>(Records.project(conn, batch).await));
        changes.extend(made.await.unwrap().expect("projected"));
    }
    let mut rows = following::changed(conn, None, 0, i64::MAX).await.unwrap().rows;
    rows.sort_by_key(|row| row.id);
    (rows, changes)
}

fn assert_each_says_what_was_before(changes: &[Change]) {
    let mut known = HashMap::new();
    for Change { key, row, before, .. } in changes {
        let before = before.as_ref().expect("it is told").as_ref().map(|row| row.get());
        assert_eq!(before, known.insert(key, row.as_ref().map(|row| row.get())).flatten());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_records_is_worth_its_events_one_by_one() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..CASES {
        let history = history().new_tree(&mut runner).unwrap().current();
        let cut = (1..12usize).new_tree(&mut runner).unwrap().current();
        let events = recorded(&history);
        let (singles, batches): (Vec<_>, Vec<_>) = (events.chunks(1).collect(), events.chunks(cut).collect());
        let (one_by_one, told) = project(&mut conn, &singles).await;
        assert_each_says_what_was_before(&told);
        let (in_batches, changes) = project(&mut conn, &batches).await;
        assert_eq!(in_batches, one_by_one, "{history:?}");
        assert_each_says_what_was_before(&changes);

        for row in &in_batches {
            let own = history.iter().filter(|(id, _)| Uuid::from_u128(*id) == row.id);
            let decided = own.fold(Record::default(), |record, (_, event)| match (record, event) {
                // Nothing comes back unless it is restored, and no decision would bring it.
                (gone @ Record::Deleted(_), RecordEvent::Created(_) | RecordEvent::Changed(_)) => gone,
                (record, event) => record.apply(event),
            });
            match decided.of(collection(1)) {
                Some(contents) => {
                    assert_eq!(row.data, Value::Object(contents.data.clone()));
                    assert_eq!((row.created_at, row.updated_at), (contents.created_at, contents.updated_at));
                }
                None => assert_eq!((row.deleted, &row.data), (true, &json!({}))),
            }
            let last = changes.iter().rev().find(|change| change.key == row.id.to_string()).expect("it was told");
            let op = if row.deleted { Op::Remove } else { Op::Upsert };
            assert_eq!((last.position, last.version, last.op), (row.position, row.version, op));
            let told: Option<RecordRow> = last.row.as_ref().map(|told| serde_json::from_str(told.get()).unwrap());
            assert_eq!(told.as_ref(), Some(row).filter(|row| !row.deleted));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_found_in_their_collection_only() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let history: Vec<_> = (0..5).map(|id| (id, happening(0, id as i64))).collect();
    project(&mut conn, &[&recorded(&history)]).await;
    let (all, ours) = (Filter::constantly(true), collection(1));
    let (newest, oldest) = ([SortKey::id(true)], [SortKey::id(false)]);
    let mut ids = async |collection, filter: &Filter, keys: &[SortKey], after: Option<u128>| -> Vec<u128> {
        let Some(selection) = Selection::new(collection, filter) else { return vec![] };
        let after = after.map(|id| [Some(Uuid::from_u128(id).to_string())]);
        let page = Sorted {
            selection: &selection,
            keys,
            after: after.as_ref().map(|after| &after[..]),
            limit: 3,
            prepared: false,
        };
        let listed = list::sorted(&mut conn, page).await.unwrap();
        listed.into_iter().map(|listed| listed.record.id.as_u128()).collect()
    };
    assert_eq!(ids(ours, &all, &newest, None).await, [4, 3, 2]);
    assert_eq!(ids(ours, &all, &newest, Some(2)).await, [1, 0]);
    assert_eq!(ids(ours, &all, &oldest, Some(2)).await, [3, 4]);
    assert_eq!(ids(ours, &Filter::constantly(false), &oldest, None).await, [0; 0]);
    assert_eq!(ids(collection(2), &all, &oldest, None).await, [0; 0]);
    assert!(queries::any(&mut conn, ours).await.unwrap() && !queries::any(&mut conn, collection(2)).await.unwrap());
    let id = Uuid::from_u128(3);
    assert_eq!(queries::find(&mut conn, ours, id).await.unwrap().unwrap().data["rank"], json!(3));
    assert_eq!(queries::find(&mut conn, collection(2), id).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_asked_for_together_come_each_in_its_place() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let history: Vec<_> = (0..5).map(|id| (id, happening(0, id as i64))).chain([(3, happening(2, 9))]).collect();
    project(&mut conn, &[&recorded(&history)]).await;
    let (ours, theirs) = (collection(1), collection(2));
    let wanted = [(ours, 4), (theirs, 4), (ours, 0), (ours, 3), (ours, 4), (ours, 77), (theirs, 1), (ours, 1)];
    let wanted = wanted.map(|(collection, id)| (collection, Uuid::from_u128(id)));
    let shown = show(&conn, &wanted).await.unwrap();
    let found: Vec<_> =
        shown.iter().map(|shown| shown.record.as_ref().map(|(record, _)| record.id.as_u128())).collect();
    assert_eq!(found, [Some(4), None, Some(0), None, Some(4), None, None, Some(1)]);
    let (record, last) = shown[2].record.as_ref().unwrap();
    assert_eq!((record.version, *last), (1, 1));
    assert_eq!(serde_json::from_str::<Data>(record.data.as_str()).unwrap(), data(0));
    assert!(show(&conn, &[]).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_makes_collections_and_records_again() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let definition = |text: &str| {
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}, "title": text});
        Definition { schema: schema.as_object().unwrap().clone(), ..Definition::default() }.normalised()
    };
    let mut last = 0;
    for number in 0..20 {
        let name = CollectionName::parse(&format!("c{number}")).unwrap();
        let defined = collections::Defined { name, definition: definition("before"), at: at(0) };
        let mut happened = vec![CollectionEvent::Defined(defined)];
        if number % 2 == 0 {
            let changed = collections::Changed { definition: definition("after"), at: at(1) };
            happened.push(CollectionEvent::Changed(changed));
        }
        if number % 5 == 0 {
            happened.push(CollectionEvent::Deleted(collections::Deleted { at: at(2) }));
        }
        let happened = happened.iter().map(|event| NewEvent::from_domain(event).unwrap()).collect();
        scene.append(&StreamId::new("collection", Uuid::now_v7()), happened).await;
        let kinds: &[u8] = if number % 3 == 0 { &[0, 1, 1, 2] } else { &[0, 1] };
        let happened = kinds.iter().map(|kind| NewEvent::from_domain(&happening(*kind, number)).unwrap()).collect();
        last = scene.append(&StreamId::new("record", Uuid::now_v7()), happened).await;
    }
    for (projection, table) in [
        (Arc::new(Collections) as Arc<dyn Projection>, "collections"),
        (Arc::new(Records) as Arc<dyn Projection>, "records"),
    ] {
        scene.caught_up(table, last).await;
        let content = format!("SELECT hashtextextended(string_agg(r::text, ',' ORDER BY id), 0) FROM {table} r");
        let before = scene.number(&content).await;
        assert_eq!(scene.number(&format!("SELECT count(*) FROM {table}")).await, 20);
        scene.run(&format!("UPDATE {table} SET deleted = NOT deleted, updated_at = now()")).await;
        let rebuilt = scene.rebuilt(projection).await;
        assert_eq!((rebuilt.build, rebuilt.parked), (2, 0));
        assert_eq!(scene.number(&content).await, before);
    }
}
