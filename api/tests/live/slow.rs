//! Clients that do not read: the last states are kept for them while that is possible, and nobody else notices.

use futures::future::join_all;
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower, Offer},
};

/// More than the buffers between the server and a client hold.
const CHANGES: usize = 1200;

/// An administrator's client whose connection holds little.
async fn narrow(app: &TestApp, admin: Uuid) -> Client {
    let offer = Offer { receive_buffer: Some(4096), ..Offer::default() };
    let mut client = Client::offer(app.address(), offer).await.expect("a handshake");
    client.sign_in(&app.token(admin)).await;
    client
}

/// Renames users by turns, several at a time.
async fn rename_all(app: &TestApp, users: &[Uuid], count: usize) {
    let long = "x".repeat(80);
    for round in 0..count / users.len() {
        let name = format!("{long} {round}");
        join_all(users.iter().map(|user| app.rename(*user, &name))).await;
    }
    join_all(users.iter().map(|user| app.rename(*user, "at rest"))).await;
}

fn rests(follower: &Follower, users: &[Uuid]) -> bool {
    users.iter().all(|user| follower.name_of(*user) == Some("at rest"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pauses_gets_the_last_state_of_every_record() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    let users = app.register_many(40).await;
    app.projected(42).await;
    let mut slow = narrow(&app, admin).await;
    let mut paused = Follower::begin(&mut slow, 2, "users").await;
    let mut quick = Client::signed_in(&app, admin).await;
    let mut follower = Follower::begin(&mut quick, 2, "users").await;
    let ((), ()) =
        tokio::join!(rename_all(&app, &users, CHANGES), follower.until(&mut quick, |follower| rests(follower, &users)));
    paused.until(&mut slow, |follower| rests(follower, &users)).await;
    assert_eq!((paused.records, paused.reset), (follower.records, None));
    assert!(paused.changes < follower.changes, "{} of {}", paused.changes, follower.changes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_lets_too_much_pile_up_is_reset_and_can_resume() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    // However the changes are batched, each record's last state waits. The kernel takes some 150 of them, and the queue
    // 256: the rest has no place. Fewer than 1,000, beyond which it begins anew instead of resuming.
    let users = app.register_many(800).await;
    app.projected(802).await;
    let mut slow = narrow(&app, admin).await;
    let mut paused = Follower::begin(&mut slow, 2, "users").await;
    rename_all(&app, &users, users.len()).await;
    paused.until(&mut slow, |follower| follower.reset.is_some()).await;
    assert_eq!(paused.reset.as_deref(), Some("slow"));
    slow.resume(3, "users", &paused.position, &paused.epoch).await;
    let mut resumed = paused.resumed(3);
    resumed.begun(&mut slow).await;
    assert_eq!(resumed.mode, "resumed");
    resumed.until(&mut slow, |follower| rests(follower, &users)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_at_all_is_closed() {
    let app = TestApp::start_with(|config| config.limits.live_connections = 1).await;
    let admin = app.register_admin().await;
    let users = app.register_many(40).await;
    app.projected(42).await;
    let mut stuck = narrow(&app, admin).await;
    let _follower = Follower::begin(&mut stuck, 2, "users").await;
    rename_all(&app, &users, CHANGES).await;
    // Its place is free again though its end of the connection is still open.
    crate::app::eventually("the connection is given up", async || {
        Client::offer(app.address(), Offer::default()).await.ok()
    })
    .await;
}
