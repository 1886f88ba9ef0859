//! The bus is only a hint: what it loses is read from the read model.

use std::sync::Arc;

use messaging::{Bus, ChangeNotice, InProcessBus};

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notice_is_made_up_for_by_the_next_one() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    let ada = app.register("ada").await;
    app.projected(3).await;
    let mut client = Client::signed_in(&app, admin).await;
    let mut follower = Follower::begin(&mut client, 2, "users").await;
    for round in 0..20 {
        app.bus.lose_notices(true);
        let lost = app.rename(ada, &format!("lost {round}")).await;
        app.projected(lost).await;
        app.bus.lose_notices(false);
        let position = app.rename(admin, &format!("told {round}")).await;
        follower.until(&mut client, |follower| follower.number() >= position).await;
        assert_eq!(follower.name_of(ada), Some(format!("lost {round}").as_str()));
        assert_eq!(follower.name_of(admin), Some(format!("told {round}").as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_notices_changes_come_within_two_seconds() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    app.projected(2).await;
    app.bus.lose_notices(true);
    let mut client = Client::signed_in(&app, admin).await;
    let mut follower = Follower::begin(&mut client, 2, "users").await;
    for name in ["one", "two"] {
        app.rename(admin, name).await;
        let arrives = follower.until(&mut client, |follower| follower.name_of(admin) == Some(name));
        tokio::time::timeout(std::time::Duration::from_secs(2), arrives).await.expect("within two seconds");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_that_cannot_be_understood_or_come_twice_harm_nobody() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    app.projected(2).await;
    let mut client = Client::signed_in(&app, admin).await;
    let mut follower = Follower::begin(&mut client, 2, "users").await;
    let mut notices = app.bus.changes();
    for round in 0..10 {
        let forged = |position, lane, body: &'static str| ChangeNotice {
            projection: "users".to_owned(),
            build: 1,
            lane,
            position,
            body: body.into(),
        };
        app.bus.publish_change(forged(i64::MAX, 0, "nonsense"));
        app.bus.publish_change(forged(i64::MAX, -1, "{}"));
        app.bus.publish_change(forged(i64::MAX, 7, "{}"));
        let position = app.rename(admin, &format!("name {round}")).await;
        follower.until(&mut client, |follower| follower.number() >= position).await;
        while let Some(received) = notices.next().await {
            let messaging::Received::Item(notice) = received else { continue };
            let told = notice.position == position;
            app.bus.publish_change((*notice).clone());
            if told {
                break;
            }
        }
    }
    assert_eq!((follower.changes, follower.name_of(admin)), (10, Some("name 9")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_was_interrupted_reads_what_it_missed() {
    let app = TestApp::start().await;
    let admin = app.register_admin().await;
    app.projected(2).await;
    // A bus of its own that tells this replica nothing by itself.
    let bus = Arc::new(InProcessBus::new());
    let replica = app.replica(bus.clone()).await;
    let mut client = Client::connect(replica.address).await;
    client.sign_in(&app.token(admin)).await;
    let mut follower = Follower::begin(&mut client, 2, "users").await;
    let position = app.rename(admin, "unheard").await;
    app.projected(position).await;
    // More than any subscription holds: the hub is interrupted.
    for _ in 0..5000 {
        let foreign =
            ChangeNotice { projection: "other".to_owned(), build: 1, lane: 0, position: 1, body: bytes::Bytes::new() };
        bus.publish_change(foreign);
    }
    follower.until(&mut client, |follower| follower.name_of(admin) == Some("unheard")).await;
    assert_eq!(follower.changes, 1);
}
