//! The writer's connection is killed and cut in the middle of batches: every append has an answer, and is in the log once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use event_store::{Append, AppendError, Appended, EventStore, Expected};
use test_support::TcpProxy;
use uuid::Uuid;

use crate::{
    checked_log,
    scene::{Scene, append, count, stream, until},
};

const CALLERS: usize = 24;
const APPENDS: usize = 60;
const FAULTS: usize = 12;

/// Appends until it is known to be in the log. Returns how often that took another attempt.
async fn insist(store: &EventStore, append: Append) -> (Appended, usize) {
    for repeats in 0.. {
        match store.append(append.clone()).await {
            Ok(done) => return (done, repeats),
            Err(AppendError::OutcomeUnknown | AppendError::Unavailable) => {}
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!()
}

/// Runs callers on two stores while `fault` strikes again and again, each time after some progress.
async fn under_faults(scene: &Scene, stores: [EventStore; 2], mut fault: impl AsyncFnMut()) {
    let done = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (store, done) = (stores[caller % 2].clone(), done.clone());
            tokio::spawn(async move {
                let own = stream();
                let mut acknowledged = vec![];
                for number in 0..APPENDS {
                    let append = append(&own, Expected::Exactly(number as i64), 1);
                    let (appended, _) = insist(&store, append.clone()).await;
                    assert_eq!(appended.versions, [number as i64 + 1]);
                    acknowledged.push((appended.first_position, append.streams[0].events[0].id));
                    done.fetch_add(1, Ordering::SeqCst);
                }
                acknowledged
            })
        })
        .collect();
    for round in 1..=FAULTS {
        let enough = CALLERS * APPENDS * round / (FAULTS + 1);
        until("progress between two faults", async || done.load(Ordering::SeqCst) >= enough).await;
        fault().await;
    }
    let mut acknowledged: BTreeMap<i64, Uuid> = BTreeMap::new();
    for caller in callers {
        acknowledged.extend(caller.await.unwrap());
    }
    let events = scene.events().await;
    checked_log::check(&events);
    let logged: BTreeMap<i64, Uuid> = events.iter().map(|event| (event.position, event.event_id)).collect();
    assert_eq!(acknowledged, logged, "each acknowledged append is in the log once, at its position, and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_backends_lose_and_double_nothing() {
    let scene = Scene::new().await;
    let mut conn = scene.connect().await;
    let stores = [scene.store.clone(), scene.another_store()];
    let mut killed = 0;
    under_faults(&scene, stores, async || {
        killed += count(
            &mut conn,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND application_name = 'tidemark writer'",
        )
        .await;
    })
    .await;
    assert!(killed >= FAULTS as i64, "{killed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_lose_and_double_nothing() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let stores = [scene.store_over(&url), scene.store_over(&url)];
    under_faults(&scene, stores, async || proxy.cut()).await;
    assert!(proxy.accepted() > FAULTS, "{}", proxy.accepted());
}
