//! What is decided on several aggregates at once.

use std::collections::BTreeSet;

use event_store::{
    AppendError, ClaimChange, Decided, EventStore, ExecuteError, Execution, Expected, Idempotency, Loaded, NewEvent,
    StreamAppend, StreamId,
};
use uuid::Uuid;

use crate::{
    account::{Account, AccountEvent, account, deposit},
    scene::{Scene, soon},
};

fn keyed(key: u8) -> Execution {
    Execution { idempotency: Some(Idempotency::new([key; 32], [1; 32])), ..Execution::new(Uuid::now_v7()) }
}

/// Moves cents from one account to another, as they are now.
async fn transfer(store: &EventStore, [from, to]: [&StreamId; 2], cents: i64) -> Vec<Decided<Account>> {
    let mut decided = vec![];
    for (stream, cents) in [(from, -cents), (to, cents)] {
        let before = store.load::<Account>(stream).await.unwrap();
        decided.push(Decided { stream: stream.clone(), before, events: vec![AccountEvent::Deposited { cents }] });
    }
    decided
}

#[tokio::test(flavor = "multi_thread")]
async fn several_aggregates_change_together_or_not_at_all() {
    let scene = Scene::new().await;
    let (ada, grace) = (account(), account());
    scene.store.execute(&ada, deposit(9), Execution::new(Uuid::now_v7())).await.unwrap();
    let decided = transfer(&scene.store, [&ada, &grace], 4).await;
    let done = scene.store.append_together(decided.clone(), keyed(1)).await.unwrap();
    let after: Vec<_> = done.after.unwrap().into_iter().map(|after| (after.state.cents, after.version)).collect();
    assert_eq!((done.position, after), (3, vec![(5, 2), (4, 1)]));
    let remembered = scene.store.recent::<Account>(&ada).await.unwrap();
    assert_eq!((remembered.state.cents, remembered.version), (5, 2));

    let stale = scene.store.append_together(decided.clone(), keyed(2)).await.unwrap_err();
    assert!(matches!(stale, ExecuteError::Append(AppendError::Conflict { stream, actual: 2 }) if stream == ada));
    let repeat = scene.store.append_together(decided, keyed(1)).await.unwrap();
    assert_eq!((repeat.position, repeat.after.is_none(), repeat.replay.is_some()), (3, true, true));
    let found = scene.store.repeat_of::<()>(&keyed(1)).await.unwrap().unwrap();
    assert_eq!((found.position, found.versions), (3, vec![(ada.to_string(), 2), (grace.to_string(), 1)]));
    assert!(scene.store.repeat_of::<()>(&keyed(2)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_work_on_the_same_streams_take_turns() {
    let scene = Scene::new().await;
    let (ada, grace) = (account(), account());
    let moving = (0..40).map(|number| {
        let (store, accounts) = (scene.store.clone(), [ada.clone(), grace.clone()]);
        async move {
            let [from, to] = if number % 2 == 0 { [&accounts[0], &accounts[1]] } else { [&accounts[1], &accounts[0]] };
            let _turns = store.turns(BTreeSet::from_iter(accounts.clone())).await.unwrap();
            let decided = transfer(&store, [from, to], 1).await;
            store.append_together(decided, Execution::new(Uuid::now_v7())).await.unwrap();
        }
    });
    soon("all transfers", futures::future::join_all(moving)).await;
    let loaded = scene.store.load::<Account>(&ada).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents), (40, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_new_aggregates_are_appended_with_what_stands_beside_them_or_not_at_all() {
    let scene = Scene::new().await;
    let (fresh, beside) = (|| (0..500).map(|_| account()).collect::<Vec<_>>(), account());
    let decided = |streams: &[StreamId]| -> Vec<Decided<Account>> {
        let created = |stream: &StreamId| Decided {
            stream: stream.clone(),
            before: Loaded::default(),
            events: vec![AccountEvent::Deposited { cents: 1 }],
        };
        streams.iter().map(created).collect()
    };
    let with = |expected: i64| {
        let events = vec![NewEvent::from_domain(&AccountEvent::Deposited { cents: 9 }).unwrap()];
        let part = StreamAppend { stream: beside.clone(), expected: Expected::Exactly(expected), events };
        Execution { beside: vec![part], ..Execution::new(Uuid::now_v7()) }
    };
    let (first, second) = (fresh(), fresh());
    let done = scene.store.append_unremembered(decided(&first), with(0)).await.unwrap();
    assert_eq!((done.last_position, done.versions), (501, vec![1; 501]));
    let stale = scene.store.append_unremembered(decided(&second), with(0)).await.unwrap_err();
    assert!(matches!(stale, ExecuteError::Append(AppendError::Conflict { stream, actual: 1 }) if stream == beside));
    let all: Vec<StreamId> = first.iter().chain(&second).cloned().collect();
    assert_eq!(scene.store.existing(&all).await.unwrap(), first.iter().cloned().collect());
    assert_eq!(scene.store.existing(&[]).await.unwrap().len(), 0);

    let done = scene.store.append_together(decided(&second), with(1)).await.unwrap();
    assert_eq!((done.position, done.after.unwrap().len()), (1002, 500), "what stands beside is no aggregate of these");
    assert_eq!(scene.store.load::<Account>(&beside).await.unwrap().state.cents, 18);
}

#[tokio::test(flavor = "multi_thread")]
async fn which_of_many_claims_are_held_is_told_at_once() {
    let scene = Scene::new().await;
    let (ada, scope) = (account(), "test.unique");
    let hash = |number: u8| vec![number; 32];
    let take = |number: u8| ClaimChange::Take { scope, key_hash: hash(number), stream: ada.clone() };
    let execution = Execution { claims: vec![take(1), take(3)], ..Execution::new(Uuid::now_v7()) };
    scene.store.execute(&ada, deposit(1), execution).await.unwrap();
    let held = scene.store.held_of(scope, &[hash(1), hash(2), hash(3)]).await.unwrap();
    assert_eq!(held, [hash(1), hash(3)].into());
    assert!(scene.store.held_of("test.other", &[hash(1)]).await.unwrap().is_empty());
}
