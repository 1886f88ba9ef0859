//! Changes of collections to which records may not keep as they are: what is written and read while they are pending, at the
//! switch, and afterwards. Here the test looks at the records, as workers do; tests/it has the whole.

use chrono::Utc;
use diesel_async::SimpleAsyncConnection;
use domain::{
    Aggregate, Command,
    collections::{
        AcceptChange, ChangeId, Collection, CollectionId, DefinitionPatch, ProposeChange, RefuseChange, Upcasts,
    },
    schema_changes::{Advance, FoundProblem, SchemaChange},
};
use event_store::{ClaimChange, EventStore, Execution, StreamId, record_claims};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp, eventually},
    client::{Answer, Request},
    collections::define,
    record_exports::{export_of, lines},
};

const NOTES: &str = "/v1/collections/notes";
const RECORDS: &str = "/v1/collections/notes/records";

struct Scene {
    app: TestApp,
    admin: Person,
    /// Of another process.
    store: EventStore,
    collection: Uuid,
}

/// Notes with a rank that is a text.
async fn scene() -> Scene {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let rules =
        json!({"list": "record.rank != \"9\"", "view": "true", "create": "true", "update": "true", "delete": "true"});
    let schema = json!({"type": "object", "properties": {"rank": {"type": "string"}, "slug": {"type": "string"}}});
    let body = json!({"name": "notes", "schema": schema, "rules": rules});
    let view = define(&app, &admin, &body).send().await.ok(201).json();
    let collection = view["id"].as_str().unwrap().parse().unwrap();
    let (tasks, pool) = (&app.context.tasks, app.database.pool(2));
    let store = EventStore::open(app.database.url(), pool, event_store::Head::new(), tasks, Default::default());
    Scene { app, admin, store, collection }
}

/// Ranks become numbers, and with them the rule that names one.
fn to_numbers() -> Value {
    json!({"schema": {"properties": {"rank": {"type": "integer"}}}, "rules": {"list": "record.rank != 9"},
           "upcast": {"rank": "int(record.rank)"}})
}

impl Scene {
    fn change(&self, body: &Value) -> Request {
        let request = self.app.request("PATCH", NOTES).token(&self.admin.token);
        request.body("application/merge-patch+json", body.to_string())
    }

    async fn proposed(&self, body: &Value) -> ChangeId {
        let answer = self.change(body).send().await;
        assert_eq!(answer.ok(202).header("location"), Some("/v1/collections/notes/change"));
        ChangeId::from_uuid(answer.json()["id"].as_str().unwrap().parse().unwrap())
    }

    fn create(&self, body: &Value) -> Request {
        self.app.request("POST", RECORDS).token(&self.admin.token).json(body)
    }

    async fn created(&self, body: &Value) -> String {
        self.create(body).send().await.ok(201).json()["id"].as_str().unwrap().to_owned()
    }

    fn patch(&self, id: &str, body: &Value) -> Request {
        let request = self.app.request("PATCH", &format!("{RECORDS}/{id}")).token(&self.admin.token);
        request.body("application/merge-patch+json", body.to_string())
    }

    /// What is read now, without waiting for anything.
    async fn read(&self, rest: &str) -> Answer {
        self.app.get(&format!("{RECORDS}{rest}")).token(&self.admin.token).send().await
    }

    async fn read_after(&self, rest: &str) -> Answer {
        let after = self.app.head().await.to_string();
        self.app.get(&format!("{RECORDS}{rest}")).token(&self.admin.token).header("Tidemark-After", after).send().await
    }

    async fn ranks(&self, query: &str) -> Vec<Value> {
        let page = self.read(query).await.ok(200).json();
        page["items"].as_array().unwrap().iter().map(|item| item["rank"].clone()).collect()
    }

    async fn exported(&self) -> Vec<Value> {
        let lines = lines(&export_of(&self.app, &self.admin, &format!("{NOTES}/export")).await);
        lines.iter().map(|line| line["rank"].clone()).collect()
    }

    async fn state(&self) -> Value {
        self.app.get(&format!("{NOTES}/change")).token(&self.admin.token).send().await.ok(200).json()
    }

    async fn execute<C>(&self, id: Uuid, command: C, execution: Execution)
    where
        C: Command,
        C::Aggregate: Serialize + DeserializeOwned,
    {
        let stream = StreamId::new(<C::Aggregate as Aggregate>::CATEGORY, id);
        self.store.execute(&stream, command, execution).await.unwrap();
    }

