//! Coming back: exactly what was missed, or everything where that is not possible.

use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

struct Left {
    app: TestApp,
    admin: Uuid,
    users: Vec<Uuid>,
    follower: Follower,
}

/// An administrator who has followed all users and is gone again.
async fn left() -> Left {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    let mut users = vec![];
    for name in ["ada", "ben", "cleo"] {
        users.push(app.register(name).await);
    }
    app.projected(5).await;
    let mut client = Client::signed_in(&app, admin).await;
    let follower = Follower::begin(&mut client, 2, "users").await;
    assert_eq!(follower.records.len(), 4);
    Left { app, admin, users, follower }
}

async fn resume(left: &Left, mut follower: Follower) -> (Client, Follower) {
    let mut client = Client::signed_in(&left.app, left.admin).await;
    client.resume(follower.id, "users", &follower.position, &follower.epoch).await;
    follower.begun(&mut client).await;
    (client, follower)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_away_gets_what_it_missed_and_nothing_else() {
    let mut left = left().await;
    left.app.rename(left.users[0], "first").await;
    left.app.rename(left.users[0], "second").await;
    let dora = left.app.register("dora").await;
    let position = left.app.rename(left.users[1], "Ben").await;
    left.app.projected(position).await;
    let follower = std::mem::take(&mut left.follower).resumed(7);
    let (mut client, mut follower) = resume(&left, follower).await;
    assert_eq!(follower.mode, "resumed");
    follower.until(&mut client, |follower| follower.number() >= position).await;
    assert_eq!(follower.changes, 3, "the last state of each of three records");
    let names = [left.users[0], left.users[1], left.users[2], dora].map(|id| follower.name_of(id).map(str::to_owned));
    assert_eq!(names.each_ref().map(Option::as_deref), [Some("second"), Some("Ben"), Some("cleo"), Some("dora")]);
    // And it goes on live.
    left.app.rename(left.users[2], "Cleopatra").await;
    follower.until(&mut client, |follower| follower.name_of(left.users[2]) == Some("Cleopatra")).await;
    assert_eq!(follower.changes, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_missed_nothing_gets_nothing() {
    let mut left = left().await;
    let follower = std::mem::take(&mut left.follower).resumed(7);
    let (mut client, mut follower) = resume(&left, follower).await;
    assert_eq!(follower.mode, "resumed");
    left.app.rename(left.users[0], "later").await;
    follower.until(&mut client, |follower| follower.name_of(left.users[0]) == Some("later")).await;
    assert_eq!(follower.changes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_removed_meanwhile_is_told_as_removed() {
    let mut left = left().await;
    left.app.stop_projecting().await;
    left.app.write_row(left.users[1], "deleted = true").await;
    let follower = std::mem::take(&mut left.follower).resumed(7);
    let (mut client, mut follower) = resume(&left, follower).await;
    follower.until(&mut client, |follower| !follower.removed.is_empty()).await;
    assert_eq!((follower.mode.as_str(), follower.records.len(), follower.changes), ("resumed", 3, 1));
    assert!(follower.removed.contains_key(&left.users[1].to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_from_elsewhere_is_answered_with_a_snapshot() {
    let left = left().await;
    let Follower { position, epoch, .. } = &left.follower;
    let mut client = Client::signed_in(&left.app, left.admin).await;
    let elsewhere = [
        (position.as_str(), "ffffffff-b1"),
        ("999999", epoch.as_str()),
        ("-1", epoch),
        ("nonsense", epoch),
        ("5.5", epoch),
        ("99999999999999999999", epoch),
    ];
    for (id, (after, epoch)) in (10..).zip(elsewhere) {
        let mut follower = Follower::new(id);
        client.resume(id, "users", after, epoch).await;
        follower.begun(&mut client).await;
        assert_eq!((follower.mode.as_str(), follower.records.len()), ("snapshot", 4), "{after} {epoch}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_epoch_resets_what_is_open() {
    let left = left().await;
    let mut client = Client::signed_in(&left.app, left.admin).await;
    let mut follower = Follower::begin(&mut client, 2, "users").await;
    let mut conn = left.app.connect().await;
    let raise = "UPDATE projection_builds SET resets = resets + 1 WHERE projection = 'users'";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut conn, raise).await.unwrap();
    follower.until(&mut client, |follower| follower.reset.is_some()).await;
    assert_eq!(follower.reset.as_deref(), Some("epoch"));
    let again = Follower::begin(&mut client, 3, "users").await;
    assert_ne!(again.epoch, follower.epoch);
    assert_eq!(again.records, follower.records);
}
