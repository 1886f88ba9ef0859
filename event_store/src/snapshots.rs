//! Snapshots: written off the request path, dropped when the queue is full. They only save reading; losing one is harmless.

use std::{convert::Infallible, sync::Arc};

use ::metrics::counter;
use bootstrap::{Shutdown, db};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, query_dsl::methods::FilterDsl,
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use domain::Aggregate;
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::{Mutex, mpsc};
use tracing::warn;

use crate::{RawJson, StreamId, aggregates::Loaded, metrics::SNAPSHOTS_DROPPED, schema::snapshots};

const QUEUE: usize = 256;

#[derive(Debug)]
pub(crate) struct Snapshot {
    stream: StreamId,
    version: i64,
    state_version: i16,
    state: RawJson,
}

/// The snapshots that wait to be written.
pub(crate) type Pending = Arc<Mutex<mpsc::Receiver<Snapshot>>>;

/// The way to the task that writes snapshots.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots(mpsc::Sender<Snapshot>);

impl Snapshots {
    pub(crate) fn new() -> (Self, Pending) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Arc::new(Mutex::new(receiver)))
    }

    /// Has a snapshot written some time soon, or not at all.
    pub(crate) fn offer<A: Aggregate + Serialize>(&self, stream: &StreamId, loaded: &Loaded<A>) {
        let Ok(state) = RawJson::from_serialize(&loaded.state) else { return };
        let snapshot =
            Snapshot { stream: stream.clone(), version: loaded.version, state_version: A::STATE_VERSION, state };
        if self.0.try_send(snapshot).is_err() {
            counter!(SNAPSHOTS_DROPPED).increment(1);
        }
    }
}

/// Writes snapshots until the process stops.
pub(crate) async fn run(pending: Pending, pool: db::Pool, shutdown: Shutdown) -> Result<(), Infallible> {
    let mut pending = pending.lock_owned().await;
    while let Some(Some(snapshot)) = shutdown.run_until(pending.recv()).await {
        if let Err(error) = write(&pool, &snapshot).await {
            warn!(stream = %snapshot.stream, %error, "a snapshot was not written");
            counter!(SNAPSHOTS_DROPPED).increment(1);
        }
    }
    Ok(())
}

async fn write(pool: &db::Pool, snapshot: &Snapshot) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut conn = pool.get().await?;
    let upsert = diesel::insert_into(snapshots::table)
        .values((
            snapshots::stream_id.eq(snapshot.stream.as_str()),
            snapshots::stream_version.eq(snapshot.version),
            snapshots::state_version.eq(snapshot.state_version),
            snapshots::state.eq(&snapshot.state),
        ))
        .on_conflict(snapshots::stream_id)
        .do_update()
        .set((
            snapshots::stream_version.eq(excluded(snapshots::stream_version)),
            snapshots::state_version.eq(excluded(snapshots::state_version)),
            snapshots::state.eq(excluded(snapshots::state)),
        ));
    // Another process may have written a later one. Of two builds, the newer's shape stays.
    let later = snapshots::stream_version.lt(excluded(snapshots::stream_version));
    let newer = snapshots::state_version.lt(excluded(snapshots::state_version));
    FilterDsl::filter(upsert, later.or(newer)).execute(&mut conn).await?;
    Ok(())
}

/// The latest snapshot of a stream that this build of the aggregate can read.
pub(crate) async fn load<A>(conn: &mut db::Connection, stream: &StreamId) -> QueryResult<Option<Loaded<A>>>
where
    A: Aggregate + DeserializeOwned,
{
    let row: Option<(i64, i16, RawJson)> = snapshots::table
        .find(stream.as_str())
        .select((snapshots::stream_version, snapshots::state_version, snapshots::state))
        .first(conn)
        .await
        .optional()?;
    Ok(row
        .filter(|(_, state_version, _)| *state_version == A::STATE_VERSION)
        .and_then(|(version, _, state)| serde_json::from_str(state.get()).ok().map(|state| Loaded { state, version })))
}
