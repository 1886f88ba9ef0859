//! Removing builds: unfinished ones, and those that nobody will go back to.

use bootstrap::db::{self, Connection};
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, sql_query,
    sql_types::{Integer, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use tracing::info;

use super::lease;
use crate::{
    builds::{self, Build, BuildState},
    schema::projection_builds,
};

/// Cancels a rebuild, whichever process runs it: it finds its build gone, and ends. False when there is none.
pub async fn cancel(conn: &mut Connection, projection: &str) -> QueryResult<bool> {
    let builds = builds::in_state(conn, projection, BuildState::Building).await?;
    unfinished(conn, projection).await?;
    Ok(!builds.is_empty())
}

/// Removes what a crashed rebuild has left, unless one is running.
pub async fn discard_abandoned(url: &str, projection: &str) -> anyhow::Result<()> {
    let mut conn = db::connect(url).await?;
    if builds::in_state(&mut conn, projection, BuildState::Building).await?.is_empty() {
        return Ok(());
    }
    let Some(lease) = lease::acquire(&mut conn, projection).await? else { return Ok(()) };
    unfinished(&mut conn, projection).await?;
    Ok(lease.release(&mut conn).await?)
}

/// Removes builds that were begun, without a trace: their numbers were never seen by anybody.
pub(super) async fn unfinished(conn: &mut Connection, projection: &str) -> QueryResult<()> {
    for build in builds::in_state(conn, projection, BuildState::Building).await? {
        conn.transaction(async |conn| {
            let row = projection_builds::table.find((&build.projection, build.build));
            let building = row.filter(projection_builds::state.eq(BuildState::Building.as_str()));
            // Not when it has begun to serve in the meantime.
            if diesel::delete(building).execute(conn).await? == 1 {
                remove(conn, &build, BuildState::Building).await?;
            }
            Ok::<_, diesel::result::Error>(())
        })
        .await?;
        info!(projection, build = build.build, "an unfinished build is removed");
    }
    Ok(())
}

/// Removes the kept builds except one. Their numbers stay taken: clients may remember them.
pub(super) async fn older(conn: &mut Connection, projection: &str, kept: i32) -> QueryResult<()> {
    for build in builds::in_state(conn, projection, BuildState::Retired).await? {
        if build.build == kept {
            continue;
        }
        conn.transaction(async |conn| {
            let row = projection_builds::table.find((&build.projection, build.build));
            let retired = row.filter(projection_builds::state.eq(BuildState::Retired.as_str()));
            let dropped = projection_builds::state.eq(BuildState::Dropped.as_str());
            if diesel::update(retired).set(dropped).execute(conn).await? == 1 {
                remove(conn, &build, BuildState::Retired).await?;
            }
            Ok::<_, diesel::result::Error>(())
        })
        .await?;
        info!(projection, build = build.build, "a former build is removed");
    }
    Ok(())
}

async fn remove(conn: &mut Connection, build: &Build, state: BuildState) -> QueryResult<()> {
    for table in ["checkpoints", "parked"] {
        sql_query(format!("DELETE FROM {table} WHERE consumer = $1 AND build = $2"))
            .bind::<Text, _>(&build.projection)
            .bind::<Integer, _>(build.build)
            .execute(conn)
            .await?;
    }
    let leases = format!("{}/{}/%", build.projection, build.build);
    sql_query("DELETE FROM leases WHERE name LIKE $1").bind::<Text, _>(leases).execute(conn).await?;
    match state.schema(&build.projection, build.build) {
        Some(schema) if state != BuildState::Active => {
            conn.batch_execute(&format!("SET LOCAL lock_timeout = '10s'; DROP SCHEMA IF EXISTS {schema} CASCADE")).await
        }
        Some(_) | None => Ok(()),
    }
}
