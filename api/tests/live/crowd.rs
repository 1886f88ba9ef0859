//! Many subscribers who come and go: all of them end up with the truth, and with nothing else.

use std::{collections::BTreeMap, sync::Arc};

use futures::future::join_all;
use rand::RngExt;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

const USERS: usize = 50;
const SUBSCRIBERS: usize = 500;
/// Every so manieth subscriber is an administrator who follows everybody.
const ADMIN_EVERY: usize = 10;
const ROUNDS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_subscribers_with_random_disconnects_converge() {
    let app = Arc::new(TestApp::start().await);
    let admin = app.register_admin().await;
    let users = app.register_many(USERS).await;
    app.projected(USERS as i64 + 2).await;
    let (done, finished) = watch::channel(None);
    let subscribers: Vec<_> = (0..SUBSCRIBERS)
        .map(|number| {
            let own = if number % ADMIN_EVERY == 0 { None } else { Some(users[number % USERS]) };
            tokio::spawn(come_and_go(app.clone(), admin, own, finished.clone()))
        })
        .collect();
    let truth = change_at_random(&app, &users).await;
    done.send_replace(Some(Arc::new(truth)));
    for subscriber in subscribers {
        subscriber.await.expect("nothing missing, nothing foreign, positions monotone");
    }
}

async fn change_at_random(app: &TestApp, users: &[Uuid]) -> BTreeMap<Uuid, String> {
    let mut names = BTreeMap::new();
    for round in 0..ROUNDS {
        // Now and then the bus loses what follows.
        app.bus.lose_notices(round % 4 == 1);
        let changed: Vec<_> = users.iter().filter(|_| round == 0 || rand::rng().random_bool(0.4)).collect();
        for user in &changed {
            names.insert(**user, format!("name of round {round}"));
        }
        let name = format!("name of round {round}");
        join_all(changed.iter().map(|user| app.rename(**user, &name))).await;
    }
    app.bus.lose_notices(false);
    names
}

/// Follows `users/me`, or `users` as an administrator, and loses the connection at random, until all is told.
async fn come_and_go(
    app: Arc<TestApp>,
    admin: Uuid,
    own: Option<Uuid>,
    mut finished: watch::Receiver<Option<Arc<BTreeMap<Uuid, String>>>>,
) {
    let (user, topic) = own.map_or((admin, "users"), |own| (own, "users/me"));
    let mut follower = Follower::new(2);
    let lives = rand::rng().random_range(1..4);
    for life in 1.. {
        let mut client = Client::signed_in(&app, user).await;
        if follower.epoch.is_empty() {
            client.subscribe(2, topic).await;
        } else {
            client.resume(2, topic, &follower.position, &follower.epoch).await;
            follower = follower.resumed(2);
        }
        follower.begun(&mut client).await;
        if life > lives {
            finish(&mut client, follower, own, &mut finished).await;
            return;
        }
        let enough = follower.changes + rand::rng().random_range(0..3);
        tokio::select! {
            () = follower.until(&mut client, |follower| follower.changes >= enough) => {}
            _ = finished.wait_for(Option::is_some) => {}
        }
    }
}

async fn finish(
    client: &mut Client,
    mut follower: Follower,
    own: Option<Uuid>,
    finished: &mut watch::Receiver<Option<Arc<BTreeMap<Uuid, String>>>>,
) {
    // Reads on all the time: nobody here is slow.
    let truth = loop {
        tokio::select! {
            truth = finished.wait_for(Option::is_some) => break truth.unwrap().clone().unwrap(),
            message = client.next() => follower.take(&message),
        }
    };
    let expected: BTreeMap<Uuid, String> = truth
        .iter()
        .filter(|(id, _)| own.is_none_or(|own| own == **id))
        .map(|(id, name)| (*id, name.clone()))
        .collect();
    follower.until(client, |follower| expected.iter().all(|(id, name)| follower.name_of(*id) == Some(name))).await;
    // The administrator is a record too.
    let foreign = follower.records.len() - expected.len();
    assert_eq!(foreign, usize::from(own.is_none()));
}
