//! Webhooks: batches are worth their events one by one, and a rebuild makes the same rows again.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bootstrap::db::Connection;
use chrono::Utc;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use domain::{
    Aggregate, DomainEvent, Sealed,
    collections::{CollectionId, CollectionName},
    users::UserId,
    webhooks::{
        Definition, Disablement, EventSelection, OfCollection, Replay, Webhook, WebhookDescription, WebhookEvent,
        WebhookFilter, events,
    },
};
use event_store::{NewEvent, RawJson, RecordedEvent, StreamId};
use projections::{
    Op, Projection,
    webhooks::{WebhookRow, project::Webhooks, queries},
};
use proptest::{
    prelude::{Strategy, prop},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::scene::{Scene, at};

const WEBHOOKS: u128 = 5;
const CASES: usize = 16;

fn definition(number: i64) -> Definition {
    let name = CollectionName::parse("posts").unwrap();
    let collection = OfCollection { id: CollectionId::from_uuid(Uuid::from_u128(number as u128)), name };
    let collection = Some(collection).filter(|_| number % 3 == 0);
    let filter = collection.as_ref().map(|_| WebhookFilter::parse(&format!("record.rank > {number}")).unwrap());
    Definition::new(
        Sealed::from_ciphertext(format!("s1.url-{number}")),
        EventSelection::parse(["record.created", "record.deleted"]).unwrap(),
        collection,
        filter,
        WebhookDescription::parse(&format!("number {number}")).unwrap(),
    )
    .unwrap()
}

fn happening(kind: u8, number: i64) -> WebhookEvent {
    let (secret, at) = (Sealed::from_ciphertext(format!("s1.secret-{number}")), at(number));
    match kind {
        0 => {
            let by = UserId::from_uuid(Uuid::from_u128(1));
            WebhookEvent::Created(events::Created { definition: definition(number), secret, by, at })
        }
        1 => WebhookEvent::Changed(events::Changed { definition: definition(number), at }),
        2 => WebhookEvent::SecretRotated(events::SecretRotated { secret, previous_until: at, at }),
        3 => WebhookEvent::Disabled(events::Disabled { reason: Disablement::Failing, at }),
        4 => WebhookEvent::Enabled(events::Enabled { at }),
        5 => WebhookEvent::TestRequested(events::TestRequested { at }),
        6 => WebhookEvent::ReplayRequested(events::ReplayRequested { what: Replay::Since(at), at }),
        _ => WebhookEvent::Deleted(events::Deleted { at }),
    }
}

/// Which webhook, and what. Some are never created, some twice: the log is not checked here.
fn history() -> impl Strategy<Value = Vec<(u128, WebhookEvent)>> {
    let event = (0..10u8, 0..1000i64)
        .prop_map(|(kind, number)| happening([0, 0, 0, 1, 2, 3, 4, 5, 6, 7][kind as usize], number));
    prop::collection::vec((0..WEBHOOKS, event), 0..40)
}

fn recorded(history: &[(u128, WebhookEvent)]) -> Vec<RecordedEvent> {
    let mut versions = HashMap::<u128, i64>::new();
    let record = |(position, (id, event)): (i64, &(u128, WebhookEvent))| {
        let version = versions.entry(*id).or_default();
        *version += 1;
        RecordedEvent {
            position,
            event_id: Uuid::now_v7(),
            stream_id: StreamId::new(Webhook::CATEGORY, Uuid::from_u128(*id)).as_str().to_owned(),
            stream_version: *version,
            category: Webhook::CATEGORY.to_owned(),
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
async fn project(conn: &mut Connection, batches: &[&[RecordedEvent]]) -> Vec<WebhookRow> {
    conn.batch_execute("TRUNCATE webhooks").await.unwrap();
    let mut changes = vec![];
    for batch in batches {
        let made = conn.transaction(async |conn| Ok::<_, diesel::result::Error>(Webhooks.project(conn, batch).await));
        changes.extend(made.await.unwrap().expect("projected"));
    }
    let mut seen = HashSet::new();
    let rows = queries::all(conn).await.unwrap();
    for change in changes.iter().rev().filter(|change| seen.insert(change.key.clone())) {
        let row = rows.iter().find(|row| row.id.to_string() == change.key);
        assert_eq!(change.op, if row.is_some() { Op::Upsert } else { Op::Remove });
        let told: Option<WebhookRow> = change.row.as_ref().map(|told| serde_json::from_str(told.get()).unwrap());
        assert_eq!(told.as_ref(), row);
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_webhooks_is_worth_its_events_one_by_one() {
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
        for row in &rows {
            // What comes before it was created is nothing to the read model, and does not happen.
            let own = history.iter().filter(|(id, _)| Uuid::from_u128(*id) == row.id);
            let own = own.skip_while(|(_, event)| !matches!(event, WebhookEvent::Created(_)));
            let decided = own.fold(Webhook::default(), |webhook, (_, event)| webhook.apply(event));
            let endpoint = decided.endpoint().expect("it is there");
            assert_eq!(
                (row.sealed_url(), &row.events[..]),
                (endpoint.definition.url.clone(), endpoint.definition.events.entries())
            );
            let collection = endpoint.definition.collection.as_ref().map(|of| of.id.as_uuid());
            let filter = endpoint.definition.filter.as_ref().map(WebhookFilter::as_str);
            assert_eq!((row.collection, row.filter.as_deref()), (collection, filter));
            assert_eq!(row.disabled.as_deref(), endpoint.disabled.map(Disablement::as_str));
            assert_eq!((row.created_at, row.updated_at), (endpoint.created_at, endpoint.updated_at));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_makes_webhooks_again() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let mut last = 0;
    for number in 0..20 {
        let kinds: &[u8] = if number % 3 == 0 { &[0, 1, 7] } else { &[0, 1, 2, 3] };
        let happened = kinds.iter().map(|kind| NewEvent::from_domain(&happening(*kind, number)).unwrap()).collect();
        last = scene.append(&StreamId::new(Webhook::CATEGORY, Uuid::now_v7()), happened).await;
    }
    scene.caught_up("webhooks", last).await;
    let content = "SELECT hashtextextended(string_agg(r::text, ',' ORDER BY id), 0) FROM webhooks r";
    let before = scene.number(content).await;
    assert_eq!(scene.number("SELECT count(*) FROM webhooks").await, 20);
    scene.run("UPDATE webhooks SET deleted = NOT deleted, updated_at = now(), events = '{}'").await;
    let rebuilt = scene.rebuilt(Arc::new(Webhooks) as Arc<dyn Projection>).await;
    assert_eq!((rebuilt.build, rebuilt.parked), (2, 0));
    assert_eq!(scene.number(content).await, before);
}
