//! The moment in which one build takes the place of another.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, NullableExpressionMethods, QueryDsl, QueryResult, result::Error};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use event_store::{consumer::checkpoint, log};

use super::{
    RebuildError,
    load::{self, LoadError, Loading, Written},
    tables,
};
use crate::{
    builds::{Build, BuildState},
    schema::{clock_timestamp, projection_builds},
};

/// Readers that come while the switch waits for its locks wait too, but not longer than this.
const LOCK_TIMEOUT_MS: u32 = 250;

/// Tries to let `build` serve instead of `serving`. Returns the position at which it took over; `None` when somebody
/// used the tables or checkpoints for too long, or the rest of the events could not be projected, and nothing changed.
pub(super) async fn attempt(
    conn: &mut Connection,
    loading: &Loading<'_>,
    build: &Build,
    state: BuildState,
    serving: &Build,
) -> Result<Option<i64>, RebuildError> {
    let switched = conn.transaction(async |conn| switch(conn, loading, (build, state), serving).await).await;
    match switched {
        Ok(position) => Ok(Some(position)),
        Err(LoadError::TakenAway) => Err(RebuildError::TakenAway),
        // It is found, and its stream parked, before the next attempt.
        Err(LoadError::Handler(_)) => Ok(None),
        Err(LoadError::Query(error)) if is_lock_timeout(&error) => Ok(None),
        Err(LoadError::Query(error)) => Err(error.into()),
    }
}

async fn switch(
    conn: &mut Connection,
    loading: &Loading<'_>,
    (build, state): (&Build, BuildState),
    serving: &Build,
) -> Result<i64, LoadError> {
    // Durable, and with it everything that the build has written before.
    conn.batch_execute(&format!("SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
        .await?;
    // From here on the runners of the serving build stand still; when they go on, their build does not serve any more.
    let mut position = 0;
    for lane in 0..serving.lanes {
        let key = load::key(serving, lane);
        let checkpoint = checkpoint::lock(conn, &key).await?;
        checkpoint::touch(conn, &key).await?;
        position = position.max(checkpoint.map_or(0, |checkpoint| checkpoint.position));
    }
    project_the_rest(conn, loading, position).await?;
    tables::exchange(conn, loading.projection, (build, state), serving).await?;
    mark(conn, serving, BuildState::Active, BuildState::Retired).await?;
    mark(conn, build, state, BuildState::Active).await?;
    Ok(loading.lanes.iter().map(|lane| lane.position.max(position)).min().unwrap_or(position))
}

/// What the serving build has shown to readers, the new one must have too.
async fn project_the_rest(conn: &mut Connection, loading: &Loading<'_>, upto: i64) -> Result<(), LoadError> {
    for lane in &loading.lanes {
        let mut from = lane.position;
        while from < upto {
            let window = log::window(conn, &lane.filter, from, upto, super::BATCH).await?;
            let written = Written { key: &lane.key, state: lane.state, fence: lane.fence, from };
            load::write(conn, loading.projection, &written, &window, &lane.parked).await?;
            from = window.upto;
        }
    }
    Ok(())
}

async fn mark(conn: &mut Connection, build: &Build, from: BuildState, to: BuildState) -> Result<(), LoadError> {
    let row = projection_builds::table.find((&build.projection, build.build));
    let row = row.filter(projection_builds::state.eq(from.as_str()));
    let changed: QueryResult<usize> = match to {
        BuildState::Active => {
            let set = (
                projection_builds::state.eq(to.as_str()),
                projection_builds::activated_at.eq(clock_timestamp().nullable()),
            );
            diesel::update(row).set(set).execute(conn).await
        }
        BuildState::Building | BuildState::Retired | BuildState::Dropped => {
            let set = (
                projection_builds::state.eq(to.as_str()),
                projection_builds::retired_at.eq(clock_timestamp().nullable()),
            );
            diesel::update(row).set(set).execute(conn).await
        }
    };
    if changed? == 1 { Ok(()) } else { Err(LoadError::TakenAway) }
}

/// diesel hides the SQLSTATE, 55P03. A deadlock with somebody else's locks is passing just the same.
fn is_lock_timeout(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, information)
        if information.message().contains("lock timeout") || information.message().contains("deadlock detected"))
}
