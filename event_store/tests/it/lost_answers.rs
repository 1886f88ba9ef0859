//! Commits whose answer is lost, and a head that somebody never lets go.

use std::time::Instant;

use diesel_async::SimpleAsyncConnection;
use event_store::{AppendError, Expected};
use test_support::TcpProxy;

use crate::{
    checked_log,
    scene::{PATIENCE, Scene, append, soon, stream, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_append_that_was_committed_but_not_answered_is_found_again() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let store = scene.store_over(&url);
    store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    for round in 1..=5 {
        // The statement reaches the server and waits there; then the answer's way is blocked; then it is committed.
        let mut held = scene.hold_head().await;
        let own = stream();
        let command = append(&own, Expected::Exactly(0), 2);
        let pending = tokio::spawn({
            let (store, command) = (store.clone(), command.clone());
            async move { store.append(command).await }
        });
        scene.until_writers_wait(1).await;
        proxy.pause();
        held.batch_execute("COMMIT").await.unwrap();
        until("committed", async || scene.events().await.len() == 1 + 2 * round).await;
        assert!(!pending.is_finished());
        proxy.cut();
        proxy.resume();
        let done = soon("the answer", pending).await.unwrap().unwrap();
        assert_eq!((done.command_id, done.versions.as_slice()), (command.command_id, [2].as_slice()));
        assert!(done.replay.is_none(), "for its caller it is no repeat");
        assert_eq!(done.last_position, 1 + 2 * round as i64);
    }
    checked_log::check(&scene.events().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_lets_the_head_go_does_not_keep_callers_waiting() {
    let scene = Scene::new().await;
    let mut held = scene.hold_head().await;
    let command = append(&stream(), Expected::Exactly(0), 1);
    let started = Instant::now();
    let refused = soon("an answer", scene.store.append(command.clone())).await.unwrap_err();
    assert_eq!(refused, AppendError::OutcomeUnknown);
    assert!(started.elapsed() < PATIENCE);
    // What the caller does next: the same command again, until it knows. The other process is stopped by its operator.
    held.batch_execute("ROLLBACK").await.unwrap();
    let done = soon("the outcome", scene.store.append(command)).await.unwrap();
    assert_eq!(done.versions, [1]);
    assert_eq!(scene.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_reached_the_database_was_not_written() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    proxy.refuse();
    let store = scene.store_over(&url);
    let refused = soon("an answer", store.append(append(&stream(), Expected::Any, 1))).await.unwrap_err();
    assert_eq!(refused, AppendError::Unavailable);
    proxy.resume();
    soon("an answer", store.append(append(&stream(), Expected::Any, 1))).await.unwrap();
    assert_eq!(scene.events().await.len(), 1);
}
