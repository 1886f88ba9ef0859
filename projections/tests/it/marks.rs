//! A projection that notices every event missed, doubled or out of order, and that some events make sick.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bootstrap::db::Connection;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Array, BigInt, Text},
};
use diesel_async::RunQueryDsl;
use domain::EventName;
use event_store::{NewEvent, RawJson, RecordedEvent, StreamId, consumer::HandlerError};
use futures::{FutureExt, future::BoxFuture};
use projections::{Change, Projection};
use tokio::sync::watch;
use uuid::Uuid;

use crate::scene::Scene;

pub(crate) const NAME: &str = "marks";

/// Keeps the version of each stream; refuses an event that is not the next one.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    lanes: i16,
    cured: Arc<AtomicBool>,
    /// While it is shut, no batch ends.
    gate: Arc<watch::Sender<bool>>,
}

impl Marks {
    /// Makes the table and the first build.
    pub(crate) async fn create(scene: &Scene, lanes: i16) -> Self {
        let create = "CREATE TABLE marks (stream_id text PRIMARY KEY, version bigint NOT NULL, events bigint NOT NULL)";
        let begin = "INSERT INTO projection_builds (projection, build, state, lanes) VALUES ('marks', 1, 'active'";
        scene.run(&format!("{create}; {begin}, {lanes})")).await;
        Self { lanes, cured: Arc::default(), gate: Arc::new(watch::Sender::new(true)) }
    }

    /// Sick events are digested from now on, as by a new release.
    pub(crate) fn cure(&self) {
        self.cured.store(true, Ordering::SeqCst);
    }

    pub(crate) fn shut(&self) {
        self.gate.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.gate.send_replace(true);
    }

    /// The same as a release with another number of lanes has it.
    pub(crate) fn with_lanes(&self, lanes: i16) -> Self {
        Self { lanes, ..self.clone() }
    }

    pub(crate) fn projection(&self) -> Arc<dyn Projection> {
        Arc::new(self.clone())
    }
}

impl Projection for Marks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn lanes(&self) -> i16 {
        self.lanes
    }

    fn categories(&self) -> &'static [&'static str] {
        &["note"]
    }

    fn tables(&self) -> &'static [&'static str] {
        &["marks"]
    }

    fn project<'a>(
        &'a self,
        conn: &'a mut Connection,
        events: &'a [RecordedEvent],
    ) -> BoxFuture<'a, Result<Vec<Change>, HandlerError>> {
        async move {
            drop(self.gate.subscribe().wait_for(|open| *open).await);
            for event in events {
                if event.payload.get().contains("sick") && !AtomicBool::load(&self.cured, Ordering::SeqCst) {
                    return Err(HandlerError::Other("sick".to_owned()));
                }
                mark(conn, event).await?;
            }
            Ok(vec![])
        }
        .boxed()
    }
}

async fn mark(conn: &mut Connection, event: &RecordedEvent) -> Result<(), HandlerError> {
    let marked = sql_query(
        "INSERT INTO marks AS m SELECT $1, $2, 1 ON CONFLICT (stream_id) DO UPDATE SET version = excluded.version, \
         events = m.events + 1 WHERE m.version < excluded.version",
    )
    .bind::<Text, _>(&event.stream_id)
    .bind::<BigInt, _>(event.stream_version)
    .execute(conn)
    .await?;
    if marked == 1 { Ok(()) } else { Err(HandlerError::Other(format!("{} came twice", event.position))) }
}

/// The stream of a note.
pub(crate) fn note() -> StreamId {
    StreamId::new("note", Uuid::now_v7())
}

pub(crate) fn written() -> NewEvent {
    event("well")
}

/// Makes the projection fail until it is cured.
pub(crate) fn sick() -> NewEvent {
    event("sick")
}

fn event(state: &str) -> NewEvent {
    let payload = RawJson::from_serialize(&serde_json::json!({ "state": state })).unwrap();
    NewEvent { id: Uuid::now_v7(), name: EventName { name: "note.written", version: 1 }, payload }
}

/// Events of each stream that were marked, in the order of `streams`; -1 for a stream without mark.
pub(crate) async fn marked(scene: &Scene, streams: &[&StreamId]) -> Vec<i64> {
    #[derive(QueryableByName)]
    struct Events {
        #[diesel(sql_type = BigInt)]
        events: i64,
    }
    let streams: Vec<&str> = streams.iter().map(|stream| stream.as_str()).collect();
    let sql = "SELECT coalesce(m.events, -1) AS events FROM unnest($1) WITH ORDINALITY s(id, i) \
               LEFT JOIN marks m ON m.stream_id = s.id ORDER BY s.i";
    let marks = sql_query(sql).bind::<Array<Text>, _>(streams).load::<Events>(&mut scene.connect().await).await;
    marks.unwrap().into_iter().map(|mark| mark.events).collect()
}

/// How many marks are not what the log says, stream by stream: missed, doubled or made up.
pub(crate) async fn differences(scene: &Scene) -> i64 {
    scene
        .number(
            "SELECT count(*) FROM (SELECT stream_id, count(*) AS events, max(stream_version) AS version FROM events \
             WHERE category = 'note' GROUP BY stream_id) e FULL JOIN marks m USING (stream_id) \
             WHERE (e.events, e.version) IS DISTINCT FROM (m.events, m.version)",
        )
        .await
}
