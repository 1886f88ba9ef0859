//! Changed rules, roles and collections are felt by those who follow, on every process.

use std::{sync::Arc, time::Duration};

use domain::{
    Aggregate,
    collections::{AcceptChange, ChangeId, Collection, CollectionId},
    schema_changes::{Advance, SchemaChange},
};
use event_store::{Execution, StreamId};
use messaging::InProcessBus;
use serde_json::{Value, json};
use uuid::Uuid;

use super::board::{Board, NOTES};
use crate::{
    app::Process,
    client::{Client, Follower},
};

const IN_TIME: Duration = Duration::from_secs(2);

/// A user who follows the notes on two processes, of which one hears nothing from the bus.
async fn everywhere(board: &Board, user: Uuid) -> (Process, Vec<(Client, Follower)>) {
    let deaf = board.app.replica(Arc::new(InProcessBus::new())).await;
    let mut followers = vec![];
    for address in [board.app.address(), deaf.address] {
        let mut client = Client::connect(address).await;
        client.sign_in(&board.app.token(user)).await;
        let follower = Follower::begin(&mut client, 2, NOTES).await;
        followers.push((client, follower));
    }
    (deaf, followers)
}

async fn reset(followers: &mut [(Client, Follower)], why: &str) {
    let ends = async {
        for (client, follower) in followers {
            follower.until(client, |follower| follower.reset.is_some()).await;
            assert_eq!(follower.reset.as_deref(), Some(why));
        }
    };
    tokio::time::timeout(IN_TIME, ends).await.expect("within two seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_shows_less_begins_everything_anew() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let open = board.create(&json!({"status": "open"})).await;
    let own = board.create(&json!({"owner": ada})).await;
    board.settle().await;
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    assert!(followers.iter().all(|(_, follower)| follower.knows(open) && follower.knows(own)));
    board.redefine(&json!({"rules": {"list": "record.owner == user.id"}})).await;
    reset(&mut followers, "epoch").await;
    for (client, _) in &mut followers {
        let again = Follower::begin(client, 3, NOTES).await;
        assert!(again.knows(own) && again.records.len() == 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_shows_nothing_any_more_ends_it() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    board.redefine(&json!({"rules": {"list": null}})).await;
    reset(&mut followers, "revoked").await;
    let (client, _) = &mut followers[1];
    client.subscribe(3, NOTES).await;
    assert_eq!(client.next().await["code"], "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_collection_ends_it() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    board.drop_notes().await;
    reset(&mut followers, "revoked").await;
    let (client, _) = &mut followers[1];
    client.subscribe(3, NOTES).await;
    assert_eq!(client.next().await["code"], "unknown_topic");
    // The name is free again, for something else.
    board.define("notes", &json!({"list": "true"})).await;
    let anew = Follower::begin(client, 4, NOTES).await;
    assert!(anew.records.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_shows_the_same_disturbs_nobody() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    board.redefine(&json!({"description": "Notes", "rules": {"delete": "true"}})).await;
    board.redefine(&json!({"schema": {"properties": {"colour": {"type": "string"}}}})).await;
    // Comes after both of them have been looked at.
    let mut late = board.follow(ada, NOTES).await;
    board.redefine(&json!({"rules": {"list": "record.status == \"open\""}})).await;
    late.1.until(&mut late.0, |late| late.reset.is_some()).await;
    for (client, follower) in &mut followers {
        follower.until(client, |follower| follower.reset.is_some()).await;
        assert_eq!((follower.reset.as_deref(), follower.changes), (Some("epoch"), 0), "once, and by the last change");
    }
}

/// As workers do it, whose part of this has tests of its own.
async fn convert(board: &Board, patch: &Value) {
    let proposed = board.propose(patch).await;
    let change = ChangeId::from_uuid(proposed["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
    let events = &board.app.events;
    let view = board.collection().await;
    let upto = event_store::log::head(&mut board.app.connect().await).await.expect("a head");
    let id: Uuid = view["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let (of, after, at) = (CollectionId::from_uuid(id), 0, chrono::Utc::now());
    let look = Advance { collection: of, change, after, upto, records: 1, findings: vec![], at };
    let stream = StreamId::new(SchemaChange::CATEGORY, change.as_uuid());
    events.execute(&stream, look, Execution::new(Uuid::now_v7())).await.expect("looked at");
    let accept = AcceptChange { change, records: 1, at };
    let stream = StreamId::new(Collection::CATEGORY, id);
    events.execute(&stream, accept, Execution::new(Uuid::now_v7())).await.expect("accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_converted_begin_anew_for_everybody() {
    let board = Board::with_rules(&json!({"list": "true"})).await;
    let (ada, editor) = (board.app.register("ada").await, board.admin);
    let note = board.create(&json!({"rank": 7})).await;
    board.settle().await;
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    let mut other = board.follow(editor, NOTES).await;
    convert(
        &board,
        &json!({"schema": {"properties": {"rank": {"type": "string"}}}, "upcast": {"rank": "string(record.rank)"}}),
    )
    .await;
    reset(&mut followers, "epoch").await;
    other.1.until(&mut other.0, |follower| follower.reset.is_some()).await;
    for (client, _) in &mut followers {
        let again = Follower::begin(client, 3, NOTES).await;
        assert_eq!(again.records[&note.to_string()].1["rank"], "7");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_a_rule_asks_for_is_felt() {
    let board = Board::with_rules(&json!({"list": "record.status == \"open\" || \"editor\" in user.roles"})).await;
    let (ada, editor) = (board.app.register("ada").await, board.app.define_role("editor", &[]).await);
    let draft = board.create(&json!({"status": "draft"})).await;
    board.settle().await;
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    board.app.grant(ada, editor).await;
    reset(&mut followers, "epoch").await;
    for (client, _) in &mut followers {
        let again = Follower::begin(client, 3, NOTES).await;
        assert!(again.knows(draft));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_everybodys_records_no_more_begins_anew() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let support = board.app.define_role("support", &["records:read:all"]).await;
    board.app.grant(ada, support.clone()).await;
    let hidden = board.create(&json!({"status": "draft"})).await;
    board.settle().await;
    // A process that has looked at the roles just now feels this one later, and then has it begin anew.
    let (mut client, mut early) = board.follow(ada, NOTES).await;
    if !early.knows(hidden) {
        let felt = early.until(&mut client, |follower| follower.reset.is_some());
        tokio::time::timeout(IN_TIME, felt).await.expect("within two seconds");
    }
    let (_deaf, mut followers) = everywhere(&board, ada).await;
    assert!(followers.iter().all(|(_, follower)| follower.knows(hidden)));
    board.app.change_role(&support, &[]).await;
    reset(&mut followers, "epoch").await;
    let (client, _) = &mut followers[0];
    let again = Follower::begin(client, 3, NOTES).await;
    assert!(again.records.is_empty());
}

/// Whoever comes at the very moment of a change ends up with the new rule, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_changes_while_somebody_begins_counts() {
    let board = Arc::new(Board::with_rules(&json!({"list": "true"})).await);
    let ada = board.app.register("ada").await;
    let hidden = board.create(&json!({"status": "draft"})).await;
    board.settle().await;
    for round in 0..8 {
        let mut clients = vec![];
        for _ in 0..6 {
            clients.push(Client::signed_in(&board.app, ada).await);
        }
        let list = if round % 2 == 0 { "record.status == \"open\"" } else { "true" };
        let changing = board.clone();
        let change = tokio::spawn(async move { changing.redefine(&json!({"rules": {"list": list}})).await });
        let beginning = clients.into_iter().map(|client| tokio::spawn(settled(client, hidden, round % 2 == 1)));
        for done in beginning.collect::<Vec<_>>() {
            let settled =
                tokio::time::timeout(3 * IN_TIME, done).await.expect("everybody follows the new rule in time");
            settled.expect("without a panic");
        }
        change.await.expect("changed");
    }
}

/// Subscribes, again after each reset, until the note is there as it is to be, and stays so.
async fn settled(mut client: Client, note: Uuid, is_there: bool) {
    for id in 2.. {
        let mut follower = Follower::new(id);
        client.subscribe(id, NOTES).await;
        // The change may come before the beginning.
        follower.until(&mut client, |follower| !follower.mode.is_empty() || follower.reset.is_some()).await;
        if follower.reset.is_none() && follower.knows(note) == is_there {
            return;
        }
        follower.until(&mut client, |follower| follower.reset.is_some()).await;
    }
}
