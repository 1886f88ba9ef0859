//! Appends that rest on what they do not change: the versions of other streams, and claims that a stream must not hold.

use event_store::{Append, AppendError, ClaimChange, Expected, StreamId};

use crate::scene::{Scene, append, stream};

const SCOPE: &str = "thing.reference";

/// What a stream that refers to `target` takes.
fn take(hash: u8, target: &StreamId) -> ClaimChange {
    ClaimChange::Take { scope: SCOPE, key_hash: vec![hash; 32], stream: target.clone() }
}

fn release(hash: u8, target: &StreamId) -> ClaimChange {
    ClaimChange::Release { scope: SCOPE, key_hash: vec![hash; 32], stream: target.clone() }
}

fn unheld(target: &StreamId) -> ClaimChange {
    ClaimChange::Unheld { scope: SCOPE, stream: target.clone() }
}

fn referring(target: &StreamId, version: i64, hash: u8) -> Append {
    let refer = append(&stream(), Expected::Exactly(0), 1);
    Append { unchanged: vec![(target.clone(), version)], claims: vec![take(hash, target)], ..refer }
}

fn removing(target: &StreamId, version: i64, claims: Vec<ClaimChange>) -> Append {
    Append { claims, ..append(target, Expected::Exactly(version), 1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_rests_on_the_versions_of_other_streams() {
    let scene = Scene::new().await;
    let target = stream();
    scene.store.append(append(&target, Expected::Exactly(0), 2)).await.unwrap();
    let done = scene.store.append(referring(&target, 2, 1)).await.unwrap();
    assert_eq!(
        (done.first_position, done.last_position, done.versions),
        (3, 3, vec![1]),
        "the other one has no version"
    );
    let refused = scene.store.append(referring(&target, 1, 2)).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: target.clone(), actual: 2 });
    let nowhere = stream();
    scene.store.append(referring(&nowhere, 0, 3)).await.unwrap();

    let both = Append { unchanged: vec![(target.clone(), 2)], ..append(&target, Expected::Exactly(2), 1) };
    assert!(matches!(scene.store.append(both).await, Err(AppendError::Invalid(_))));
    assert_eq!(scene.events().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_has_to_hold_no_claims_may_have_them_released_at_once() {
    let scene = Scene::new().await;
    let (target, other) = (stream(), stream());
    scene.store.append(append(&target, Expected::Exactly(0), 1)).await.unwrap();
    for (hash, of) in [(1, &target), (2, &target), (3, &other)] {
        let append = Append { claims: vec![take(hash, of)], ..append(&stream(), Expected::Exactly(0), 1) };
        scene.store.append(append).await.unwrap();
    }
    assert_eq!(scene.store.held_by(&target, SCOPE, 10).await.unwrap(), [vec![1; 32], vec![2; 32]]);
    assert_eq!(scene.store.held_by(&target, SCOPE, 1).await.unwrap(), [vec![1; 32]]);
    assert!(scene.store.held_by(&target, "another", 10).await.unwrap().is_empty());

    for claims in [vec![unheld(&target)], vec![release(1, &target), unheld(&target)]] {
        let at = claims.len() - 1;
        let refused = scene.store.append(removing(&target, 1, claims)).await.unwrap_err();
        assert_eq!(refused, AppendError::ClaimTaken { claim: at, owner: None });
    }
    let handed_on =
        ClaimChange::Transfer { scope: SCOPE, key_hash: vec![2; 32], from: target.clone(), to: other.clone() };
    let claims = vec![unheld(&target), release(1, &target), handed_on];
    scene.store.append(removing(&target, 1, claims)).await.unwrap();
    assert!(scene.store.held_by(&target, SCOPE, 10).await.unwrap().is_empty());
    assert_eq!(scene.store.held_by(&other, SCOPE, 10).await.unwrap(), [vec![2; 32], vec![3; 32]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_refers_and_what_removes_exclude_each_other() {
    let scene = Scene::new().await;
    let elsewhere = scene.another_store();
    for _ in 0..60 {
        let target = stream();
        scene.store.append(append(&target, Expected::Exactly(0), 1)).await.unwrap();
        let (first, second) = (referring(&target, 1, 1), referring(&target, 1, 2));
        let remove = removing(&target, 1, vec![unheld(&target)]);
        let (first, removal, second) =
            tokio::join!(elsewhere.append(first), scene.store.append(remove), scene.store.append(second));
        let referred = scene.store.held_by(&target, SCOPE, 10).await.unwrap().len();
        assert_eq!(referred, usize::from(first.is_ok()) + usize::from(second.is_ok()));
        match removal {
            Ok(_) => assert_eq!(referred, 0),
            Err(refused) => {
                assert_eq!((refused, referred > 0), (AppendError::ClaimTaken { claim: 0, owner: None }, true))
            }
        }
    }
}
