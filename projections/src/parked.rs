//! What an operator does about streams that a projection could not digest.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, RunQueryDsl};
use event_store::consumer::{
    ConsumerKey,
    parked::{self as store, Release, ReleaseError},
};
use messaging::Bus;

use crate::{
    Batch, Projection,
    builds::{self, Build},
    handler::{self, Projecting},
    schema::{parked, projection_builds},
    snapshot,
};

pub use event_store::consumer::parked::{Parked, Release as How, ReleaseError as Refused};

/// The parked streams of a projection's active build, at most `limit`, oldest first.
pub async fn list(conn: &mut Connection, projection: &str, limit: i64) -> QueryResult<Vec<Parked>> {
    let active = builds::active(conn, projection).await?;
    let mut all = store::list(conn, Some(projection), limit).await?;
    all.retain(|stream| stream.build == active.build);
    Ok(all)
}

/// Handles the event that failed again, then what came after it. Live clients start over.
pub async fn retry(
    conn: &mut Connection,
    projection: &std::sync::Arc<dyn Projection>,
    stream_id: &str,
    bus: &std::sync::Arc<dyn Bus>,
) -> Result<(), ReleaseError> {
    release(conn, projection, stream_id, Release::Retry, bus).await
}

/// Leaves the event that failed out for ever, and handles what came after it. Live clients start over.
pub async fn skip(
    conn: &mut Connection,
    projection: &std::sync::Arc<dyn Projection>,
    stream_id: &str,
    bus: &std::sync::Arc<dyn Bus>,
) -> Result<(), ReleaseError> {
    release(conn, projection, stream_id, Release::Skip, bus).await
}

async fn release(
    conn: &mut Connection,
    projection: &std::sync::Arc<dyn Projection>,
    stream_id: &str,
    how: Release,
    bus: &std::sync::Arc<dyn Bus>,
) -> Result<(), ReleaseError> {
    let build = builds::active(conn, projection.name()).await?;
    let lane = lane_of(conn, &build, stream_id).await?.ok_or(ReleaseError::NotParked)?;
    let key = ConsumerKey { consumer: build.projection.clone(), build: build.build, lane };
    let handler = Projecting::new(projection.clone(), key.clone(), bus.clone());
    let released = conn
        .transaction(async |conn| {
            let released = store::release(conn, &handler, &key, stream_id, how).await;
            if released.is_ok() {
                // The rows change at positions that readers have passed.
                raise_resets(conn, &build).await?;
            }
            // A failure is noted in the same transaction, so it must be committed too.
            Ok::<_, diesel::result::Error>(released)
        })
        .await?;
    let (_, position) = released?;
    let (epoch, _) = snapshot::standing(conn, projection.name()).await?;
    handler::publish(&**bus, &key, &Batch::new(epoch.to_string(), position, position, None, vec![]));
    Ok(())
}

async fn lane_of(conn: &mut Connection, build: &Build, stream_id: &str) -> QueryResult<Option<i16>> {
    parked::table
        .filter(parked::consumer.eq(&build.projection))
        .filter(parked::build.eq(build.build))
        .filter(parked::stream_id.eq(stream_id))
        .select(parked::lane)
        .first(conn)
        .await
        .optional()
}

async fn raise_resets(conn: &mut Connection, build: &Build) -> QueryResult<()> {
    diesel::update(projection_builds::table.find((&build.projection, build.build)))
        .set(projection_builds::resets.eq(projection_builds::resets + 1))
        .execute(conn)
        .await?;
    Ok(())
}
