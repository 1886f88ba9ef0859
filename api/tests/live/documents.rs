//! docs/live.yaml says what the server does: its examples are replayed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use diesel_async::SimpleAsyncConnection;
use serde_json::{Map, Value, json};

use crate::{
    client::{Client, Follower},
    records::Board,
};

/// The examples' payloads by message.
fn examples() -> BTreeMap<String, Vec<Value>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/live.yaml");
    let document: Value = serde_yaml_ng::from_str(&fs::read_to_string(file).unwrap()).expect("YAML");
    let messages = document["components"]["messages"].as_object().unwrap();
    let payloads = |message: &Value| {
        let examples = message["examples"].as_array().expect("every message has examples");
        examples.iter().map(|example| example["payload"].clone()).collect()
    };
    messages.iter().map(|(name, message)| (name.clone(), payloads(message))).collect()
}

/// The names and kinds of members, all the way down; of a list, those of its first item.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), shape(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => json!([items.first().map(shape)]),
        Value::String(_) => json!("string"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("bool"),
        Value::Null => Value::Null,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_examples_are_what_is_said() {
    let examples = examples();
    let board = Board::start().await;
    let (app, admin) = (&board.app, board.admin);
    let ada = app.register("ada").await;
    let note = board.create(&json!({"title": "Call Ben", "status": "open"})).await;
    board.settle().await;
    app.projected(5).await;
    let mut client = Client::connect(app.address()).await;
    let mut heard: Vec<Value> = vec![];

    let mut auth = examples["auth"][0].clone();
    auth["token"] = json!(app.token(admin));
    client.send(auth).await;
    heard.push(client.next().await);
    let mut follower = Follower::new(examples["sub"][0]["id"].as_u64().unwrap());
    client.send(examples["sub"][0].clone()).await;
    while follower.mode.is_empty() {
        heard.push(client.next().await);
        follower.take(heard.last().unwrap());
    }
    let mut resuming = examples["sub"][1].clone();
    resuming["epoch"] = json!(follower.epoch);
    client.send(resuming).await;
    heard.push(client.next().await);
    assert_eq!(heard.last().unwrap()["mode"], "resumed");
    // What was missed since the example's position.
    heard.push(client.next().await);
    client.send(examples["unsub"][0].clone()).await;
    client.send(examples["pong"][0].clone()).await;
    client.send(json!({"t": "sub", "id": 4, "topic": "everything"})).await;
    heard.push(client.next().await);
    client.send(examples["sub"][2].clone()).await;
    heard.push(client.next().await);
    heard.push(client.next().await);
    board.change(note, &json!({"status": "closed"})).await;
    heard.push(client.next().await);
    client.send(examples["sub"][3].clone()).await;
    heard.push(client.next().await);
    client.send(examples["sub"][4].clone()).await;
    let mut room = Follower::new(7);
    while room.mode.is_empty() {
        heard.push(client.next().await);
        room.take(heard.last().unwrap());
    }
    client.send(examples["state"][0].clone()).await;
    heard.push(client.next().await);
    let (_, position) = app.upload(admin, "report.pdf").await;
    app.projected_in("files", position).await;
    client.send(examples["sub"][5].clone()).await;
    heard.push(client.next().await);
    heard.push(client.next().await);
    app.rename(ada, "Ada L.").await;
    heard.push(client.next().await);
    app.stop_projecting().await;
    app.write_row(ada, "deleted = true").await;
    heard.push(client.next().await);
    let raise = "UPDATE projection_builds SET resets = resets + 1 WHERE projection = 'users'";
    app.connect().await.batch_execute(raise).await.unwrap();
    heard.push(client.next().await);

    for message in &heard {
        let shapes: Vec<Value> = examples[message["t"].as_str().unwrap()].iter().map(shape).collect();
        assert!(shapes.contains(&shape(message)), "{message} is none of {shapes:?}");
    }
    let heard: BTreeSet<&str> = heard.iter().map(|message| message["t"].as_str().unwrap()).collect();
    let asked = BTreeSet::from(["auth", "sub", "state", "unsub", "pong"]);
    let mut all: BTreeSet<&str> = heard.union(&asked).copied().collect();
    // Comes after 25 s.
    all.insert("ping");
    assert_eq!(all, examples.keys().map(String::as_str).collect());
    assert_eq!(examples["ping"], [json!({"t": "ping"})]);
}
