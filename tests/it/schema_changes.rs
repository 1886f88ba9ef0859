//! Changes of collections for which all records are looked at, with every role at work: accepted and converted, refused with a
//! report, and while others write and read.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bootstrap::Shutdown;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use projections::rebuild::Rebuild;
use serde_json::{Value, json};
use tests::{http::Call, wait};

use crate::app::{Member, PATIENCE, Servers, TestApp};

const PEOPLE: &str = "/v1/collections/people";
const RECORDS: &str = "/v1/collections/people/records";
const WRITERS: usize = 3;

/// People, each with a name and a rank that is a text.
async fn scene() -> (TestApp, Member) {
    let app = TestApp::start(&Servers::Embedded).await;
    let root = app.administrator("root@example.com").await;
    let schema = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "rank": {"type": "string"}, "note": {"type": "string"}}});
    let body = json!({"name": "people", "schema": schema});
    // What a role permits may be remembered for a second.
    wait::until("the new role", PATIENCE, async || {
        let reply = app.send(Call::post("/v1/collections", body.clone()).token(&root.token)).await;
        (reply.status == 201).then_some(())
    })
    .await;
    (app, root)
}

async fn create(app: &TestApp, root: &Member, body: Value) -> String {
    let reply = app.send(Call::post(RECORDS, body).token(&root.token)).await;
    assert_eq!(reply.status, 201, "{}", reply.json());
    reply.json()["id"].as_str().unwrap().to_owned()
}

async fn propose(app: &TestApp, root: &Member, patch: Value) {
    let reply = app.send(Call::patch(PEOPLE, patch).token(&root.token)).await;
    assert_eq!(reply.status, 202, "{}", reply.json());
}

/// The change, once it has ended.
async fn ended(app: &TestApp, root: &Member) -> Value {
    wait::until("the end of the change", PATIENCE, async || {
        let view = app.send(Call::get(format!("{PEOPLE}/change")).token(&root.token)).await.json();
        let is_over = !["checking", "switching"].contains(&view["state"].as_str().unwrap());
        is_over.then_some(view)
    })
    .await
}

async fn page(app: &TestApp, root: &Member, query: &str) -> Vec<Value> {
    let reply = app.send(Call::get(format!("{RECORDS}{query}")).token(&root.token)).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    reply.json()["items"].as_array().unwrap().clone()
}

async fn texts(app: &TestApp, query: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        row: String,
    }
    let rows: Vec<Row> = sql_query(query).load(&mut app.database.connect().await).await.unwrap();
    rows.into_iter().map(|row| row.row).collect()
}

