//! From a snapshot to its changes without a gap, whatever happens meanwhile.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rand::RngExt;
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

const USERS: usize = 20;
const CONNECTIONS: usize = 12;
/// As many as a connection may begin without a pause.
const SUBSCRIPTIONS: u64 = 25;

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_that_begin_under_writes_miss_nothing() {
    let app = Arc::new(TestApp::start().await);
    let admin = app.register_admin().await;
    let users = [vec![admin], app.register_many(USERS).await].concat();
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn(write(app.clone(), users.clone(), stop.clone()));
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(follow_again_and_again(app.clone(), admin))).collect();
    let mut followers = vec![];
    for client in clients {
        followers.push(client.await.expect("the client saw nothing wrong"));
    }
    stop.store(true, Ordering::SeqCst);
    let names = writer.await.expect("the writer ended well");
    for (mut client, mut follower) in followers {
        follower
            .until(&mut client, |follower| names.iter().all(|(id, name)| follower.name_of(*id) == Some(name.as_str())))
            .await;
        assert_eq!(follower.records.len(), USERS + 1);
    }
}

/// Renames users at random until told to stop; returns what they are called then.
async fn write(app: Arc<TestApp>, users: Vec<Uuid>, stop: Arc<AtomicBool>) -> Vec<(Uuid, String)> {
    let mut names = vec![String::new(); users.len()];
    let mut count = 0;
    let mut seen: Vec<bool> = vec![false; users.len()];
    while !stop.load(Ordering::SeqCst) || seen.contains(&false) {
        let at = rand::rng().random_range(0..users.len());
        count += 1;
        names[at] = format!("name {count}");
        seen[at] = true;
        app.rename(users[at], &names[at]).await;
    }
    users.into_iter().zip(names).collect()
}

/// Subscribes and unsubscribes at random moments; returns the last subscription, which is kept.
async fn follow_again_and_again(app: Arc<TestApp>, admin: Uuid) -> (Client, Follower) {
    let mut client = Client::signed_in(&app, admin).await;
    for id in 2..2 + SUBSCRIPTIONS {
        let mut follower = Follower::begin(&mut client, id, "users").await;
        let enough = rand::rng().random_range(0..4);
        follower.until(&mut client, |follower| follower.changes >= enough).await;
        client.send(json!({"t": "unsub", "id": id})).await;
        // What was under way is still read; then the next subscription's answers come.
        client.send(json!({"t": "sub", "id": id, "topic": "nothing"})).await;
        loop {
            let message = client.next().await;
            if message["t"] == "err" {
                break;
            }
            follower.take(&message);
        }
    }
    let follower = Follower::begin(&mut client, 1000, "users").await;
    (client, follower)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_snapshot_comes_in_parts() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    let last = app.register_many(250).await[249];
    app.projected(252).await;
    let mut client = Client::signed_in(&app, admin).await;
    client.subscribe(2, "users").await;
    let mut follower = Follower::new(2);
    let mut parts = vec![];
    while follower.mode.is_empty() {
        let message = client.next().await;
        if message["t"] == "snap" {
            parts.push(message["last"].as_bool().unwrap());
        }
        follower.take(&message);
    }
    assert!(parts.len() >= 3, "{parts:?}");
    assert_eq!(parts.iter().position(|last| *last), Some(parts.len() - 1));
    assert_eq!(follower.records.len(), 251);
    app.rename(last, "the last").await;
    follower.until(&mut client, |follower| follower.name_of(last) == Some("the last")).await;
    assert_eq!(follower.changes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_follows_several_topics() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    app.projected(2).await;
    let mut client = Client::signed_in(&app, admin).await;
    let mut all = Follower::begin(&mut client, 2, "users").await;
    let mut own = Follower::begin(&mut client, 3, "users/me").await;
    let ada = app.register("ada").await;
    app.rename(admin, "root").await;
    while all.name_of(admin) != Some("root") || own.name_of(admin) != Some("root") {
        let message = client.next().await;
        if message["id"] == 2 { all.take(&message) } else { own.take(&message) }
    }
    assert_eq!((all.name_of(ada), own.name_of(ada)), (Some("ada"), None));
    assert_eq!((all.changes, own.changes), (2, 1));
}
