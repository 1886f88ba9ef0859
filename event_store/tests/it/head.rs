//! The one watcher of a process: notified, reconnecting, and polling where nobody notifies.

use std::time::{Duration, Instant};

use bootstrap::Shutdown;
use event_store::{Expected, Head};
use test_support::TcpProxy;
use tokio::task::JoinHandle;

use crate::scene::{Scene, append, soon, stream, until};

struct Watching {
    head: Head,
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

fn watch(url: &str) -> Watching {
    let (head, shutdown) = (Head::new(), Shutdown::new());
    let task = tokio::spawn({
        let (head, shutdown, url) = (head.clone(), shutdown.clone(), url.to_owned());
        async move { head.watch(&url, &shutdown).await }
    });
    Watching { head, shutdown, task }
}

impl Watching {
    async fn reaches(&self, position: i64) {
        soon("the head is heard of", self.head.beyond(position - 1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_of_another_process_are_notified() {
    let scene = Scene::new().await;
    let before = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    let watching = watch(scene.database.url());
    watching.reaches(before.last_position).await;
    let started = Instant::now();
    for _ in 0..30 {
        let done = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
        watching.reaches(done.last_position).await;
    }
    // The poll alone would take a second for each.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    watching.shutdown.request();
    soon("the watcher ends", watching.task).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_made_again_and_nothing_is_missed() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let watching = watch(&url);
    for _ in 0..3 {
        let done = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
        watching.reaches(done.last_position).await;
        proxy.refuse();
        until("the connection is lost", async || proxy.connections() == 0).await;
        let missed = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
        assert!(watching.head.position() < missed.last_position);
        proxy.resume();
        watching.reaches(missed.last_position).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_left() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let watching = watch(&url);
    let done = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    watching.reaches(done.last_position).await;
    proxy.pause();
    let before = proxy.accepted();
    let missed = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    until("it connects anew", async || proxy.accepted() > before).await;
    proxy.resume();
    watching.reaches(missed.last_position).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_notifications_it_polls() {
    let scene = Scene::new().await;
    let watching = watch(scene.database.url());
    watching.head.observe(0);
    // Nobody is notified of this.
    scene.run("UPDATE log_head SET position = 7").await;
    watching.reaches(7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_is_no_position_changes_nothing() {
    let scene = Scene::new().await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let watching = watch(&url);
    let done = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    watching.reaches(done.last_position).await;
    scene.run("SELECT pg_notify('tidemark_log', 'nonsense')").await;
    let done = scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    watching.reaches(done.last_position).await;
    assert_eq!((watching.head.position(), proxy.accepted()), (2, 1));
}
