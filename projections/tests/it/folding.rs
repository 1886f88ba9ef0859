//! A batch is worth the same as its events one by one.

use bootstrap::db::Connection;
use chrono::Utc;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use domain::{Aggregate, DomainEvent, users::User, users::UserEvent};
use event_store::{RawJson, RecordedEvent, StreamId};
use projections::{
    Change, Op, Projection,
    users::{UserRow, project::Users, queries},
};
use proptest::{
    prelude::{Just, Strategy, any, prop, prop_oneof},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use test_support::TestDatabase;
use uuid::Uuid;

use crate::{
    happenings::{KINDS, decided, happening},
    scene::{assert_is_as_decided, registered_as},
};

const USERS: u128 = 5;
const CASES: usize = 24;

/// Who, and what. Some users are never registered, and some twice: the log is not checked here.
fn history() -> impl Strategy<Value = Vec<(u128, UserEvent)>> {
    let number = any::<u16>().prop_map(i64::from);
    // Registered more often than erased, or little would be left to happen.
    let kind = prop_oneof![3 => 0..KINDS, 1 => Just(0)];
    let event = (kind, number).prop_map(|(kind, number)| happening(kind, number));
    prop::collection::vec((0..USERS, event), 0..60).prop_map(decided)
}

/// Where a history is cut into batches.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..12usize, 60).boxed().prop_union(Just(vec![60]).boxed())
}

fn recorded(history: &[(u128, UserEvent)]) -> Vec<RecordedEvent> {
    let mut versions = std::collections::HashMap::<u128, i64>::new();
    let record = |(position, (user, event)): (i64, &(u128, UserEvent))| {
        let version = versions.entry(*user).or_default();
        *version += 1;
        RecordedEvent {
            position,
            event_id: Uuid::now_v7(),
            stream_id: StreamId::new("user", Uuid::from_u128(*user)).as_str().to_owned(),
            stream_version: *version,
            category: "user".to_owned(),
            event_type: event.name().name.to_owned(),
            event_version: event.name().version,
            payload: RawJson(event.encode().unwrap()),
            metadata: RawJson::from_serialize(&()).unwrap(),
            recorded_at: Utc::now(),
        }
    };
    (1..).zip(history).map(record).collect()
}

async fn project(conn: &mut Connection, batches: &[&[RecordedEvent]]) -> (Vec<UserRow>, Vec<Change>) {
    conn.batch_execute("TRUNCATE users").await.unwrap();
    let mut changes = vec![];
    for batch in batches {
        let made = conn.transaction(async |conn| Ok::<_, diesel::result::Error>(Users.project(conn, batch).await));
        changes.extend(made.await.unwrap().expect("projected"));
    }
    let mut rows = queries::changed_after(conn, 0, i64::MAX).await.unwrap();
    rows.sort_by_key(|row| row.id);
    (rows, changes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_worth_its_events_one_by_one() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..CASES {
        let history = history().new_tree(&mut runner).unwrap().current();
        let events = recorded(&history);
        let mut batches = vec![];
        let mut rest = events.as_slice();
        for cut in cuts().new_tree(&mut runner).unwrap().current() {
            let (batch, others) = rest.split_at(cut.min(rest.len()));
            batches.push(batch);
            rest = others;
        }
        batches.push(rest);
        let singles: Vec<_> = events.chunks(1).collect();
        let (one_by_one, _) = project(&mut conn, &singles).await;
        let (in_batches, changes) = project(&mut conn, &batches).await;
        assert_eq!(in_batches, one_by_one, "{history:?}");

        for row in &in_batches {
            let user = history.iter().filter(|(user, _)| Uuid::from_u128(*user) == row.id);
            assert_is_as_decided(row, &user.fold(User::default(), |user, (_, event)| user.apply(event)));
            let last = changes.iter().rev().find(|change| change.key == row.id.to_string()).expect("it was told");
            let op = if row.deleted { Op::Remove } else { Op::Upsert };
            assert_eq!((last.position, last.version, last.op), (row.position, row.version, op));
            let told: Option<UserRow> = last.row.as_ref().map(|told| serde_json::from_str(told.get()).unwrap());
            assert_eq!(told.as_ref(), Some(row).filter(|row| !row.deleted));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_walked_from_the_newest_user_to_the_oldest() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let history: Vec<_> = (0..7).map(|user| (user, registered_as(user as i64))).collect();
    project(&mut conn, &[&recorded(&history)]).await;
    let (mut seen, mut after) = (vec![], None);
    loop {
        let page = queries::page(&mut conn, after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page.into_iter().map(|row| row.id.as_u128()));
    }
    assert_eq!(seen, [6, 5, 4, 3, 2, 1, 0]);
    let found = queries::find(&mut conn, Uuid::from_u128(3)).await.unwrap().unwrap();
    assert_eq!(found.email, "s1.email3");
    assert_eq!(queries::find(&mut conn, Uuid::from_u128(99)).await.unwrap(), None);
}
