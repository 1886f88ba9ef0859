//! Reading backwards: complete, and bounded however rare what is searched for is.

use event_store::{
    Expected,
    history::{self, Search},
};

use crate::scene::{Scene, append, stream};

/// Many events that nobody searches for, between two that somebody does.
const FILL: &str = "
    INSERT INTO events (position, event_id, stream_id, stream_version, category, event_type, event_version, payload,
                        metadata, recorded_at)
    SELECT n, gen_random_uuid(), 'thing-' || n, 1, CASE WHEN n % 2 = 0 THEN 'thing' ELSE 'other' END,
           CASE WHEN n IN (7, 24990) THEN 'thing.rare' ELSE 'thing.usual' END, 1, '{}',
           CASE WHEN n IN (7, 24990) THEN '{\"actor\": \"ada\"}' ELSE '{}' END::jsonb, now()
    FROM generate_series(1, 25000) n;
    UPDATE log_head SET position = 25000;";

fn search(category: Option<&str>, event_type: Option<&str>, actor: Option<&str>) -> Search {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Search { category: owned(category), event_type: owned(event_type), actor: owned(actor) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rare_is_found_piece_by_piece() {
    let scene = Scene::new().await;
    scene.run(FILL).await;
    let mut conn = scene.connect().await;
    for (search, most) in [
        (search(None, Some("thing.rare"), None), 3),
        (search(None, None, Some("ada")), 3),
        (search(Some("thing"), None, Some("nobody")), 2),
        (search(None, None, Some("nobody")), 3),
    ] {
        let (mut before, mut found, mut pages) = (i64::MAX, vec![], 0);
        loop {
            let page = history::of_log(&mut conn, &search, before, 10).await.unwrap();
            found.extend(page.events.iter().map(|event| event.position));
            pages += 1;
            let Some(next) = page.before else { break };
            assert!(next < before, "it leads on");
            before = next;
        }
        let expected: &[i64] = if search.actor.as_deref() == Some("nobody") { &[] } else { &[24_990, 7] };
        assert_eq!((found.as_slice(), pages), (expected, most), "{search:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_through_everything_once_from_the_newest() {
    let scene = Scene::new().await;
    let (one, other) = (stream(), stream());
    for _ in 0..5 {
        scene.store.append(append(&one, Expected::Any, 3)).await.unwrap();
        scene.store.append(append(&other, Expected::Any, 1)).await.unwrap();
    }
    let mut conn = scene.connect().await;
    let (mut before, mut found) = (i64::MAX, vec![]);
    loop {
        let page = history::of_log(&mut conn, &Search::default(), before, 7).await.unwrap();
        found.extend(page.events.iter().map(|event| event.position));
        match page.before {
            Some(next) => before = next,
            None => break,
        }
    }
    assert_eq!(found, (1..=20).rev().collect::<Vec<_>>());
    let own = history::of_stream(&mut conn, one.as_str(), 10, 4).await.unwrap();
    assert_eq!(own.iter().map(|event| event.stream_version).collect::<Vec<_>>(), [9, 8, 7, 6]);
}
