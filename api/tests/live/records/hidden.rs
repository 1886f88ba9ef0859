//! Of records that somebody never could see, they are not even told that there are any, in no way.

use serde_json::json;
use uuid::Uuid;

use super::board::{Board, NOTES};
use crate::client::{Client, Follower};

/// Notes of which Ada sees the first, but not what happens to the others.
async fn happen(board: &Board, eve: Uuid, seen: Uuid, gone: Uuid) -> Vec<Uuid> {
    let mut hidden = vec![];
    for title in ["changed", "deleted", "opened not"] {
        hidden.push(board.create(&json!({"title": title, "owner": eve})).await);
    }
    board.change(hidden[0], &json!({"title": "secret"})).await;
    board.delete(hidden[1]).await;
    let passing = board.create(&json!({"title": "passing", "owner": eve})).await;
    board.delete(passing).await;
    hidden.push(passing);
    // And two that she does see go, one of them into the dark, where more happens to it.
    board.change(seen, &json!({"status": "closed"})).await;
    board.change(seen, &json!({"title": "in the dark"})).await;
    board.delete(gone).await;
    hidden
}

struct Scene {
    board: Board,
    ada: Uuid,
    eve: Uuid,
    seen: Uuid,
    gone: Uuid,
}

async fn scene() -> Scene {
    let board = Board::start().await;
    let (ada, eve) = (board.app.register("ada").await, board.app.register("eve").await);
    let seen = board.create(&json!({"title": "seen", "status": "open"})).await;
    let gone = board.create(&json!({"title": "gone", "status": "open"})).await;
    board.settle().await;
    Scene { board, ada, eve, seen, gone }
}

impl Scene {
    fn check(&self, of_ada: &Follower, hidden: &[Uuid]) {
        for id in hidden {
            assert!(!of_ada.has_heard_of(*id), "never to be seen");
        }
        assert!(!of_ada.knows(self.seen) && !of_ada.knows(self.gone), "what is gone is gone");
        assert!(of_ada.removed.contains_key(&self.seen.to_string()));
        assert!(of_ada.removed.contains_key(&self.gone.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live() {
    let scene = scene().await;
    let mut of_ada = scene.board.follow(scene.ada, NOTES).await;
    let hidden = happen(&scene.board, scene.eve, scene.seen, scene.gone).await;
    scene.board.fence(&mut [&mut of_ada]).await;
    scene.check(&of_ada.1, &hidden);
    assert_eq!(of_ada.1.changes, 3, "two that went, and the fence");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_bus_has_lost_it() {
    let scene = scene().await;
    let mut of_ada = scene.board.follow(scene.ada, NOTES).await;
    scene.board.app.bus.lose_notices(true);
    let hidden = happen(&scene.board, scene.eve, scene.seen, scene.gone).await;
    scene.board.settle().await;
    scene.board.app.bus.lose_notices(false);
    scene.board.fence(&mut [&mut of_ada]).await;
    scene.check(&of_ada.1, &hidden);
    assert_eq!(of_ada.1.changes, 3, "two that went, and the fence");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_it_happened_meanwhile() {
    let scene = scene().await;
    let (client, follower) = scene.board.follow(scene.ada, NOTES).await;
    drop(client);
    let hidden = happen(&scene.board, scene.eve, scene.seen, scene.gone).await;
    scene.board.settle().await;
    let mut client = Client::signed_in(&scene.board.app, scene.ada).await;
    client.resume(5, NOTES, &follower.position, &follower.epoch).await;
    let mut follower = follower.resumed(5);
    follower.begun(&mut client).await;
    assert_eq!(follower.mode, "resumed");
    let mut of_ada = (client, follower);
    scene.board.fence(&mut [&mut of_ada]).await;
    scene.check(&of_ada.1, &hidden);
    assert_eq!(of_ada.1.changes, 3, "two that went, and the fence");
}

/// Who begins while all this happens has nothing to be told of it.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_snapshot() {
    let scene = scene().await;
    let hidden = happen(&scene.board, scene.eve, scene.seen, scene.gone).await;
    scene.board.settle().await;
    let mut of_ada = scene.board.follow(scene.ada, NOTES).await;
    scene.board.fence(&mut [&mut of_ada]).await;
    assert_eq!((of_ada.1.heard.len(), of_ada.1.changes), (1, 1), "the fence");
    assert!(hidden.iter().all(|id| !of_ada.1.has_heard_of(*id)));
}
