//! Who asks for some records of a collection gets those, as they come into the filter and leave it.

use serde_json::json;

use super::board::{Board, NOTES};
use crate::client::{Client, Follower};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_leaves_the_filter_is_removed_and_comes_back_with_it() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let low = board.create(&json!({"status": "open", "rank": 1})).await;
    let high = board.create(&json!({"status": "open", "rank": 10})).await;
    let hidden = board.create(&json!({"rank": 10})).await;
    board.settle().await;
    let mut client = Client::signed_in(&board.app, ada).await;
    let follower = Follower::begin_filtered(&mut client, 2, NOTES, "record.rank > 5").await;
    assert_eq!((follower.knows(low), follower.knows(high), follower.knows(hidden)), (false, true, false));
    let mut some = (client, follower);

    board.change(high, &json!({"rank": 2})).await;
    board.change(low, &json!({"rank": 7})).await;
    board.fence(&mut [&mut some]).await;
    assert_eq!((some.1.knows(low), some.1.knows(high), some.1.changes), (true, false, 3));
    board.change(high, &json!({"rank": 3})).await;
    board.change(high, &json!({"rank": 30})).await;
    board.delete(low).await;
    board.fence(&mut [&mut some]).await;
    assert_eq!((some.1.knows(low), some.1.knows(high), some.1.changes), (false, true, 6));
    assert!(!some.1.has_heard_of(hidden));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_makes_no_sense_is_refused_where_it_stands() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let mut client = Client::signed_in(&board.app, ada).await;
    for (filter, code) in [
        ("record.stauts == \"open\"", "expression_unknown_field"),
        ("record.rank == \"high\"", "expression_type_mismatch"),
        ("record.rank >", "expression_syntax"),
    ] {
        client.filter(3, NOTES, filter).await;
        let refused = client.next().await;
        assert_eq!((&refused["t"], &refused["code"]), (&json!("err"), &json!("invalid_filter")), "{refused}");
        assert_eq!(refused["filter"]["code"], code, "{refused}");
        assert_eq!(refused["filter"]["line"], 1, "{refused}");
        let place = format!("line 1, column {}: ", refused["filter"]["column"].as_u64().unwrap());
        assert!(refused["detail"].as_str().unwrap().starts_with(&place), "{refused}");
    }
    let note = board.create(&json!({"status": "open"})).await;
    for topic in ["users/me".to_owned(), format!("{NOTES}/records/{note}")] {
        client.filter(3, &topic, "true").await;
        assert_eq!(client.next().await["code"], "invalid_filter", "{topic}");
    }
}

/// What is wrong with a filter tells of the collection's fields.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_list_a_collection_is_not_told_what_is_wrong_with_a_filter() {
    let board = Board::with_rules(&json!({})).await;
    let ada = board.app.register("ada").await;
    let mut client = Client::signed_in(&board.app, ada).await;
    client.filter(3, NOTES, "record.stauts == 1").await;
    let refused = client.next().await;
    assert_eq!((&refused["code"], refused.get("filter")), (&json!("forbidden"), None));
}

/// A filter is the user's own, and asks for their own roles.
#[tokio::test(flavor = "multi_thread")]
async fn a_filter_knows_who_asks() {
    let board = Board::with_rules(&json!({"list": "true"})).await;
    let (ada, eve) = (board.app.register("ada").await, board.app.register("eve").await);
    let adas = board.create(&json!({"owner": ada})).await;
    let eves = board.create(&json!({"owner": eve})).await;
    board.settle().await;
    let own = "record.owner == user.id";
    for (user, seen, hidden) in [(ada, adas, eves), (eve, eves, adas)] {
        let mut client = Client::signed_in(&board.app, user).await;
        let follower = Follower::begin_filtered(&mut client, 2, NOTES, own).await;
        assert!(follower.knows(seen) && !follower.knows(hidden) && follower.records.len() == 1);
    }
}
