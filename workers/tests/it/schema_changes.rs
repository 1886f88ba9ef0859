//! The look at records for a change of their collection goes on where a killed worker has left it.

use std::sync::Arc;

use bootstrap::{Shutdown, Tasks};
use chrono::Utc;
use domain::{
    Aggregate, Command, DomainEvent,
    collections::{
        ChangeId, ChangeOutcome, Collection, CollectionId, CollectionName, DefineCollection, Definition,
        DefinitionPatch, ProposeChange, Upcasts, WithdrawChange,
    },
    records::{RecordEvent, events::Created},
    schema_changes::{SchemaChange, SchemaChangeEvent},
    users::UserId,
};
use event_store::{
    Append, EventStore, Expected, Head, NewEvent, StreamId, execute::Execution, log, record_claims::SCOPE,
};
use messaging::InProcessBus;
use projections::Projector;
use serde_json::json;
use uuid::Uuid;

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

/// More than are looked at in one go.
const RECORDS: usize = 450;

struct Scene {
    installation: Installation,
    collection: Uuid,
    change: ChangeId,
}

/// A projector of its own, which can be stopped.
fn project(installation: &Installation) -> Tasks {
    let (tasks, head) = (Tasks::new(Shutdown::new()), Head::new());
    tasks.supervise("head", {
        let (url, head, shutdown) = (installation.database.url().to_owned(), head.clone(), tasks.shutdown().clone());
        move || {
            let (url, head, shutdown) = (url.clone(), head.clone(), shutdown.clone());
            async move {
                head.watch(&url, &shutdown).await;
                Ok::<_, std::convert::Infallible>(())
            }
        }
    });
    let (url, pool) = (installation.database.url().to_owned(), installation.database.pool(4));
    Projector::new(url, pool, head, Arc::new(InProcessBus::new())).start(&tasks, projections::all());
    tasks
}

