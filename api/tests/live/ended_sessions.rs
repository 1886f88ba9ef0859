//! A connection is worth no more than the session of its token.

use std::{sync::Arc, time::Duration};

use api::auth::Counts;
use messaging::InProcessBus;
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::{Process, TestApp},
    client::{Client, Follower},
};

/// Another process, which hears of nothing; and no process is told that the read model has changed.
async fn deaf_replica(app: &TestApp) -> Process {
    app.bus.lose_notices(true);
    app.replica(Arc::new(InProcessBus::new())).await
}

/// A connection to each process with this token.
async fn connected(app: &TestApp, replica: &Process, token: &str) -> [Client; 2] {
    let mut clients = [Client::connect(app.address()).await, Client::connect(replica.address).await];
    for client in &mut clients {
        client.sign_in(token).await;
        Follower::begin(client, 2, "users/me").await;
    }
    clients
}

async fn assert_soon_closed(clients: impl IntoIterator<Item = Client>) {
    let closed = async {
        for mut client in clients {
            assert_eq!(client.closed().await, 4401);
        }
    };
    tokio::time::timeout(Duration::from_secs(2), closed).await.expect("within two seconds");
}

async fn assert_refused(process: &Process, token: &str) {
    let mut late = Client::connect(process.address).await;
    late.send(json!({"t": "auth", "id": 1, "token": token})).await;
    assert_eq!(late.next().await["code"], "invalid_token");
    assert_eq!(late.closed().await, 4401);
}

/// Fails unless the connections are open.
async fn assert_go_on(user: Uuid, clients: impl IntoIterator<Item = Client>) {
    for mut client in clients {
        let mut own = Follower::new(3);
        client.subscribe(3, "users/me").await;
        while own.mode.is_empty() {
            let message = client.next().await;
            // What has happened to the user may come on the other subscription first.
            if message["id"] != 2 {
                own.take(&message);
            }
        }
        assert!(own.name_of(user).is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_alone_takes_its_connections_with_it_on_every_replica_and_no_other() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let replica = deaf_replica(&app).await;
    let (ended, other) = (Uuid::now_v7(), Uuid::now_v7());
    let [ended_token, other_token] = [ended, other].map(|session| app.token_of(ada, session, Counts::default()));
    let ending = connected(&app, &replica, &ended_token).await;
    let staying = connected(&app, &replica, &other_token).await;
    app.end_session(ada, ended).await;
    assert_soon_closed(ending).await;
    assert_refused(&replica, &ended_token).await;
    assert_go_on(ada, staying).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_ends_connections_that_do_not_come_with_the_new_token() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let replica = deaf_replica(&app).await;
    let session = Uuid::now_v7();
    let [before, after] = [3, 4].map(|rotation| app.token_of(ada, session, Counts { rotation, ..Counts::default() }));
    let lapsing = connected(&app, &replica, &before).await;
    let mut renewing = connected(&app, &replica, &before).await;
    for client in &mut renewing {
        client.sign_in(&after).await;
    }
    app.step_up(ada, session, 4).await;
    assert_soon_closed(lapsing).await;
    assert_refused(&replica, &before).await;
    assert_go_on(ada, renewing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_era_ends_the_connections_of_everybody() {
    let app = TestApp::start().await;
    let (ada, ben) = (app.register("ada").await, app.register("ben").await);
    app.projected(2).await;
    let replica = deaf_replica(&app).await;
    let (first, second) = (app.token(ada), app.token(ben));
    let clients = [connected(&app, &replica, &first).await, connected(&app, &replica, &second).await];
    app.end_all_sessions().await;
    assert_soon_closed(clients.into_iter().flatten()).await;
    assert_refused(&replica, &first).await;
    let since = app.token_of(ada, Uuid::now_v7(), Counts { generation: 1, ..Counts::default() });
    assert_go_on(ada, connected(&app, &replica, &since).await).await;
}
