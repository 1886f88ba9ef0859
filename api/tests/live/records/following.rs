//! Who follows a collection sees what its list shows, as it changes.

use futures::{StreamExt, stream};
use serde_json::json;
use uuid::Uuid;

use super::board::{Board, NOTES};
use crate::client::{Client, Follower};

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_followed_as_its_rule_shows_it() {
    let board = Board::start().await;
    let (ada, eve) = (board.app.register("ada").await, board.app.register("eve").await);
    let open = board.create(&json!({"title": "open", "status": "open"})).await;
    let adas = board.create(&json!({"title": "Ada's", "owner": ada})).await;
    let eves = board.create(&json!({"title": "Eve's", "owner": eve})).await;
    board.settle().await;

    let mut client = Client::signed_in(&board.app, ada).await;
    client.subscribe(2, NOTES).await;
    let snapshot = client.next().await;
    let keys: Vec<&str> =
        snapshot["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert_eq!(keys, [adas.to_string(), open.to_string()], "the newest first, as in lists");
    let mut follower = Follower::new(2);
    follower.take(&snapshot);
    follower.begun(&mut client).await;
    let mut of_ada = (client, follower);
    let mut of_eve = board.follow(eve, NOTES).await;

    board.change(eves, &json!({"status": "open"})).await;
    board.change(adas, &json!({"owner": eve})).await;
    board.change(open, &json!({"title": "still open"})).await;
    board.fence(&mut [&mut of_ada, &mut of_eve]).await;
    for id in [open, eves] {
        assert_eq!(of_ada.1.records[&id.to_string()].1, board.shown(id, ada).await);
    }
    assert!(!of_ada.1.knows(adas) && of_ada.1.removed[&adas.to_string()] == 2);
    assert_eq!(of_ada.1.changes, 4, "a change each, and the fence");
    assert!(of_eve.1.knows(adas) && of_eve.1.knows(eves) && of_eve.1.knows(open));

    board.delete(open).await;
    board.delete(adas).await;
    board.fence(&mut [&mut of_ada, &mut of_eve]).await;
    assert_eq!((of_ada.1.removed.get(&open.to_string()), of_ada.1.changes), (Some(&3), 6));
    assert_eq!((of_eve.1.knows(open), of_eve.1.knows(adas), of_eve.1.knows(eves)), (false, false, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_no_rule_binds_sees_everything() {
    let board = Board::with_rules(&json!({})).await;
    let (admin, ada) = (board.app.register("boss").await, board.app.register("ada").await);
    board.app.grant_admin(admin).await;
    let hidden = board.create(&json!({"title": "hidden"})).await;
    let mut all = board.follow(admin, NOTES).await;
    board.fence(&mut [&mut all]).await;
    assert!(all.1.knows(hidden));
    board.delete(hidden).await;
    board.fence(&mut [&mut all]).await;
    assert!(!all.1.knows(hidden));
    let mut client = Client::signed_in(&board.app, ada).await;
    for topic in [NOTES.to_owned(), format!("{NOTES}/records/{hidden}")] {
        client.subscribe(3, &topic).await;
        assert_eq!(client.next().await["code"], "forbidden");
    }
    client.subscribe(3, "collections/nothing").await;
    assert_eq!(client.next().await["code"], "unknown_topic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_alone_comes_and_goes_with_its_rule() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let note = board.create(&json!({"title": "a"})).await;
    board.settle().await;
    let topic = format!("{NOTES}/records/{note}");
    let mut alone = board.follow(ada, &topic).await;
    let mut nothing = Follower::begin(&mut alone.0, 3, &format!("{NOTES}/records/{}", Uuid::now_v7())).await;
    assert!(
        alone.1.records.is_empty() && nothing.records.is_empty(),
        "what is not there and what is not to be seen is one"
    );

    board.change(note, &json!({"status": "open"})).await;
    alone.1.until(&mut alone.0, |alone| alone.knows(note)).await;
    assert_eq!(alone.1.records[&note.to_string()].1, board.shown(note, ada).await);
    board.create(&json!({"title": "other", "status": "open"})).await;
    board.change(note, &json!({"status": "closed"})).await;
    alone.1.until(&mut alone.0, |alone| !alone.knows(note)).await;
    board.change(note, &json!({"title": "hidden"})).await;
    board.change(note, &json!({"status": "open"})).await;
    alone.1.until(&mut alone.0, |alone| alone.knows(note)).await;
    board.delete(note).await;
    alone.1.until(&mut alone.0, |alone| !alone.knows(note)).await;
    assert_eq!((alone.1.changes, nothing.changes), (4, 0));

    let elsewhere = board.create(&json!({"status": "open"})).await;
    board.define("others", &json!({"view": "true"})).await;
    board.settle().await;
    nothing = Follower::begin(&mut alone.0, 4, &format!("collections/others/records/{elsewhere}")).await;
    assert!(nothing.records.is_empty(), "a record is found in its collection only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_collection_comes_in_parts_and_changes_follow() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let create = async |rank: i64| board.create(&json!({"status": "open", "rank": rank})).await;
    let notes: Vec<Uuid> = stream::iter(0..250).map(create).buffered(16).collect().await;
    let mut all = board.follow(ada, NOTES).await;
    board.fence(&mut [&mut all]).await;
    assert!(notes.iter().all(|note| all.1.knows(*note)));
    let mut few = Client::signed_in(&board.app, ada).await;
    let few = Follower::begin_filtered(&mut few, 2, NOTES, "record.rank < 120").await;
    assert_eq!(few.records.len(), 120);
}
