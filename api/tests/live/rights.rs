//! Nobody sees what they may not see, from the moment on when they may not.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use messaging::InProcessBus;
use rand::RngExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

#[tokio::test(flavor = "multi_thread")]
async fn foreign_records_never_reach_a_member() {
    let app = TestApp::start().await;
    let mut users = vec![];
    for number in 0..8 {
        users.push(app.register(&format!("user {number}")).await);
    }
    app.projected(8).await;
    let mut clients = vec![];
    for user in &users {
        let mut client = Client::signed_in(&app, *user).await;
        client.send(json!({"t": "sub", "id": 5, "topic": "users"})).await;
        assert_eq!(client.next().await["code"], "forbidden");
        clients.push((Follower::begin(&mut client, 2, "users/me").await, client));
    }
    for count in 0..200 {
        let at = rand::rng().random_range(0..users.len());
        app.rename(users[at], &format!("name {count}")).await;
    }
    for user in &users {
        app.rename(*user, &format!("last of {user}")).await;
    }
    for (user, (follower, client)) in users.iter().zip(&mut clients) {
        let last = format!("last of {user}");
        follower.until(client, |follower| follower.name_of(*user) == Some(&last)).await;
        assert_eq!(follower.records.keys().collect::<Vec<_>>(), [&user.to_string()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_role_ends_subscriptions_within_two_seconds_on_every_replica() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    app.projected(2).await;
    // The second replica hears of nothing.
    let deaf = app.replica(Arc::new(InProcessBus::new())).await;
    let mut clients = vec![];
    for address in [app.address(), deaf.address] {
        let mut client = Client::connect(address).await;
        client.sign_in(&app.token(admin)).await;
        // Renewed: that changes nothing about it.
        client.sign_in(&app.token(admin)).await;
        let own = Follower::begin(&mut client, 3, "users/me").await;
        clients.push((Follower::begin(&mut client, 2, "users").await, own, client));
    }
    app.stop_projecting().await;
    app.write_row(admin, "roles = '{member}'").await;
    for (mut all, mut own, mut client) in clients {
        let ends = async {
            while all.reset.is_none() || own.changes == 0 {
                let message = client.next().await;
                if message["id"] == 2 { all.take(&message) } else { own.take(&message) }
            }
        };
        tokio::time::timeout(Duration::from_secs(2), ends).await.expect("within two seconds");
        assert_eq!((all.reset.as_deref(), all.changes), (Some("revoked"), 0));
        assert_eq!(own.records[&admin.to_string()].1["roles"], json!(["member"]));
        client.subscribe(4, "users").await;
        assert_eq!(client.next().await["code"], "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_permits_less_ends_subscriptions_within_two_seconds_on_every_replica() {
    let app = TestApp::start().await;
    let (support, ada) = (app.define_role("support", &["users:read:all"]).await, app.register("ada").await);
    app.grant(ada, support.clone()).await;
    app.projected(3).await;
    let deaf = app.replica(Arc::new(InProcessBus::new())).await;
    let mut clients = vec![];
    for address in [app.address(), deaf.address] {
        let mut client = Client::connect(address).await;
        client.sign_in(&app.token(ada)).await;
        let own = Follower::begin(&mut client, 3, "users/me").await;
        clients.push((Follower::begin(&mut client, 2, "users").await, own, client));
    }
    app.change_role(&support, &[]).await;
    let ends = async {
        for (all, own, client) in &mut clients {
            while all.reset.is_none() {
                let message = client.next().await;
                if message["id"] == 2 { all.take(&message) } else { own.take(&message) }
            }
            assert_eq!((all.reset.as_deref(), own.reset.as_deref()), (Some("revoked"), None));
        }
    };
    tokio::time::timeout(Duration::from_secs(2), ends).await.expect("within two seconds");
    app.change_role(&support, &["users:read:all"]).await;
    let (_, _, client) = &mut clients[0];
    let again = async {
        for id in 10.. {
            client.subscribe(id, "users").await;
            if client.next().await["code"] != "forbidden" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), again).await.expect("within two seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_role_counts_on_connections_that_are_open() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    let mut own = Follower::begin(&mut client, 2, "users/me").await;
    client.subscribe(3, "users").await;
    assert_eq!(client.next().await["code"], "forbidden");
    app.grant_admin(ada).await;
    own.until(&mut client, |own| own.changes > 0).await;
    let all = Follower::begin(&mut client, 4, "users").await;
    assert_eq!(all.records.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_gone_is_closed_out_and_others_see_the_record_removed() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.register_admin().await, app.register("ada").await);
    app.projected(3).await;
    let mut watching = Client::signed_in(&app, admin).await;
    let mut all = Follower::begin(&mut watching, 2, "users").await;
    let mut leaving = Client::signed_in(&app, ada).await;
    let _own = Follower::begin(&mut leaving, 2, "users/me").await;
    app.stop_projecting().await;
    app.write_row(ada, "deleted = true").await;
    assert_eq!(leaving.closed().await, 4403);
    all.until(&mut watching, |all| !all.removed.is_empty()).await;
    assert_eq!(all.removed.keys().collect::<Vec<_>>(), [&ada.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_closed_out() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    let _own = Follower::begin(&mut client, 2, "users/me").await;
    app.stop_projecting().await;
    app.write_row(ada, "status = 'suspended', generation = 1").await;
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_an_earlier_generation_neither_stays_nor_comes_in() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    let _own = Follower::begin(&mut client, 2, "users/me").await;
    let before = app.token(ada);
    app.sign_out_everywhere(ada).await;
    assert_eq!(client.closed().await, 4401);
    let mut late = Client::connect(app.address()).await;
    late.send(json!({"t": "auth", "id": 1, "token": before})).await;
    assert_eq!(late.closed().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_under_a_destroyed_key_is_removed_and_never_sent() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.register_admin().await, app.register("ada").await);
    app.projected(3).await;
    let mut conn = app.connect().await;
    let destroy = format!("UPDATE subject_keys SET wrapped_key = NULL, erased_at = now() WHERE subject_id = '{ada}'");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut conn, &destroy).await.unwrap();
    let mut client = Client::signed_in(&app, admin).await;
    let all = Follower::begin(&mut client, 2, "users").await;
    assert_eq!(all.records.keys().collect::<Vec<_>>(), [&admin.to_string()]);
    app.stop_projecting().await;
    app.write_row(ada, "locale = 'de'").await;
    let Some(Ok(Message::Text(text))) = client.socket.next().await else { panic!("a message") };
    assert!(text.contains(r#""op":"remove""#) && !text.contains("data"), "{text}");
}
