//! Stopping: everybody is sent away in good time, spread, and comes back elsewhere to what was missed.

use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_process_sends_everybody_away_spread_over_the_grace_time() {
    let mut app = TestApp::start_with(|config| config.shutdown_grace = Duration::from_secs(5)).await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut clients = vec![];
    for _ in 0..30 {
        let mut client = Client::signed_in(&app, ada).await;
        let follower = Follower::begin(&mut client, 2, "users/me").await;
        clients.push((client, follower));
    }
    let mut strangers = vec![Client::connect(app.address()).await, Client::connect(app.address()).await];
    let began = Instant::now();
    let stopped = app.stop_api();
    for stranger in &mut strangers {
        assert_eq!(stranger.closed().await, 1001);
    }
    let left = join_all(clients.iter_mut().map(async |(client, _)| (client.closed().await, began.elapsed()))).await;
    assert!(left.iter().all(|(code, _)| *code == 1012), "{left:?}");
    let times: Vec<Duration> = left.iter().map(|(_, after)| *after).collect();
    let spread = *times.iter().max().unwrap() - *times.iter().min().unwrap();
    assert!(spread > Duration::from_millis(200), "{times:?}");
    assert!(times.iter().all(|after| *after < app.config.shutdown_grace), "{times:?}");
    stopped.await.expect("no panic").expect("the process stopped well");
    // Another process takes over where they were.
    let other = app.replica(app.bus.clone()).await;
    app.rename(ada, "meanwhile").await;
    let (_, follower) = clients.pop().unwrap();
    let mut follower = follower.resumed(9);
    let mut client = Client::connect(other.address).await;
    client.sign_in(&app.token(ada)).await;
    client.resume(9, "users/me", &follower.position, &follower.epoch).await;
    follower.until(&mut client, |follower| follower.name_of(ada) == Some("meanwhile")).await;
    assert_eq!(follower.mode, "resumed");
}