async fn execute<C>(installation: &Installation, id: Uuid, command: C)
where
    C: Command<Aggregate = Collection>,
{
    let stream = StreamId::new(Collection::CATEGORY, id);
    EventStore::execute(&installation.store, &stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
}

impl Scene {
    /// Records whose slugs are to be unique; the read model has all of that, and stands still.
    async fn set() -> Self {
        let installation = Installation::new().await;
        let (collection, change) = (Uuid::now_v7(), ChangeId::from_uuid(Uuid::now_v7()));
        let schema = json!({"type": "object", "properties": {"slug": {"type": "string"}}});
        let schema = schema.as_object().unwrap().clone();
        let definition = Definition { schema, ..Definition::default() }.normalised();
        let name = CollectionName::parse("notes").unwrap();
        execute(&installation, collection, DefineCollection { name, definition, at: Utc::now() }).await;
        let creating = (0..RECORDS).map(|number| create(&installation, collection, number));
        futures::future::join_all(creating).await;
        let patch = DefinitionPatch { unique: Some(vec!["slug".to_owned()]), ..DefinitionPatch::default() };
        let propose = ProposeChange { change, patch, upcasts: Upcasts::new(), at: Utc::now() };
        execute(&installation, collection, propose).await;
        let scene = Self { installation, collection, change };
        let projector = project(&scene.installation);
        let reached = "SELECT count(*) FROM checkpoints, log_head WHERE consumer = 'records' AND checkpoints.position = log_head.position";
        eventually("the read model", || async { scene.installation.count(reached).await == 1 }).await;
        stop(projector).await;
        scene
    }

    /// The positions between which each part was looked at.
    async fn parts(&self) -> Vec<(i64, i64, i64)> {
        let stream = StreamId::new(SchemaChange::CATEGORY, self.change.as_uuid());
        let mut conn = self.installation.database.connect().await;
        let events = log::stream(&mut conn, stream.as_str(), 0, 1_000).await.unwrap();
        let decoded = events.iter().map(|event| event.decode().unwrap());
        decoded
            .filter_map(|event| match event {
                SchemaChangeEvent::Advanced(part) => Some((part.after, part.upto, part.records)),
                SchemaChangeEvent::Swept(_) => None,
            })
            .collect()
    }

    async fn outcome(&self) -> ChangeOutcome {
        let stream = StreamId::new(Collection::CATEGORY, self.collection);
        let loaded = EventStore::load::<Collection>(&self.installation.store, &stream).await.unwrap();
        loaded.state.defined().unwrap().evolution.last.unwrap().outcome
    }

    async fn claims(&self) -> i64 {
        self.installation.count(&format!("SELECT count(*) FROM claims WHERE scope = '{SCOPE}'")).await
    }
}

async fn create(installation: &Installation, collection: Uuid, number: usize) {
    let data = json!({"slug": format!("s{number}")}).as_object().unwrap().clone();
    let by = UserId::from_uuid(Uuid::from_u128(1));
    let collection = CollectionId::from_uuid(collection);
    let created = RecordEvent::Created(Created { collection, data, by, at: Utc::now(), generation: 0 });
    assert_eq!(created.name().version, 1);
    let events = vec![NewEvent::from_domain(&created).unwrap()];
    let stream = StreamId::new("record", Uuid::now_v7());
    let append = Append::to_stream(Uuid::now_v7(), stream, Expected::Exactly(0), events);
    installation.store.append(append).await.unwrap();
}

async fn stop(projector: Tasks) {
    projector.shutdown().request();
    assert!(projector.join(crate::installation::PATIENCE).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_look_is_gone_on_with_from_where_it_was() {
    let scene = Scene::set().await;
    let worker = WorkerProcess::start(&scene.installation).await;
    // It waits for the read model before it goes on.
    eventually("a first part", || async { scene.parts().await.len() == 1 }).await;
    worker.kill();
    let [(after, upto, records)] = scene.parts().await[..] else { panic!("one part") };
    assert_eq!((after, records, scene.claims().await), (0, 200, 200));
    assert_eq!(scene.outcome().await, ChangeOutcome::Pending);

    let projector = project(&scene.installation);
    let _worker = WorkerProcess::start(&scene.installation).await;
    eventually("the end", || async { scene.outcome().await == ChangeOutcome::Accepted }).await;
    let parts = scene.parts().await;
    assert_eq!(parts[0], (0, upto, 200));
    assert!(
        parts.windows(2).all(|pair| pair[0].1 == pair[1].0),
        "each part begins where the one before ended: {parts:?}"
    );
    assert_eq!(parts.iter().map(|part| part.2).sum::<i64>(), RECORDS as i64);
    assert_eq!(scene.claims().await, RECORDS as i64);
    // What is read is of the new generation, and in the end nothing else is there.
    let of_generation = |generation: i32| format!("SELECT count(*) FROM records WHERE generation = {generation}");
    eventually("nothing of before", || async { scene.installation.count(&of_generation(0)).await == 0 }).await;
    assert_eq!(scene.installation.count(&of_generation(1)).await, RECORDS as i64);
    stop(projector).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_a_look_that_is_not_wanted_any_more() {
    let scene = Scene::set().await;
    let worker = WorkerProcess::start(&scene.installation).await;
    eventually("a first part", || async { scene.parts().await.len() == 1 }).await;
    worker.kill();
    execute(&scene.installation, scene.collection, WithdrawChange { at: Utc::now() }).await;
    let projector = project(&scene.installation);
    let _worker = WorkerProcess::start(&scene.installation).await;
    eventually("no claims", || async { scene.claims().await == 0 }).await;
    let drafts = "SELECT count(*) FROM records WHERE generation > 0";
    eventually("no rows", || async { scene.installation.count(drafts).await == 0 }).await;
    assert_eq!((scene.outcome().await, scene.parts().await.len()), (ChangeOutcome::Withdrawn, 1));
    let read = "SELECT count(*) FROM records WHERE generation = 0";
    assert_eq!(scene.installation.count(read).await, RECORDS as i64);
    let generation = "SELECT generation::bigint AS count FROM record_generations WHERE pending IS NULL";
    assert_eq!(scene.installation.count(generation).await, 0);
    stop(projector).await;
}