/// Everything that the read model has.
async fn read_model(app: &TestApp) -> Vec<String> {
    let mut rows = texts(app, "SELECT to_jsonb(r)::text AS row FROM records r ORDER BY id, generation").await;
    rows.extend(texts(app, "SELECT to_jsonb(g)::text AS row FROM record_generations g ORDER BY collection").await);
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_converted_and_a_rebuild_makes_the_same_of_them() {
    let (app, root) = scene().await;
    let ada = create(&app, &root, json!({"name": "Ada Lovelace", "rank": "7"})).await;
    let eve = create(&app, &root, json!({"name": "Eve", "rank": "none", "note": "x"})).await;
    let gone = create(&app, &root, json!({"name": "Bob"})).await;
    assert_eq!(app.send(Call::delete(format!("{RECORDS}/{gone}")).token(&root.token)).await.status, 204);
    let patch = json!({
        "schema": {"required": ["first", "level"], "properties": {
            "name": null, "first": {"type": "string"}, "last": {"type": "string"},
            "rank": {"type": "integer", "minimum": 0}, "level": {"type": "integer", "default": 1}}},
        "unique": ["first"], "indexed": ["rank"],
        "upcast": {"name": null, "first": "record.name.split(\" \")[0]", "last": "record.name.split(\" \")[1]",
                   "rank": "int(record.rank)"},
    });
    propose(&app, &root, patch).await;
    let view = ended(&app, &root).await;
    assert_eq!((&view["state"], &view["records"], &view["findings"]), (&json!("done"), &json!(2), &json!([])));
    let sorted = page(&app, &root, "?sort=-rank").await;
    let content =
        |item: &Value| json!([item["first"], item["last"], item["rank"], item["level"], item["note"], item["name"]]);
    let expected = [json!(["Ada", "Lovelace", 7, 1, null, null]), json!(["Eve", null, null, 1, "x", null])];
    assert_eq!(sorted.iter().map(content).collect::<Vec<_>>(), expected);
    assert_eq!(page(&app, &root, "?filter=record.rank+%3E+5").await.len(), 1);
    let twice = app.send(Call::post(RECORDS, json!({"first": "Ada"})).token(&root.token)).await;
    assert_eq!((twice.status, twice.problem().as_deref()), (409, Some("not_unique")));
    let was = app.send(Call::get(format!("{RECORDS}/{ada}?at=1")).token(&root.token)).await.json();
    assert_eq!((&was["name"], &was["rank"]), (&json!("Ada Lovelace"), &json!("7")));
    let renamed = Call::patch(format!("{RECORDS}/{eve}"), json!({"first": "Eva"})).token(&root.token);
    assert_eq!(app.send(renamed).await.json()["version"], 2);
    let back = app.send(Call::post(format!("{RECORDS}/{gone}/restore"), json!({})).token(&root.token)).await;
    assert_eq!((back.status, &back.json()["first"]), (200, &json!("Bob")), "{}", back.json());

    let stale = "SELECT id::text AS row FROM records WHERE generation = 0";
    wait::until("nothing of before", PATIENCE, async || texts(&app, stale).await.is_empty().then_some(())).await;
    app.drain().await;
    let head = app.head_now().await;
    wait::until("the read model", PATIENCE, async || (app.position_of("records").await >= head).then_some(())).await;
    let before = read_model(&app).await;
    assert_eq!(before.len(), 4, "three records, and what is read");
    let records = projections::by_name("records").unwrap();
    let bus = Arc::new(messaging::InProcessBus::new());
    Rebuild::new(records, app.database.url(), bus).run(&Shutdown::new()).await.unwrap();
    assert_eq!(read_model(&app).await, before);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_records_do_not_keep_to_is_reported_and_nothing_remains_of_it() {
    let (app, root) = scene().await;
    let ada = create(&app, &root, json!({"name": "Ada", "rank": "100"})).await;
    let eve = create(&app, &root, json!({"name": "Ada", "rank": "1"})).await;
    create(&app, &root, json!({"name": "Bob"})).await;
    let patch = json!({"schema": {"properties": {"rank": {"maxLength": 2}}}, "unique": ["name"]});
    propose(&app, &root, patch.clone()).await;
    let view = ended(&app, &root).await;
    assert_eq!((&view["state"], &view["records"]), (&json!("refused"), &json!(3)));
    let finding = |record: &str, pointer: &str, code: &str| json!({"record": record, "pointer": pointer, "code": code});
    // A record is reported under the one thing or the other: what is not valid takes no value.
    assert_eq!(view["findings"], json!([finding(&ada, "/rank", "too_long")]));
    let shorter = Call::patch(format!("{RECORDS}/{ada}"), json!({"rank": "10"})).token(&root.token);
    assert_eq!(app.send(shorter).await.status, 200);
    propose(&app, &root, patch.clone()).await;
    let view = ended(&app, &root).await;
    assert_eq!(view["state"], "refused");
    let [found] = &view["findings"].as_array().unwrap()[..] else { panic!("one: {view}") };
    assert_eq!((&found["pointer"], &found["code"]), (&json!("/name"), &json!("not_unique")));
    assert!([ada.as_str(), eve.as_str()].contains(&found["record"].as_str().unwrap()));
    app.drain().await;
    let left = [
        "SELECT stream_id AS row FROM claims WHERE scope = 'record.unique'",
        "SELECT id::text AS row FROM records WHERE generation > 0",
    ];
    for query in left {
        wait::until("nothing left", PATIENCE, async || texts(&app, query).await.is_empty().then_some(())).await;
    }
    // The name is anybody's still.
    create(&app, &root, json!({"name": "Bob"})).await;
    let all = page(&app, &root, "").await;
    for (name, id) in [("Ada", &eve), ("Bob", &all[0]["id"].as_str().unwrap().to_owned())] {
        let other = Call::patch(format!("{RECORDS}/{id}"), json!({"name": format!("{name} the other")}));
        assert_eq!(app.send(other.token(&root.token)).await.status, 200);
    }
    propose(&app, &root, patch).await;
    assert_eq!(ended(&app, &root).await["state"], "done");
    let twice = app.send(Call::post(RECORDS, json!({"name": "Ada"})).token(&root.token)).await;
    assert_eq!((twice.status, twice.problem().as_deref()), (409, Some("not_unique")));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_takes_nothing_of_another_generation() {
    let (app, root) = scene().await;
    let short = json!({"schema": {"properties": {"code": {"type": "string", "maxLength": 9}}}, "indexed": ["code"]});
    assert_eq!(app.send(Call::patch(PEOPLE, short).token(&root.token)).await.status, 200);
    // Nothing that can be compressed to what an index takes.
    let mut long = String::new();
    while long.len() < 100_000 {
        long.push_str(&uuid::Uuid::now_v7().simple().to_string());
    }
    create(&app, &root, json!({"name": "Ada", "code": "a", "note": long})).await;
    let indexes = "SELECT indexrelid::regclass::text AS row FROM pg_index \
                   WHERE indisvalid AND indexrelid::regclass::text LIKE 'records_c0%'";
    let made = wait::until("an index", PATIENCE, async || {
        let made = texts(&app, indexes).await;
        (made.len() == 1).then_some(made)
    })
    .await;
    let patch = json!({"schema": {"properties": {"code": {"maxLength": null}, "rank": {"type": "integer"}}},
                       "indexed": ["rank"], "upcast": {"code": "record.note", "rank": "int(record.rank)"}});
    propose(&app, &root, patch).await;
    assert_eq!(ended(&app, &root).await["state"], "done");
    assert_eq!(page(&app, &root, "").await[0]["code"], long);
    wait::until("the other index", PATIENCE, async || {
        let now = texts(&app, indexes).await;
        (now.len() == 1 && now != made).then_some(())
    })
    .await;
    app.stop().await;
}

/// Writes people, each of another rank, in whatever form is taken, until told to stop; the ranks by id.
async fn write(app: &TestApp, root: &Member, writer: usize, over: &AtomicBool) -> Vec<(String, i64)> {
    let mut written = vec![];
    while !over.load(Ordering::Relaxed) || written.len() < 20 {
        let rank = (written.len() * WRITERS + writer) as i64;
        let name = format!("{writer}-{rank}");
        let old =
            app.send(Call::post(RECORDS, json!({"name": name, "rank": rank.to_string()})).token(&root.token)).await;
        let reply = match old.status {
            201 => old,
            _ => {
                assert_eq!(
                    (old.status, old.json()["errors"][0]["pointer"].clone()),
                    (422, json!("/rank")),
                    "{}",
                    old.json()
                );
                app.send(Call::post(RECORDS, json!({"name": name, "rank": rank})).token(&root.token)).await
            }
        };
        assert_eq!(reply.status, 201, "{}", reply.json());
        let id = reply.json()["id"].as_str().unwrap().to_owned();
        let noted = Call::patch(format!("{RECORDS}/{id}"), json!({"note": "n"})).token(&root.token);
        assert_eq!(app.send(noted).await.status, 200);
        written.push((id, rank));
    }
    written
}

/// Reads until told to stop: every page is of one kind. How many of each there were.
async fn read(app: &TestApp, root: &Member, over: &AtomicBool) -> (usize, usize) {
    let (mut old, mut new) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let items = page(app, root, "?limit=200").await;
        let texts = items.iter().filter(|item| item["rank"].is_string()).count();
        assert!(texts == 0 || texts == items.len(), "{texts} of {} are of before", items.len());
        match texts {
            0 => new += 1,
            _ => old += 1,
        }
    }
    (old, new)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn others_write_and_read_during_a_change_and_nothing_is_lost_or_mixed() {
    let (app, root) = scene().await;
    for number in 0..30 {
        create(&app, &root, json!({"name": format!("first-{number}"), "rank": "1000"})).await;
    }
    let over = AtomicBool::new(false);
    let writers = futures::future::join_all((0..WRITERS).map(|writer| write(&app, &root, writer, &over)));
    let change = async {
        wait::until("a start", PATIENCE, async || (app.head_now().await > 60).then_some(())).await;
        let patch = json!({"schema": {"properties": {"rank": {"type": "integer"}}}, "unique": ["name"],
                           "upcast": {"rank": "int(record.rank)"}});
        propose(&app, &root, patch).await;
        let view = ended(&app, &root).await;
        assert_eq!(view["state"], "done", "{view}");
        wait::until("pages of after", PATIENCE, async || {
            page(&app, &root, "?limit=1").await[0]["rank"].is_number().then_some(())
        })
        .await;
        over.store(true, Ordering::Relaxed);
    };
    let (written, (old, _), ()) = futures::future::join3(writers, read(&app, &root, &over), change).await;
    assert!(old > 0, "somebody has read before");
    for (id, rank) in written.into_iter().flatten() {
        let call =
            Call::get(format!("{RECORDS}/{id}")).token(&root.token).header("tidemark-after", app.head_now().await);
        let shown = app.send(call).await.json();
        assert_eq!((&shown["rank"], &shown["note"]), (&json!(rank), &json!("n")), "{shown}");
    }
    // Each value is taken once, by whoever has it.
    let records = texts(&app, "SELECT stream_id AS row FROM claims WHERE scope = 'record.unique'").await.len();
    let rows = texts(&app, "SELECT id::text AS row FROM records WHERE generation = 1").await.len();
    assert_eq!(records, rows);
    app.stop().await;
}