    /// Looks at all records, as the workers' job does.
    async fn look(&self, change: ChangeId, findings: Vec<FoundProblem>, claims: Vec<ClaimChange>) {
        let (collection, upto) = (CollectionId::from_uuid(self.collection), self.app.head().await);
        let command = Advance { collection, change, after: 0, upto, records: 1, findings, at: Utc::now() };
        let execution = Execution { claims, ..Execution::new(Uuid::now_v7()) };
        self.execute(change.as_uuid(), command, execution).await;
        self.read_after("?limit=1").await.ok(200);
    }

    async fn accept(&self, change: ChangeId) {
        let command = AcceptChange { change, records: 1, at: Utc::now() };
        self.execute(self.collection, command, Execution::new(Uuid::now_v7())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_is_of_before_or_of_after_and_never_a_part_of_either() {
    let scene = scene().await;
    let id = scene.created(&json!({"rank": "7", "slug": "a"})).await;
    scene.created(&json!({"rank": "9"})).await;
    let shown = scene.read_after(&format!("/{id}")).await;
    assert_eq!((shown.ok(200).json()["rank"].clone(), shown.header("etag")), (json!("7"), Some("\"v1\"")));
    let change = scene.proposed(&to_numbers()).await;
    assert_eq!(scene.state().await["state"], "checking");
    scene.look(change, vec![], vec![]).await;
    assert_eq!(
        scene.ranks("?filter=record.rank+%3D%3D+%227%22").await,
        [json!("7")],
        "what is made beside is not read"
    );

    // The read model stands still.
    let mut held = scene.app.database.connect().await;
    held.batch_execute("BEGIN; SELECT FROM checkpoints WHERE consumer = 'records' FOR UPDATE").await.unwrap();
    scene.accept(change).await;
    assert_eq!(scene.state().await["state"], "switching");
    let member = scene.app.person("eve@example.org").await;
    for _ in 0..3 {
        assert_eq!(scene.ranks("?sort=rank").await, [json!("7"), json!("9")]);
        assert_eq!(scene.ranks("?filter=record.rank+%3D%3D+%227%22&total=exact").await, [json!("7")]);
        assert_eq!(scene.ranks("?filter=record.rank+%3D%3D+%22x%22").await, Vec::<Value>::new());
        let shown = scene.read(&format!("/{id}")).await;
        assert_eq!((shown.ok(200).json()["rank"].clone(), shown.header("etag")), (json!("7"), Some("\"v1\"")));
        let page = scene.app.get(RECORDS).token(&member.token).send().await.ok(200).json();
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "the rule of before holds for what was before");
    }
    scene.read("?filter=record.rank+%3D%3D+7").await.problem(400, "invalid_request");
    // What is written is of after.
    scene.create(&json!({"rank": "8"})).send().await.problem(422, "validation_failed");
    let written = scene.patch(&id, &json!({"slug": "b"})).send().await.ok(200).json();
    assert_eq!((&written["rank"], &written["slug"], &written["version"]), (&json!(7), &json!("b"), &json!(2)));
    let cursor = scene.read("?sort=rank&limit=1").await.ok(200).json()["next_cursor"].as_str().unwrap().to_owned();

    held.batch_execute("COMMIT").await.unwrap();
    let shown = scene.read_after(&format!("/{id}")).await;
    assert_eq!((shown.ok(200).json(), shown.header("etag")), (written, Some("\"v2.1\"")));
    assert_eq!(scene.ranks("?sort=rank").await, [json!(7), json!(9)]);
    assert_eq!(scene.ranks("?filter=record.rank+%3D%3D+7").await, [json!(7)]);
    assert_eq!(scene.exported().await, [json!(7), json!(9)]);
    let page = scene.app.get(RECORDS).token(&member.token).send().await.ok(200).json();
    assert_eq!(page["items"][0]["rank"], 7);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(scene.state().await["state"], "done");
    scene.read(&format!("?sort=rank&limit=1&cursor={cursor}")).await.problem(400, "cursor_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_converted_record_is_changed_deleted_restored_and_its_history_is_as_it_was() {
    let scene = scene().await;
    let (id, gone) = (scene.created(&json!({"rank": "7"})).await, scene.created(&json!({"rank": "5"})).await);
    let delete = |id: &str| scene.app.request("DELETE", &format!("{RECORDS}/{id}")).token(&scene.admin.token);
    let restore = |id: &str, body: Value| {
        scene.app.request("POST", &format!("{RECORDS}/{id}/restore")).token(&scene.admin.token).json(&body)
    };
    delete(&gone).send().await.ok(204);
    scene.read_after("").await.ok(200);
    let change = scene.proposed(&to_numbers()).await;
    scene.look(change, vec![], vec![]).await;
    scene.accept(change).await;
    let shown = scene.read_after(&format!("/{id}")).await;
    assert_eq!((shown.ok(200).json()["rank"].clone(), shown.header("etag")), (json!(7), Some("\"v1.1\"")));
    let cached = |tag: &str| {
        let request = scene.app.get(&format!("{RECORDS}/{id}")).token(&scene.admin.token);
        request.header("If-None-Match", tag).send()
    };
    cached("\"v1\"").await.ok(200);
    cached("\"v1.1\"").await.ok(304);
    let was = scene.read(&format!("/{id}?at=1")).await;
    assert_eq!(was.ok(200).json()["rank"], json!("7"), "history is as it was written");

    let changed = scene.patch(&id, &json!({"rank": 8})).header("If-Match", "\"v1.1\"").send().await.ok(200).json();
    assert_eq!((&changed["rank"], &changed["version"]), (&json!(8), &json!(2)));
    let versions = scene.read(&format!("/{id}/history")).await.ok(200).json();
    let ranks: Vec<_> = (0..2).map(|at| versions["items"][at]["record"]["rank"].clone()).collect();
    assert_eq!(ranks, [json!(8), json!("7")]);
    let back = restore(&id, json!({"version": 1})).send().await.ok(200).json();
    assert_eq!(back["rank"], 7, "an older content comes back as it would be now");
    assert_eq!(restore(&gone, json!({})).send().await.ok(200).json()["rank"], 5);
    assert_eq!(scene.read_after(&format!("/{gone}")).await.ok(200).json()["rank"], 5, "the read model has it too");
    delete(&id).send().await.ok(204);
    scene.read_after(&format!("/{id}")).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_keeps_to_a_change_from_the_moment_at_which_it_is_proposed() {
    let scene = scene().await;
    // This process knows the collection by heart; another one proposes.
    let id = scene.created(&json!({"rank": "7"})).await;
    let schema = json!({"properties": {"rank": {"type": "string", "maxLength": 2}}});
    let patch = DefinitionPatch { schema: schema.as_object().cloned(), ..DefinitionPatch::default() };
    let change = ChangeId::from_uuid(Uuid::now_v7());
    let command = ProposeChange { change, patch, upcasts: Upcasts::new(), at: Utc::now() };
    scene.execute(scene.collection, command, Execution::new(Uuid::now_v7())).await;
    let problem = scene.create(&json!({"rank": "100"})).send().await.problem(409, "invalid_for_change");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/rank"), &json!("too_long"))
    );
    scene.patch(&id, &json!({"rank": "100"})).send().await.problem(409, "invalid_for_change");
    let operations = json!({"operations": [{"op": "create", "collection": "notes", "data": {"rank": "100"}}]});
    let batch = scene.app.request("POST", "/v1/batch").token(&scene.admin.token).json(&operations).send().await;
    let problem = batch.problem(409, "invalid_for_change");
    assert_eq!(problem["errors"][0]["pointer"], "/operations/0/data/rank");
    let once = || scene.create(&json!({"rank": "10"})).header("Idempotency-Key", "once").send();
    let made = once().await.ok(201).json();

    let withdraw = || scene.app.request("DELETE", &format!("{NOTES}/change")).token(&scene.admin.token).send();
    withdraw().await.ok(204);
    withdraw().await.problem(404, "not_found");
    assert_eq!(scene.state().await["state"], "withdrawn");
    let long = || scene.create(&json!({"rank": "100"})).header("Idempotency-Key", "long").send();
    let long_one = long().await.ok(201).json();
    scene.proposed(&json!({"schema": {"properties": {"rank": {"maxLength": 1}}}})).await;
    assert_eq!((once().await.ok(201).json(), long().await.ok(201).json()), (made, long_one), "repeats are answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_are_to_be_unique_are_taken_by_whoever_writes_them() {
    let scene = scene().await;
    let (first, second) = (scene.created(&json!({"slug": "a"})).await, scene.created(&json!({"slug": "b"})).await);
    scene.read_after("").await.ok(200);
    let change = scene.proposed(&json!({"unique": ["slug"]})).await;
    scene.create(&json!({"slug": "c"})).send().await.ok(201);
    scene.create(&json!({"slug": "c"})).send().await.problem(409, "not_unique");
    // Nobody has looked at the first two; what changes of the second is taken all the same, and stays taken.
    scene.patch(&second, &json!({"rank": "1"})).send().await.ok(200);
    scene.create(&json!({"slug": "b"})).send().await.problem(409, "not_unique");
    scene.patch(&second, &json!({"slug": "d"})).send().await.ok(200);
    scene.create(&json!({"slug": "b"})).send().await.ok(201);
    let stream = StreamId::new("record", first.parse().unwrap());
    let key_hash = record_claims::hash(CollectionId::from_uuid(scene.collection), "slug", Some(change), &json!("a"));
    let take = ClaimChange::Take { scope: record_claims::SCOPE, key_hash, stream };
    scene.look(change, vec![], vec![take]).await;
    scene.accept(change).await;
    for taken in ["a", "b", "c", "d"] {
        scene.create(&json!({"slug": taken})).send().await.problem(409, "not_unique");
    }
    scene.patch(&first, &json!({"slug": "e"})).send().await.ok(200);
    scene.create(&json!({"slug": "a"})).send().await.ok(201);
    scene.create(&json!({"slug": "e"})).send().await.problem(409, "not_unique");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_change_is_pending_at_a_time_and_its_end_is_reported() {
    let scene = scene().await;
    let id = scene.created(&json!({"rank": "x"})).await;
    scene.app.get(&format!("{NOTES}/change")).token(&scene.admin.token).send().await.problem(404, "not_found");
    let request = || scene.change(&to_numbers()).header("Idempotency-Key", "once").send();
    let first = request().await;
    assert_eq!((first.ok(202).json(), request().await.ok(202).json()), (first.json(), first.json()), "a repeat");
    let change = ChangeId::from_uuid(first.json()["id"].as_str().unwrap().parse().unwrap());
    scene.change(&to_numbers()).send().await.problem(409, "change_pending");
    scene.change(&json!({"description": "What is noted"})).send().await.problem(409, "change_pending");

    let record = domain::records::RecordId::from_uuid(id.parse().unwrap());
    let found = FoundProblem { record, pointer: "/rank".to_owned(), code: "missing_field".to_owned() };
    scene.look(change, vec![found], vec![]).await;
    let command = RefuseChange { change, records: 1, findings: 1, at: Utc::now() };
    scene.execute(scene.collection, command, Execution::new(Uuid::now_v7())).await;
    let state = scene.state().await;
    assert_eq!(
        (&state["state"], &state["records"], &state["is_cut_off"]),
        (&json!("refused"), &json!(1), &json!(false))
    );
    assert_eq!(state["findings"], json!([{"record": id, "pointer": "/rank", "code": "missing_field"}]));
    let view = scene.app.get(NOTES).token(&scene.admin.token).send().await.ok(200).json();
    assert_eq!(view["schema"]["properties"]["rank"], json!({"type": "string"}));
    scene.change(&json!({"description": "What is noted"})).send().await.ok(200);

    let wrong = json!({"schema": {"properties": {"rank": {"type": "integer"}}}, "rules": {"list": "true"},
                       "upcast": {"rank": "record.ranc", "x": null}});
    let problem = scene.change(&wrong).send().await.problem(422, "validation_failed");
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/upcast/rank", "/upcast/x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_conversion_goes_on_from_the_first() {
    let scene = scene().await;
    let (id, other) = (scene.created(&json!({"rank": "7"})).await, scene.created(&json!({"rank": "8"})).await);
    scene.read_after("").await.ok(200);
    let change = scene.proposed(&to_numbers()).await;
    scene.look(change, vec![], vec![]).await;
    scene.accept(change).await;
    eventually("the switch", async || (scene.state().await["state"] == "done").then_some(())).await;
    scene.patch(&other, &json!({"rank": 18})).send().await.ok(200);
    scene.read_after("").await.ok(200);
    let doubled = json!({"schema": {"properties": {"rank": {"type": "number"}}}, "rules": {"list": "true"},
                         "upcast": {"rank": "double(record.rank) / 2.0"}});
    let change = scene.proposed(&doubled).await;
    scene.look(change, vec![], vec![]).await;
    scene.accept(change).await;
    eventually("the switch", async || (scene.state().await["state"] == "done").then_some(())).await;
    assert_eq!(scene.ranks("?sort=rank").await, [json!(3.5), json!(9.0)]);
    assert_eq!(scene.exported().await, [json!(3.5), json!(9.0)]);
    assert_eq!(
        scene.patch(&id, &json!({"slug": "a"})).send().await.ok(200).json()["rank"],
        json!(3.5),
        "both, on the log"
    );
    let stream = StreamId::new(SchemaChange::CATEGORY, change.as_uuid());
    assert_eq!(scene.store.load::<SchemaChange>(&stream).await.unwrap().state.records, 1);
    let loaded = scene.store.load::<Collection>(&StreamId::new(Collection::CATEGORY, scene.collection)).await.unwrap();
    assert_eq!(loaded.state.defined().unwrap().evolution.steps.len(), 2);
}
