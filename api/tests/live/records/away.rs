//! Subscribers who are away while more happens than any process keeps in memory, and while the process that they were connected to
//! ends: they come back with the position that they know, and end up with what is theirs and nothing else.

use std::sync::Arc;

use event_store::log;
use futures::{StreamExt, stream};

use serde_json::json;

use super::{
    board::{Board, NOTES},
    crowd::{Ending, Filter, Looker, Scene, any_note, data_of, is_done},
};
use crate::{
    app::eventually,
    client::{Client, Follower},
};

/// Each person with each filter, and one record alone.
const LOOKERS: usize = 80;
/// Of 25 changes and a new record; what is kept for a subscription that begins are 256 changes at most.
const ROUNDS: usize = 24;
/// A client that has missed more records than this gets a snapshot.
const MOST_MISSED: usize = 1000;

/// Everybody follows, until they know what there is, and goes.
async fn left(scene: &Scene) -> Vec<(Looker, Follower)> {
    let mut left = vec![];
    for looker in &scene.lookers {
        let follower = eventually("what a role permits is felt", async || {
            let (_, follower) = begun(scene, *looker, Follower::new(2)).await?;
            (looker.faults(&follower, &scene.histories) == (0, 0)).then_some(follower)
        });
        left.push((*looker, follower.await));
    }
    left
}

/// Subscribes from where the follower was. `None` where that has to be done again: since a role is felt at this very moment, or too
/// many come at once.
async fn begun(scene: &Scene, looker: Looker, follower: Follower) -> Option<(Client, Follower)> {
    let mut client = Client::signed_in(&scene.board.app, looker.user).await;
    client.send(looker.subscription(&follower)).await;
    let mut follower = follower.resumed(2);
    while follower.mode.is_empty() {
        let message = client.next().await;
        if message["t"] == "err" || message["t"] == "reset" {
            assert_eq!(message["retry"], true, "{message}");
            return None;
        }
        follower.take(&message);
    }
    Some((client, follower))
}

/// Waits until the read model has everything that was written so far.
async fn settle(scene: &Scene) {
    let head = log::head(&mut scene.board.app.connect().await).await.expect("a head");
    scene.board.app.projected_in("records", head).await;
}

async fn restart(scene: &mut Scene) {
    let board = Arc::get_mut(&mut scene.board).expect("nobody is connected");
    board.app.restart_api().await;
}

/// Comes back, and reads until everything is told. How that began, and what is missing and foreign in the end.
async fn back(scene: &Scene, ending: &Ending, looker: Looker, follower: Follower) -> (String, (usize, usize)) {
    let begun = eventually("the subscription begins", async || begun(scene, looker, follower.clone()).await);
    let (mut client, mut follower) = begun.await;
    follower.until(&mut client, |follower| is_done(&looker, follower, ending)).await;
    (follower.mode.clone(), looker.faults(&follower, &ending.histories))
}

fn is_of_one(looker: &Looker) -> bool {
    match looker.filter {
        Filter::One(_) => true,
        Filter::Everything | Filter::HighRanks | Filter::Own => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_while_more_happened_than_is_kept_goes_on_and_misses_nothing() {
    let mut scene = Scene::set(LOOKERS).await;
    settle(&scene).await;
    let left = left(&scene).await;
    scene.happen(ROUNDS).await;
    restart(&mut scene).await;
    let mut ending = scene.happen(ROUNDS).await;
    // What happens is left to chance, a round brings some fifteen changes.
    while ending.histories.values().map(Vec::len).sum::<usize>() <= 800 {
        ending = scene.happen(ROUNDS / 4).await;
    }
    settle(&scene).await;
    assert!(ending.histories.len() < MOST_MISSED, "{}", ending.histories.len());
    let back = async |(looker, follower)| (looker, back(&scene, &ending, looker, follower).await);
    let mut backs = stream::iter(left).map(back).buffer_unordered(16);
    while let Some((looker, (mode, faults))) = backs.next().await {
        assert_eq!((mode.as_str(), faults), ("resumed", (0, 0)), "missing and foreign: {looker:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_while_more_records_changed_than_are_told_begins_anew_and_misses_nothing() {
    let mut scene = Scene::set(LOOKERS).await;
    settle(&scene).await;
    let left = left(&scene).await;
    let (board, people) = (Arc::clone(&scene.board), scene.people.clone());
    let create = async |_| {
        let note = any_note(&people);
        (board.create(&data_of(&note)).await, vec![Some(note)])
    };
    let new: Vec<_> = stream::iter(0..=MOST_MISSED).map(create).buffer_unordered(16).collect().await;
    drop(board);
    scene.histories.extend(new);
    restart(&mut scene).await;
    let ending = scene.happen(ROUNDS / 4).await;
    settle(&scene).await;
    let back = async |(looker, follower)| (looker, back(&scene, &ending, looker, follower).await);
    let mut backs = stream::iter(left).map(back).buffer_unordered(16);
    while let Some((looker, (mode, faults))) = backs.next().await {
        // Of one record alone there is never more to be told than of that.
        let expected = if is_of_one(&looker) { "resumed" } else { "snapshot" };
        assert_eq!((mode.as_str(), faults), (expected, (0, 0)), "missing and foreign: {looker:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_rule_hides_is_gone_for_who_was_away_when_it_changed() {
    let mut board = Board::start().await;
    let (ada, eve) = (board.app.register("ada").await, board.app.register("eve").await);
    let hidden = board.create(&json!({"status": "open", "owner": eve, "rank": 10})).await;
    let kept = board.create(&json!({"status": "open", "owner": ada, "rank": 10})).await;
    board.settle().await;
    let topics = [NOTES.to_owned(), format!("{NOTES}/records/{hidden}"), format!("{NOTES}/records/{kept}")];
    let mut left = vec![];
    for topic in &topics {
        left.push(board.follow(ada, topic).await.1);
    }
    let own = "record.owner == user.id";
    board.redefine(&json!({"rules": {"list": own, "view": own}})).await;
    board.change(hidden, &json!({"title": "not for Ada"})).await;
    board.app.restart_api().await;
    board.settle().await;
    for (topic, follower) in topics.iter().zip(left) {
        let mut client = Client::signed_in(&board.app, ada).await;
        client.resume(7, topic, &follower.position, &follower.epoch).await;
        let mut follower = follower.resumed(7);
        follower.begun(&mut client).await;
        let sees_kept = !topic.ends_with(&hidden.to_string());
        assert_eq!(
            (follower.mode.as_str(), follower.knows(hidden), follower.knows(kept)),
            ("snapshot", false, sees_kept)
        );
        assert!(!follower.records.values().any(|(_, note)| note["title"] == "not for Ada"), "{topic}");
    }
}
