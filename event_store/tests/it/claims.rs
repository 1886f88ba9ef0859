//! Unique values: taken, given back, handed on, in the append's transaction.

use event_store::{
    Append, AppendError, ClaimChange, ClaimMove, EventStore, Expected, HeldClaim, Moved, StreamId, UselessClaim,
};

use crate::scene::{Scene, append, stream};

const SCOPE: &str = "user.email";

fn take(hash: u8, stream: &StreamId) -> ClaimChange {
    ClaimChange::Take { scope: SCOPE, key_hash: vec![hash; 32], stream: stream.clone() }
}

fn release(hash: u8, stream: &StreamId) -> ClaimChange {
    ClaimChange::Release { scope: SCOPE, key_hash: vec![hash; 32], stream: stream.clone() }
}

fn transfer(hash: u8, from: &StreamId, to: &StreamId) -> ClaimChange {
    ClaimChange::Transfer { scope: SCOPE, key_hash: vec![hash; 32], from: from.clone(), to: to.clone() }
}

async fn change(store: &EventStore, stream: &StreamId, claims: &[ClaimChange]) -> Result<(), AppendError> {
    let append = Append { claims: claims.to_vec(), ..append(stream, Expected::Any, 1) };
    store.append(append).await.map(|_| ())
}

async fn owner(store: &EventStore, hash: u8) -> Option<StreamId> {
    store.claimed_by_any(SCOPE, &[vec![hash; 32]]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_taken_names_its_owner() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    change(&scene.store, &ada, &[take(1, &ada)]).await.unwrap();
    assert_eq!(owner(&scene.store, 1).await, Some(ada.clone()));

    let refused = change(&scene.store, &grace, &[take(2, &grace), take(1, &grace)]).await.unwrap_err();
    assert_eq!(refused, AppendError::ClaimTaken { claim: 1, owner: Some(ada.to_string()) });
    assert_eq!(owner(&scene.store, 2).await, None, "all or none");
    assert_eq!(scene.events().await.len(), 1);

    // Whoever has it may take it again; nobody else may give it back.
    change(&scene.store, &ada, &[take(1, &ada)]).await.unwrap();
    let refused = change(&scene.store, &grace, &[release(1, &grace)]).await.unwrap_err();
    assert_eq!(refused, AppendError::ClaimTaken { claim: 0, owner: Some(ada.to_string()) });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_claim_is_free() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    change(&scene.store, &ada, &[take(1, &ada)]).await.unwrap();
    change(&scene.store, &ada, &[take(2, &ada), release(1, &ada)]).await.unwrap();
    assert_eq!((owner(&scene.store, 1).await, owner(&scene.store, 2).await), (None, Some(ada.clone())));
    change(&scene.store, &grace, &[take(1, &grace)]).await.unwrap();
    assert_eq!(owner(&scene.store, 1).await, Some(grace.clone()));
    // Nothing happens to a claim that nobody has.
    change(&scene.store, &grace, &[release(9, &grace)]).await.unwrap();
}

fn let_go(hash: u8, stream: &StreamId) -> ClaimChange {
    ClaimChange::LetGo { scope: SCOPE, key_hash: vec![hash; 32], stream: stream.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_let_go_of_by_whoever_holds_it_and_nobody_else_is_refused() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    change(&scene.store, &ada, &[take(1, &ada), take(2, &ada)]).await.unwrap();
    change(&scene.store, &grace, &[let_go(1, &grace), let_go(3, &grace)]).await.unwrap();
    assert_eq!(owner(&scene.store, 1).await, Some(ada.clone()), "it is hers");
    change(&scene.store, &ada, &[let_go(1, &ada)]).await.unwrap();
    assert_eq!((owner(&scene.store, 1).await, owner(&scene.store, 2).await), (None, Some(ada)));
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_begin_alike_are_dropped_in_parts() {
    let scene = Scene::new().await;
    let (ada, beginning) = (stream(), [7u8; 16]);
    let claim = |last: u8| [&beginning[..], &[last; 16]].concat();
    let take = |key_hash| ClaimChange::Take { scope: SCOPE, key_hash, stream: ada.clone() };
    let other = [&[8u8; 16][..], &[0; 16]].concat();
    let claims: Vec<_> = (0..5).map(|last| take(claim(last))).chain([take(other.clone())]).collect();
    change(&scene.store, &ada, &claims).await.unwrap();
    for dropped in [2, 2, 1, 0] {
        assert_eq!(scene.store.drop_claims_beginning(SCOPE, &beginning, 2).await.unwrap(), dropped);
    }
    assert_eq!(scene.store.held_by(&ada, SCOPE, 10).await.unwrap(), [other]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_streams_hold_and_what_begins_with_any_of_several_is_dropped_whole() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    let claim = |first: u8, last: u8| [[first; 16], [last; 16]].concat();
    let take = |key_hash, stream: &StreamId| ClaimChange::Take { scope: SCOPE, key_hash, stream: stream.clone() };
    let of_grace = [claim(7, 0), claim(7, 255), claim(8, 0), claim(9, 1), claim(255, 255)];
    let claims: Vec<_> = of_grace.iter().map(|claim| take(claim.clone(), &grace)).collect();
    change(&scene.store, &grace, &claims).await.unwrap();
    change(&scene.store, &ada, &[take(claim(1, 1), &ada), take(claim(2, 2), &ada)]).await.unwrap();
    assert_eq!(scene.store.drop_claims_held("another", std::slice::from_ref(&ada)).await.unwrap(), 0);
    assert_eq!(scene.store.drop_claims_held(SCOPE, std::slice::from_ref(&ada)).await.unwrap(), 2);
    let beginnings = [&[7; 16][..], &[9; 16], &[255; 16], &[10; 16]];
    assert_eq!(scene.store.drop_claims_beginning_with_any(SCOPE, &beginnings).await.unwrap(), 4);
    assert_eq!(scene.store.held_by(&grace, SCOPE, 10).await.unwrap(), [claim(8, 0)]);
    assert!(scene.store.held_by(&ada, SCOPE, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_handed_on_by_its_owner_only() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    let refused = change(&scene.store, &ada, &[transfer(1, &ada, &grace)]).await.unwrap_err();
    assert_eq!(refused, AppendError::ClaimTaken { claim: 0, owner: None });
    change(&scene.store, &ada, &[take(1, &ada)]).await.unwrap();
    change(&scene.store, &ada, &[transfer(1, &ada, &grace)]).await.unwrap();
    assert_eq!(owner(&scene.store, 1).await, Some(grace.clone()));
    let refused = change(&scene.store, &ada, &[transfer(1, &ada, &grace)]).await.unwrap_err();
    assert_eq!(refused, AppendError::ClaimTaken { claim: 0, owner: Some(grace.to_string()) });
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_take_a_claim_at_once_one_gets_it() {
    let scene = Scene::new().await;
    let stores = [scene.store.clone(), scene.another_store()];
    let attempts = (0..30).map(|number| {
        let store = stores[number % 2].clone();
        async move {
            let stream = stream();
            change(&store, &stream, &[take(1, &stream)]).await.map(|()| stream)
        }
    });
    let results = futures::future::join_all(attempts).await;
    let winners: Vec<_> = results.iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    let winner = winners[0].to_string();
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_eq!(*error, AppendError::ClaimTaken { claim: 0, owner: Some(winner.clone()) });
    }
}

fn to_another(from: u8, to: u8) -> ClaimMove {
    ClaimMove { from: vec![from; 32], to: vec![to; 32] }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_move_to_other_hashes_and_keep_their_owners() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    change(&scene.store, &ada, &[take(1, &ada), take(3, &ada)]).await.unwrap();
    // Whoever holds both has one left.
    change(&scene.store, &grace, &[take(2, &grace), take(12, &grace)]).await.unwrap();
    let moves = [to_another(1, 11), to_another(2, 12), to_another(9, 19)];
    assert_eq!(scene.store.move_claims(SCOPE, &moves).await.unwrap(), Moved { moved: 2, held: vec![] });
    assert_eq!((owner(&scene.store, 1).await, owner(&scene.store, 11).await), (None, Some(ada.clone())));
    assert_eq!((owner(&scene.store, 2).await, owner(&scene.store, 12).await), (None, Some(grace.clone())));
    assert_eq!((owner(&scene.store, 3).await, owner(&scene.store, 19).await), (Some(ada.clone()), None));
    assert_eq!(scene.store.move_claims(SCOPE, &moves).await.unwrap(), Moved::default(), "a repeat does nothing");

    let any = |hashes: &[u8]| hashes.iter().map(|hash| vec![*hash; 32]).collect::<Vec<_>>();
    assert_eq!(scene.store.claimed_by_any(SCOPE, &any(&[1, 11])).await.unwrap(), Some(ada.clone()));
    assert_eq!(scene.store.claimed_by_any(SCOPE, &any(&[1, 2])).await.unwrap(), None);
    let listed = scene.store.claims_after(SCOPE, &[3; 32], 10).await.unwrap();
    assert_eq!(listed, [(vec![11; 32], ada), (vec![12; 32], grace)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_stays_where_another_stream_holds_the_one_that_it_would_become() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    change(&scene.store, &ada, &[take(1, &ada), take(2, &ada)]).await.unwrap();
    change(&scene.store, &grace, &[take(11, &grace)]).await.unwrap();
    let moves = [to_another(1, 11), to_another(2, 12)];
    let held = HeldClaim { claim: to_another(1, 11), stream: ada.clone(), holder: grace.clone() };
    let done = scene.store.move_claims(SCOPE, &moves).await.unwrap();
    assert_eq!(done, Moved { moved: 1, held: vec![held] });
    assert_eq!((owner(&scene.store, 1).await, owner(&scene.store, 11).await), (Some(ada.clone()), Some(grace)));
    assert_eq!(owner(&scene.store, 12).await, Some(ada));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_useless_claim_is_dropped_unless_its_stream_has_changed() {
    let scene = Scene::new().await;
    let (ada, grace) = (stream(), stream());
    change(&scene.store, &ada, &[take(1, &ada), take(2, &ada)]).await.unwrap();
    change(&scene.store, &grace, &[take(3, &grace)]).await.unwrap();
    let useless =
        |hash: u8, stream: &StreamId| UselessClaim { hash: vec![hash; 32], stream: stream.clone(), version: 1 };
    // The last one is somebody else's.
    let dropped = scene.store.drop_claims(SCOPE, &[useless(1, &ada), useless(3, &ada)]).await.unwrap();
    assert_eq!((dropped, owner(&scene.store, 1).await, owner(&scene.store, 3).await), (1, None, Some(grace)));
    change(&scene.store, &ada, &[]).await.unwrap();
    assert_eq!(scene.store.drop_claims(SCOPE, &[useless(2, &ada)]).await.unwrap(), 0);
    assert_eq!(owner(&scene.store, 2).await, Some(ada));
}

/// Writers give up after five seconds without the head.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_moves_claims_and_stops_holds_the_head_for_two_seconds_at_most() {
    let scene = Scene::new().await;
    let ada = stream();
    change(&scene.store, &ada, &[take(1, &ada), take(2, &ada)]).await.unwrap();
    scene
        .run(
            "CREATE TABLE bounds (name text, setting text);
             CREATE FUNCTION note_bounds() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 INSERT INTO bounds SELECT name, setting || unit FROM pg_settings
                 WHERE name LIKE '%timeout' AND setting || unit = '2000ms';
                 RETURN NULL;
             END $$;
             CREATE TRIGGER note_bounds AFTER DELETE ON claims FOR EACH STATEMENT EXECUTE FUNCTION note_bounds()",
        )
        .await;
    scene.store.move_claims(SCOPE, &[to_another(1, 11)]).await.unwrap();
    let bounds = "SELECT count(*) FROM bounds WHERE name IN \
                  ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout')";
    assert_eq!(scene.count(bounds).await, 3);
    let useless = UselessClaim { hash: vec![2; 32], stream: ada, version: 1 };
    assert_eq!(scene.store.drop_claims(SCOPE, &[useless]).await.unwrap(), 1);
    assert_eq!(scene.count(bounds).await, 6);
}

/// One that is found under either hash is found at every moment, while it is moved to and fro.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_found_while_it_moves() {
    let scene = Scene::new().await;
    let ada = stream();
    change(&scene.store, &ada, &[take(1, &ada)]).await.unwrap();
    let moving = async {
        for _ in 0..50 {
            scene.store.move_claims(SCOPE, &[to_another(1, 2)]).await.unwrap();
            scene.store.move_claims(SCOPE, &[to_another(2, 1)]).await.unwrap();
        }
    };
    let hashes = [vec![1; 32], vec![2; 32]];
    let looking = async {
        for _ in 0..200 {
            let found = scene.store.claimed_by_any(SCOPE, &hashes).await.unwrap();
            assert_eq!(found, Some(ada.clone()));
        }
    };
    tokio::join!(moving, looking);
}
