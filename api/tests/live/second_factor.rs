//! Connections of those who have to set up a second factor show nothing.

use api::auth::Counts;
use bootstrap::config::SecondFactor;
use domain::{
    Sealed,
    users::{ConfirmTotp, EnrolTotp},
};
use event_store::{Execution, StreamId};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

async fn set_up(app: &TestApp, user: Uuid) {
    let (stream, at) = (StreamId::new("user", user), chrono::Utc::now());
    let enrol = EnrolTotp { secret: Sealed::from_ciphertext("s".to_owned()), at };
    app.events.execute(&stream, enrol, Execution::new(Uuid::now_v7())).await.unwrap();
    let confirm = ConfirmTotp { recovery_codes: vec![], at };
    app.events.execute(&stream, confirm, Execution::new(Uuid::now_v7())).await.unwrap();
}

async fn assert_forbidden(client: &mut Client, id: u64, topic: &str) {
    client.subscribe(id, topic).await;
    let answer = client.next().await;
    assert_eq!((&answer["id"], &answer["code"]), (&id.into(), &"forbidden".into()), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_demands_a_second_factor_ends_what_is_open() {
    let app = TestApp::start_with(|config| config.accounts.second_factor = SecondFactor::Administrators).await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    let mut own = Follower::begin(&mut client, 2, "users/me").await;
    app.grant_admin(ada).await;
    own.until(&mut client, |own| own.reset.is_some()).await;
    assert_eq!((own.reset.as_deref(), own.changes), (Some("revoked"), 0));
    assert_forbidden(&mut client, 3, "users/me").await;
    assert_forbidden(&mut client, 4, "users").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lacks_it_subscribes_to_nothing_until_it_is_set_up() {
    let app = TestApp::start_with(|config| config.accounts.second_factor = SecondFactor::Everybody).await;
    let (lacking, having) = (app.register("ada").await, app.register("eve").await);
    set_up(&app, having).await;
    app.projected(5).await;
    let mut client = Client::signed_in(&app, lacking).await;
    assert_forbidden(&mut client, 2, "users/me").await;
    let mut client = Client::connect(app.address()).await;
    // Setting it up has ended all sessions from before.
    let token = app.token_of(having, Uuid::now_v7(), Counts { generation: 1, ..Counts::default() });
    client.sign_in(&token).await;
    let own = Follower::begin(&mut client, 2, "users/me").await;
    assert_eq!(own.records.len(), 1);
}
