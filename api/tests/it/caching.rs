//! Kept answers: each is held against the log, whatever happens to whoever keeps them.

use std::{collections::HashMap, sync::Arc};

use bootstrap::{Config, config::Dsn};
use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use redis::AsyncCommands;
use serde_json::{Value, json};
use test_support::TcpProxy;

use crate::{
    app::{Person, TestApp},
    client::Answer,
    collections::define,
};

const RECORDS: &str = "/v1/collections/notes/records";
const WRITERS: usize = 4;
const CHANGES: usize = 60;
const READERS: usize = 4;

/// An answer about one record: where it was said to be true, and the version that it had.
struct Seen {
    record: String,
    position: i64,
    version: i64,
}

struct Scene {
    app: Arc<TestApp>,
    ada: Person,
    records: Vec<String>,
}

async fn scene(change: impl FnOnce(&mut Config)) -> Scene {
    let app = TestApp::start_with(change).await;
    let admin = app.admin("admin@example.org").await;
    let ada = app.person("ada@example.org").await;
    let everybody = "true";
    let notes = json!({
        "name": "notes",
        "schema": {"type": "object", "properties": {"number": {"type": "integer"}}},
        "rules": {
            "list": "record.number >= 0", "view": "record.created_by == user.id",
            "create": everybody, "update": everybody, "delete": everybody,
        },
    });
    define(&app, &admin, &notes).send().await.ok(201);
    let mut records = vec![];
    for number in 0..WRITERS {
        let made = app.request("POST", RECORDS).token(&ada.token).json(&json!({"number": number})).send().await;
        records.push(made.ok(201).json()["id"].as_str().unwrap().to_owned());
    }
    app.caught_up_in(RECORDS, &ada).await;
    Scene { app: Arc::new(app), ada, records }
}

impl Scene {
    async fn get(&self, path: &str) -> Answer {
        self.get_as(&self.ada, path).await
    }

    async fn get_as(&self, person: &Person, path: &str) -> Answer {
        self.app.get(&format!("{RECORDS}{path}")).token(&person.token).send().await
    }

    async fn change(&self, record: &str, number: usize) -> Answer {
        let request = self.app.request("PATCH", &format!("{RECORDS}/{record}")).token(&self.ada.token);
        request.body("application/merge-patch+json", json!({"number": number}).to_string()).send().await
    }

    /// Answers of single records, and of the list of all.
    async fn read_all(&self) -> Vec<Seen> {
        let mut seen = vec![];
        for record in &self.records {
            let answer = self.get(&format!("/{record}")).await;
            seen.push(of(&answer.ok(200).json(), &answer));
        }
        let list = self.get("").await;
        seen.extend(list.ok(200).json()["items"].as_array().unwrap().iter().map(|item| of(item, &list)));
        seen
    }

    /// How often answers that were looked for came to this.
    fn lookups(&self, kind: &str, outcome: &str) -> u64 {
        let rendered = self.app.context.metrics.render();
        let name = format!("{}{{kind=\"{kind}\",outcome=\"{outcome}\"}} ", api::cache::metrics::LOOKUPS);
        rendered.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
    }

    /// Every answer had at least the version that the log had at the position of the answer.
    async fn assert_none_is_stale(&self, seen: &[Seen]) {
        let mut versions: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
        for event in self.app.events().await {
            if let Some(record) = event.stream_id.strip_prefix("record-") {
                versions.entry(record.to_owned()).or_default().push((event.position, event.stream_version));
            }
        }
        for Seen { record, position, version } in seen {
            let had = versions[record].iter().filter(|(at, _)| at <= position).map(|(_, version)| *version).max();
            assert!(had.is_some_and(|had| *version >= had), "{record} at {position}: {version}, not {had:?}");
        }
    }
}

fn of(record: &Value, answer: &Answer) -> Seen {
    let position = answer.header("tidemark-position").unwrap().parse().unwrap();
    Seen { record: record["id"].as_str().unwrap().to_owned(), position, version: record["version"].as_i64().unwrap() }
}

/// Changes and reads all records at the same time; returns what was read.
async fn storm(scene: &Arc<Scene>, meanwhile: impl Future<Output = ()>) -> Vec<Seen> {
    let writing = (0..WRITERS).map(|writer| {
        let scene = Arc::clone(scene);
        tokio::spawn(async move {
            for number in 0..CHANGES {
                scene.change(&scene.records[writer], 1_000 + number).await.ok(200);
            }
        })
    });
    let writing = tokio::spawn(join_all(writing.collect::<Vec<_>>()));
    let reading = (0..READERS).map(|_| {
        let (scene, written) = (Arc::clone(scene), writing.abort_handle());
        tokio::spawn(async move {
            let mut seen = vec![];
            while !written.is_finished() {
                seen.extend(scene.read_all().await);
            }
            seen
        })
    });
    let (seen, ()) = tokio::join!(join_all(reading.collect::<Vec<_>>()), meanwhile);
    writing.await.unwrap().into_iter().for_each(Result::unwrap);
    seen.into_iter().flat_map(Result::unwrap).collect()
}

