//! A database that does not move: the queue is bounded, callers hear of it at once, and all is well afterwards.

use std::time::{Duration, Instant};

use event_store::{AppendError, Expected};
use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::json;
use test_support::TcpProxy;

use crate::scene::{Scene, append, event_with, soon, stream, until};

const ROOM: usize = 4096;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_at_once_and_recovers() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let store = scene.store_over(&url);
    store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    proxy.pause();

    let started = Instant::now();
    let mut submitted: FuturesUnordered<_> =
        (0..ROOM + 500).map(|_| store.append(append(&stream(), Expected::Any, 1))).collect();
    for _ in 0..500 {
        let refused = soon("a refusal", submitted.next()).await.unwrap().unwrap_err();
        assert_eq!(refused, AppendError::Overloaded);
    }
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    proxy.resume();
    let mut written = 0;
    while let Some(result) = soon("all answers", submitted.next()).await {
        result.unwrap();
        written += 1;
    }
    assert_eq!(written, ROOM);
    store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    assert_eq!(scene.count("SELECT count(*) FROM events").await, ROOM as i64 + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_appends_fill_the_queue_by_their_size() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let store = scene.store_over(&url);
    store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    proxy.pause();
    let payload = json!({ "text": "x".repeat(512 << 10) });
    let large = || {
        let mut append = append(&stream(), Expected::Any, 1);
        append.streams[0].events = vec![event_with(&payload)];
        store.append(append)
    };
    let mut submitted: FuturesUnordered<_> = (0..40).map(|_| large()).collect();
    let refused = soon("a refusal", submitted.next()).await.unwrap().unwrap_err();
    assert_eq!(refused, AppendError::Overloaded);
    drop(submitted);
    proxy.resume();
    until("the queue is empty", async || store.append(append(&stream(), Expected::Any, 1)).await.is_ok()).await;
}
