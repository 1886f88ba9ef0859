//! An import whose server is killed again and again, and which is sent again each time.

use std::time::{Duration, Instant};

use event_store::log;
use serde_json::{Value, json};

use crate::files::{PATIENCE, Scene, call};

const LINES: u64 = 12_000;
const KILLS: u64 = 3;

/// Ranks of the records that were created, and the steps of the import.
async fn happened(scene: &Scene) -> (Vec<u64>, u64) {
    let (mut ranks, mut steps, mut after) = (vec![], 0, 0);
    let mut conn = scene.database.connect().await;
    loop {
        let events = log::tail(&mut conn, after, 5_000).await.unwrap();
        let Some(last) = events.last() else { return (ranks, steps) };
        after = last.position;
        for event in events {
            match event.event_type.as_str() {
                "record.created" => {
                    let payload: Value = serde_json::from_str(event.payload.get()).unwrap();
                    ranks.push(payload["data"]["rank"].as_u64().unwrap());
                }
                "import.advanced" => steps += 1,
                _ => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_whose_server_is_killed_again_and_again_has_every_line_once() {
    let mut scene = Scene::set().await;
    let definition = json!({"name": "posts", "schema": {"type": "object", "properties": {
        "rank": {"type": "integer"}, "slug": {"type": "string"}}}, "unique": ["slug"]});
    let (status, answer) =
        scene.call("POST", "/v1/collections", &scene.sign_in(), "application/json", &definition.to_string());
    assert_eq!(status, 201, "{answer}");
    let start = r#"{"format": "ndjson"}"#;
    let (status, import) =
        scene.call("POST", "/v1/collections/posts/imports", &scene.sign_in(), "application/json", start);
    assert_eq!(status, 201, "{import}");
    let path = format!("/v1/imports/{}/content", import["id"].as_str().unwrap());
    let line = |rank: u64| json!({"rank": rank, "slug": format!("s{rank}")}).to_string() + "\n";
    let content: String = (0..LINES).map(line).collect();

    for kill in 1..=KILLS {
        let (address, token, content, path) = (scene.address(), scene.sign_in(), content.clone(), path.clone());
        let bringing =
            std::thread::spawn(move || call(&address, "PUT", &path, &token, "application/x-ndjson", &content));
        let begun = Instant::now();
        while happened(&scene).await.1 < kill * 2 {
            assert!(begun.elapsed() < PATIENCE, "nothing comes");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        scene.start_again().await;
        assert!(bringing.join().unwrap().is_err(), "it was not finished when the server was killed");
    }
    let (status, view) = scene.call("PUT", &path, &scene.sign_in(), "application/x-ndjson", &content);
    assert_eq!((status, &view["state"]), (200, &json!("finished")), "{view}");
    assert_eq!((&view["created"], &view["refused"]), (&json!(LINES), &json!(0)));
    let mut ranks = happened(&scene).await.0;
    ranks.sort_unstable();
    assert_eq!(ranks, (0..LINES).collect::<Vec<_>>());
}