/// Reads until answers are kept: the first may have to look and the second to read, and a busy Redis is left alone for a second.
async fn assert_hits(scene: &Scene) {
    crate::app::eventually("answers that were kept", || async {
        scene.read_all().await;
        ["record", "list"].into_iter().all(|kind| scene.lookups(kind, "hit") > 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kept_answer_is_stale_while_records_change() {
    let scene = Arc::new(scene(|_| ()).await);
    let seen = storm(&scene, async {}).await;
    scene.assert_none_is_stale(&seen).await;
    assert_hits(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kept_answer_is_stale_while_redis_comes_and_goes() {
    let (proxy, url) = TcpProxy::in_front_of(&test_support::redis_url()).await;
    let scene = scene(|config| {
        config.redis_url = Some(Dsn::parse(&url, &["redis"]).unwrap());
        config.redis_prefix = test_support::unique_prefix();
    });
    let scene = Arc::new(scene.await);
    assert_hits(&scene).await;
    let seen = storm(&scene, async { proxy.cut() }).await;
    scene.assert_none_is_stale(&seen).await;
    proxy.refuse();
    proxy.cut();
    let without = scene.read_all().await;
    proxy.resume();
    scene.assert_none_is_stale(&without).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_not_told_what_it_keeps() {
    let prefix = test_support::unique_prefix();
    let scene = scene(|config| {
        config.redis_url = Some(Dsn::parse(&test_support::redis_url(), &["redis"]).unwrap());
        config.redis_prefix = prefix.clone();
    });
    let scene = scene.await;
    let record = kept(&scene, "record", &scene.ada, &format!("/{}", scene.records[0])).await.ok(200).json();
    kept(&scene, "list", &scene.ada, "").await.ok(200);
    let mut redis =
        redis::Client::open(test_support::redis_url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let names: Vec<Vec<u8>> = redis.keys(format!("{prefix}:cache:*")).await.unwrap();
    assert!(names.len() >= 2, "{}", names.len());
    let author = record["created_by"].as_str().unwrap();
    for name in names {
        let value: Vec<u8> = redis.get(&name).await.unwrap();
        let shown = String::from_utf8_lossy(&value);
        assert!(!shown.contains(author) && !shown.contains("number"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_changed_takes_kept_answers_away() {
    let scene = scene(|_| ()).await;
    assert_hits(&scene).await;
    let admin = scene.app.admin("eve@example.org").await;
    let closed = json!({"rules": {"list": "false", "view": "false"}}).to_string();
    let request = scene.app.request("PATCH", "/v1/collections/notes").token(&admin.token);
    request.body("application/merge-patch+json", closed).send().await.ok(200);
    let (record, path) = (&scene.records[0], format!("/{}", scene.records[0]));
    crate::app::eventually("the new rule", || async { (scene.get(&path).await.status == 404).then_some(()) }).await;
    crate::app::eventually("the new rule", || async { (scene.get("").await.status == 403).then_some(()) }).await;
    scene.change(record, 1).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_asks_for_a_position_is_given_what_is_kept_of_a_parked_stream() {
    let scene = scene(|_| ()).await;
    let (parked, other) = (&scene.records[0], &scene.records[1]);
    kept(&scene, "record", &scene.ada, &format!("/{parked}")).await.ok(200);
    let park = format!(
        "INSERT INTO parked (consumer, build, lane, stream_id, position, error, attempts) \
         VALUES ('records', 1, 0, 'record-{parked}', {}, 'it was not digested', 1);
         UPDATE checkpoints SET parked_generation = parked_generation + 1 WHERE consumer = 'records'",
        scene.app.head().await
    );
    scene.app.database.connect().await.batch_execute(&park).await.unwrap();
    let changed = scene.change(other, 7).await;
    let position = changed.ok(200).header("tidemark-position").unwrap();
    let at = async |record: &str| {
        let request = scene.app.get(&format!("{RECORDS}/{record}")).token(&scene.ada.token);
        request.header("Tidemark-After", position).send().await
    };
    at(other).await.ok(200);
    at(parked).await.problem(503, "projection_parked");
    assert_eq!(scene.get(&format!("/{parked}")).await.status, 200, "whoever asks for no position sees what there is");
}

/// Asks until the answer is one that was kept, and returns that.
async fn kept(scene: &Scene, kind: &str, person: &Person, path: &str) -> Answer {
    crate::app::eventually("a kept answer", || async {
        let before = scene.lookups(kind, "hit");
        let answer = scene.get_as(person, path).await;
        (scene.lookups(kind, "hit") > before).then_some(answer)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_record_is_shown_to_nobody_from_whom_a_rule_hides_it() {
    let scene = scene(|_| ()).await;
    let (eve, admin) = (scene.app.person("eve@example.org").await, scene.app.admin("root@example.org").await);
    let path = format!("/{}", scene.records[0]);
    let read = scene.get(&path).await.ok(200).json();
    for (person, status) in [(&scene.ada, 200), (&eve, 404), (&admin, 200), (&scene.ada, 200)] {
        let answer = kept(&scene, "record", person, &path).await;
        assert_eq!(answer.status, status);
        assert!(status == 404 || answer.json() == read);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_kept_apart_for_those_whom_no_rule_narrows() {
    let scene = scene(|_| ()).await;
    let admin = scene.app.admin("root@example.org").await;
    let hidden = scene.app.request("PATCH", &format!("{RECORDS}/{}", scene.records[0])).token(&scene.ada.token);
    hidden.body("application/merge-patch+json", json!({"number": -1}).to_string()).send().await.ok(200);
    scene.app.caught_up_in(RECORDS, &scene.ada).await;
    for (person, seen) in [(&scene.ada, WRITERS - 1), (&admin, WRITERS), (&scene.ada, WRITERS - 1)] {
        let page = kept(&scene, "list", person, "?sort=number").await.ok(200).json();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(seen));
    }
}
