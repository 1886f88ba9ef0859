//! Who is there: whoever subscribes to a room is in it, for all others in it, on every process.

use std::sync::Arc;

use messaging::{Bus, InProcessBus, RabbitBus, RabbitSettings};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Client, Follower},
};

const LOBBY: &str = "presence/lobby";

async fn join(client: &mut Client, id: u64, topic: &str, state: &Value) -> Follower {
    let mut follower = Follower::new(id);
    client.send(json!({"t": "sub", "id": id, "topic": topic, "state": state})).await;
    follower.begun(client).await;
    follower
}

/// Who is there, and what they say of themselves.
fn there(follower: &Follower) -> Vec<(Uuid, Value)> {
    let member = |data: &Value| (data["user_id"].as_str().unwrap().parse().unwrap(), data["state"].clone());
    let mut there: Vec<(Uuid, Value)> = follower.records.values().map(|(_, data)| member(data)).collect();
    there.sort_by_key(|(user, _)| *user);
    there
}

/// Reads until those are there who should be.
async fn until(client: &mut Client, follower: &mut Follower, expected: &[(Uuid, Value)]) {
    follower.until(client, |follower| there(follower) == expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_sees_who_is_there_and_is_seen() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let mut adas = Client::signed_in(&app, ada).await;
    let mut of_ada = join(&mut adas, 2, LOBBY, &json!({"typing": false})).await;
    until(&mut adas, &mut of_ada, &[(ada, json!({"typing": false}))]).await;

    let mut eves = Client::signed_in(&app, eve).await;
    let mut of_eve = Follower::begin(&mut eves, 2, LOBBY).await;
    let mut elsewhere = Follower::begin(&mut eves, 3, "presence/elsewhere").await;
    let both = [(ada, json!({"typing": false})), (eve, Value::Null)];
    until(&mut adas, &mut of_ada, &both).await;
    while there(&of_eve) != both || there(&elsewhere).len() != 1 {
        let message = eves.next().await;
        if message["id"] == 2 { of_eve.take(&message) } else { elsewhere.take(&message) }
    }

    adas.send(json!({"t": "state", "id": 2, "state": {"typing": true}})).await;
    let after = [(ada, json!({"typing": true})), (eve, Value::Null)];
    until(&mut eves, &mut of_eve, &after).await;
    until(&mut adas, &mut of_ada, &after).await;
    // Goes without a word.
    drop(eves);
    until(&mut adas, &mut of_ada, &after[..1]).await;
    let mut watching = Client::signed_in(&app, eve).await;
    let mut of_eve = Follower::begin(&mut watching, 2, LOBBY).await;
    adas.send(json!({"t": "unsub", "id": 2})).await;
    until(&mut watching, &mut of_eve, &[(eve, Value::Null)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_is_refused() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut client = Client::signed_in(&app, ada).await;
    let large = json!("x".repeat(1023));
    for (asked, code) in [
        (json!({"t": "sub", "id": 2, "topic": LOBBY, "state": large}), "invalid_state"),
        (json!({"t": "sub", "id": 2, "topic": "users/me", "state": {}}), "invalid_state"),
        (json!({"t": "sub", "id": 2, "topic": LOBBY, "filter": "true"}), "invalid_filter"),
        (json!({"t": "sub", "id": 2, "topic": "presence/a b"}), "unknown_topic"),
        (json!({"t": "state", "id": 2, "state": {}}), "invalid_state"),
    ] {
        client.send(asked).await;
        let refused = client.next().await;
        assert_eq!((&refused["t"], &refused["code"], &refused["id"]), (&json!("err"), &json!(code), &json!(2)));
    }
    let mut follower = join(&mut client, 2, LOBBY, &json!("x".repeat(1022))).await;
    client.send(json!({"t": "state", "id": 2, "state": large})).await;
    assert_eq!(client.next().await["code"], "invalid_state");
    client.send(json!({"t": "state", "id": 2, "state": 7})).await;
    until(&mut client, &mut follower, &[(ada, json!(7))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_an_end() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut client = Client::signed_in(&app, ada).await;
    // Another process has filled it.
    let node = Uuid::new_v4();
    let members: Vec<Value> = (0..256).map(|_| member(Uuid::now_v7(), ada, 1)).collect();
    say(&app, json!({"node": node, "number": 256, "t": "all", "first": true, "last": true, "members": members}));
    crate::app::eventually("the room is full", async || {
        client.subscribe(2, LOBBY).await;
        loop {
            let answer = client.next().await;
            if answer["t"] == "err" {
                assert_eq!((&answer["code"], &answer["retry"]), (&json!("room_full"), &json!(true)));
                return Some(());
            }
            if answer["t"] == "subbed" {
                client.send(json!({"t": "unsub", "id": 2})).await;
                return None;
            }
        }
    })
    .await;
    let mut elsewhere = Client::signed_in(&app, ada).await;
    Follower::begin(&mut elsewhere, 2, "presence/elsewhere").await;
    say(&app, json!({"node": node, "number": 256, "t": "bye"}));
    crate::app::eventually("there is a place again", async || {
        let mut client = Client::signed_in(&app, ada).await;
        client.subscribe(2, LOBBY).await;
        (client.next().await["t"] == "snap").then_some(())
    })
    .await;
}

/// A member as another process tells of it.
fn member(key: Uuid, user_id: Uuid, version: i64) -> Value {
    let joined_at = "2026-11-26T00:00:00Z";
    json!({"key": key, "room": "lobby", "user_id": user_id, "joined_at": joined_at, "version": version, "state": version})
}

fn say(app: &TestApp, message: Value) {
    app.bus.publish_presence(message.to_string().into());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_join_any_more_is_out() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let mut adas = Client::signed_in(&app, ada).await;
    let mut of_ada = Follower::begin(&mut adas, 2, LOBBY).await;
    let mut eves = Client::signed_in(&app, eve).await;
    let mut of_eve = Follower::begin(&mut eves, 2, LOBBY).await;
    until(&mut eves, &mut of_eve, &[(ada, Value::Null), (eve, Value::Null)]).await;
    app.projected(2).await;
    app.stop_projecting().await;
    app.write_row(ada, "roles = '{}'").await;
    of_ada.until(&mut adas, |of_ada| of_ada.reset.is_some()).await;
    assert_eq!(of_ada.reset.as_deref(), Some("revoked"));
    adas.subscribe(3, LOBBY).await;
    assert_eq!(adas.next().await["code"], "forbidden");
    until(&mut eves, &mut of_eve, &[(eve, Value::Null)]).await;
}

/// Two processes that share a bus; who is there on one is seen on the other.
async fn over_two_processes(first: Arc<dyn Bus>, second: Arc<dyn Bus>) {
    let app = TestApp::start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let one = app.replica(first).await;
    let mut adas = Client::connect(one.address).await;
    adas.sign_in(&app.token(ada)).await;
    let mut of_ada = join(&mut adas, 2, LOBBY, &json!("here")).await;
    // Comes later, and asks who is there.
    let other = app.replica(second).await;
    let mut eves = Client::connect(other.address).await;
    eves.sign_in(&app.token(eve)).await;
    let mut of_eve = Follower::begin(&mut eves, 2, LOBBY).await;
    let both = [(ada, json!("here")), (eve, Value::Null)];
    until(&mut adas, &mut of_ada, &both).await;
    until(&mut eves, &mut of_eve, &both).await;
    eves.send(json!({"t": "state", "id": 2, "state": 7})).await;
    until(&mut adas, &mut of_ada, &[(ada, json!("here")), (eve, json!(7))]).await;
    // The other process says goodbye for all of its own.
    other.context.shutdown.request();
    until(&mut adas, &mut of_ada, &[(ada, json!("here"))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_goes_over_processes_in_one_installation() {
    let bus = Arc::new(InProcessBus::new());
    over_two_processes(bus.clone(), bus).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_goes_over_processes_on_rabbitmq() {
    let prefix = test_support::unique_prefix();
    let tasks = bootstrap::Tasks::new(bootstrap::Shutdown::new());
    let bus = || {
        let settings = RabbitSettings::new(&test_support::amqp_url()).expect("a valid URL").with_prefix(&prefix);
        Arc::new(RabbitBus::new(settings, &tasks))
    };
    over_two_processes(bus(), bus()).await;
    tasks.shutdown().request();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_tells_is_taken_in_and_asked_for_where_it_has_gaps() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mut client = Client::signed_in(&app, ada).await;
    let mut follower = Follower::begin(&mut client, 2, LOBBY).await;
    let (node, key, ghost) = (Uuid::new_v4(), Uuid::now_v7(), Uuid::now_v7());
    let mut heard = app.bus.presence();
    // Its first word was not heard: the process is asked who is there.
    say(&app, json!({"node": node, "number": 2, "t": "here", "member": member(key, ghost, 2)}));
    let asked = async {
        loop {
            let Some(messaging::Received::Item(message)) = heard.next().await else { continue };
            let message: Value = serde_json::from_slice(&message).unwrap();
            if message["t"] == "who" && message["whom"] == json!(node) {
                return;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), asked).await.expect("it is asked");
    say(
        &app,
        json!({"node": node, "number": 2, "t": "all", "first": true, "last": true, "members": [member(key, ghost, 2)]}),
    );
    let mut expected = [(ada, Value::Null), (ghost, json!(2))];
    expected.sort_by_key(|(user, _)| *user);
    until(&mut client, &mut follower, &expected).await;
    say(&app, json!({"node": node, "number": 3, "t": "gone", "key": key}));
    until(&mut client, &mut follower, &[(ada, Value::Null)]).await;
}
