//! What a collection declares to be indexed is indexed, once the read model has come as far.

use chrono::Utc;
use domain::{
    Aggregate, Command,
    collections::{
        ChangeCollection, Collection, CollectionName, DefineCollection, Definition, DefinitionPatch, DeleteCollection,
        Finding, FindingPatch, Index, Language,
    },
};
use event_store::{EventStore, StreamId, execute::Execution};
use serde_json::json;
use uuid::Uuid;

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

async fn execute<C>(installation: &Installation, id: Uuid, command: C)
where
    C: Command<Aggregate = Collection>,
    C::Refusal: std::fmt::Debug,
{
    let stream = StreamId::new(Collection::CATEGORY, id);
    EventStore::execute(&installation.store, &stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
}

async fn indexes(installation: &Installation) -> i64 {
    let query = "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid::regclass::text LIKE 'records_c0%'";
    installation.count(query).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_follow_the_definition_once_the_read_model_does() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let id = Uuid::now_v7();
    let schema = json!({"type": "object", "properties": {"rank": {"type": "integer"}, "title": {"type": "string"}}});
    let schema = schema.as_object().unwrap().clone();
    let finding = Finding::new(vec![Index::on("rank")], vec!["title".to_owned()], Language::SIMPLE);
    let definition = Definition { schema, finding, ..Definition::default() }.normalised();
    let name = CollectionName::parse("notes").unwrap();
    execute(&installation, id, DefineCollection { name, definition, at: Utc::now() }).await;
    let waits = "SELECT count(*) FROM jobs WHERE kind = 'collections.index_records' AND state = 'scheduled'";
    eventually("the job waits", || async { installation.count(waits).await == 1 }).await;
    assert_eq!(indexes(&installation).await, 0);
    installation
        .run(
            "INSERT INTO checkpoints (consumer, build, lane, position, incarnation, fence) \
             SELECT 'records', 1, 0, 1000, incarnation, 1 FROM log_incarnation",
        )
        .await;
    eventually("both are made", || async { indexes(&installation).await == 2 }).await;

    let finding = FindingPatch { indexed: Some(vec![]), ..FindingPatch::default() };
    let patch = DefinitionPatch { finding, ..DefinitionPatch::default() };
    execute(&installation, id, ChangeCollection { patch, at: Utc::now() }).await;
    eventually("one is dropped", || async { indexes(&installation).await == 1 }).await;
    execute(&installation, id, DeleteCollection { at: Utc::now() }).await;
    eventually("none is left", || async { indexes(&installation).await == 0 }).await;
}
