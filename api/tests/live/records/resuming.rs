//! Coming back to a collection: what was missed, by the rules of now.

use serde_json::json;
use uuid::Uuid;

use super::board::{Board, NOTES, rules};
use crate::client::{Client, Follower};

/// Ada has followed the notes with a filter, knows two, and is gone again.
async fn left(board: &Board) -> (Uuid, [Uuid; 2], Follower) {
    let ada = board.app.register("ada").await;
    let notes = [
        board.create(&json!({"status": "open", "rank": 10})).await,
        board.create(&json!({"status": "open", "rank": 20})).await,
    ];
    board.settle().await;
    let mut client = Client::signed_in(&board.app, ada).await;
    let follower = Follower::begin_filtered(&mut client, 2, NOTES, "record.rank > 5").await;
    assert_eq!(follower.records.len(), 2);
    (ada, notes, follower)
}

async fn back(board: &Board, user: Uuid, follower: Follower, filter: &str) -> (Client, Follower) {
    let mut client = Client::signed_in(&board.app, user).await;
    let (after, epoch) = (&follower.position, &follower.epoch);
    client.send(json!({"t": "sub", "id": 7, "topic": NOTES, "filter": filter, "after": after, "epoch": epoch})).await;
    let mut follower = follower.resumed(7);
    follower.begun(&mut client).await;
    (client, follower)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_entered_and_left_the_filter_meanwhile_is_told() {
    let board = Board::start().await;
    let (ada, notes, follower) = left(&board).await;
    board.change(notes[0], &json!({"rank": 1})).await;
    board.change(notes[1], &json!({"rank": 2})).await;
    board.change(notes[1], &json!({"rank": 21})).await;
    let new = board.create(&json!({"status": "open", "rank": 30})).await;
    let never = board.create(&json!({"status": "open", "rank": 3})).await;
    // Nobody who was away has seen it.
    let passing = board.create(&json!({"rank": 30})).await;
    board.change(passing, &json!({"rank": 31})).await;
    board.settle().await;
    let mut of_ada = back(&board, ada, follower, "record.rank > 5").await;
    assert_eq!(of_ada.1.mode, "resumed");
    board.fence(&mut [&mut of_ada]).await;
    let (_, follower) = of_ada;
    assert_eq!((follower.knows(notes[0]), follower.knows(notes[1]), follower.knows(new)), (false, true, true));
    assert!(!follower.has_heard_of(never) && !follower.has_heard_of(passing));
    assert_eq!(follower.records[&notes[1].to_string()].1["rank"], 21);
    assert_eq!(follower.changes, 4, "one left, one changed, one came, and the fence");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_something_else_begins_anew() {
    let board = Board::start().await;
    let (ada, notes, follower) = left(&board).await;
    let (_, other) = back(&board, ada, follower, "record.rank > 15").await;
    assert_eq!((other.mode.as_str(), other.knows(notes[0]), other.knows(notes[1])), ("snapshot", false, true));
    let (_, same) = back(&board, ada, other, "record.rank > 15").await;
    assert_eq!(same.mode, "resumed");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_something_else_by_now_begins_anew() {
    let board = Board::start().await;
    let (ada, notes, follower) = left(&board).await;
    board.redefine(&json!({"rules": {"list": "record.rank == 10"}})).await;
    let (client, follower) = back(&board, ada, follower, "record.rank > 5").await;
    drop(client);
    assert_eq!((follower.mode.as_str(), follower.knows(notes[0]), follower.knows(notes[1])), ("snapshot", true, false));
    board.redefine(&json!({"description": "Notes"})).await;
    let (client, follower) = back(&board, ada, follower, "record.rank > 5").await;
    drop(client);
    assert_eq!(follower.mode, "resumed", "the same is to be seen");
    board.app.grant_admin(ada).await;
    let (_, follower) = back(&board, ada, follower, "record.rank > 5").await;
    assert_eq!((follower.mode.as_str(), follower.records.len()), ("snapshot", 2));
    board.redefine(&json!({"rules": rules()})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_the_time_begins_anew() {
    let board = Board::start().await;
    let ada = board.app.register("ada").await;
    let due = board.create(&json!({"status": "open", "due": "2999-01-01T00:00:00Z"})).await;
    let late = board.create(&json!({"status": "open", "due": "1999-01-01T00:00:00Z"})).await;
    board.settle().await;
    let mut client = Client::signed_in(&board.app, ada).await;
    let follower = Follower::begin_filtered(&mut client, 2, NOTES, "record.due > now").await;
    assert!(follower.knows(due) && !follower.knows(late));
    let (_, follower) = back(&board, ada, follower, "record.due > now").await;
    assert_eq!((follower.mode.as_str(), follower.records.len()), ("snapshot", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_missed_too_much_begins_anew() {
    let board = Board::start().await;
    let (ada, notes, follower) = left(&board).await;
    // More versions of a record that is out of sight by now than are looked through.
    let mut conn = board.app.connect().await;
    let (stream, versions) = (format!("record-{}", notes[0]), 6000);
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        &format!(
            "BEGIN;
             SELECT position FROM log_head FOR UPDATE;
             INSERT INTO events (position, event_id, stream_id, stream_version, category, event_type, event_version,
                                 payload, metadata, recorded_at)
             SELECT h.position + n, gen_random_uuid(), '{stream}', n + 1, 'record', 'record.changed', 1,
                    jsonb_build_object('data', jsonb_build_object('rank', 1), 'by', '{ada}', 'at', now()), '{{}}', now()
             FROM log_head h, generate_series(1, {versions}) n;
             UPDATE log_head SET position = position + {versions};
             COMMIT"
        ),
    )
    .await
    .unwrap();
    board.settle().await;
    let (_, follower) = back(&board, ada, follower, "record.rank > 5").await;
    assert_eq!((follower.mode.as_str(), follower.knows(notes[0]), follower.knows(notes[1])), ("snapshot", false, true));
}
