//! Where the build that serves stands, lane by lane, in one query.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, QueryResult,
    dsl::count_star,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    Epoch,
    builds::BuildState,
    schema::{checkpoints, log_incarnation, parked, pg_postmaster_start_time, projection_builds},
};

/// The build that serves, as it is at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) epoch: Epoch,
    /// When the database server was started. Read models are committed without waiting for the disk, so that one that has
    /// crashed may stand further back than before.
    pub(crate) server_started: DateTime<Utc>,
    pub(crate) lanes: Vec<LaneStanding>,
}

/// All zero for a lane that has not begun.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LaneStanding {
    pub(crate) position: i64,
    /// Streams.
    pub(crate) parked: i64,
}

impl Standing {
    /// The position that all lanes have reached.
    pub(crate) fn position(&self) -> i64 {
        self.lanes.iter().map(|lane| lane.position).min().unwrap_or(0)
    }
}

/// Incarnation, start of the server, build, resets, lanes of the build, then lane, position and parked streams of one of them.
type Row = (Uuid, DateTime<Utc>, i32, i32, i16, Option<i16>, Option<i64>, Option<i64>);

/// `NotFound` when there is no such projection.
pub(crate) async fn read(conn: &mut Connection, projection: &str) -> QueryResult<Standing> {
    let of_lane = parked::consumer
        .eq(projection_builds::projection)
        .and(parked::build.eq(projection_builds::build))
        .and(parked::lane.nullable().eq(checkpoints::lane.nullable()));
    let of_build =
        checkpoints::consumer.eq(projection_builds::projection).and(checkpoints::build.eq(projection_builds::build));
    let rows: Vec<Row> = projection_builds::table
        .inner_join(log_incarnation::table.on(log_incarnation::id.eq(1)))
        .left_join(checkpoints::table.on(of_build))
        .filter(projection_builds::projection.eq(projection))
        .filter(projection_builds::state.eq(BuildState::Active.as_str()))
        .select((
            log_incarnation::incarnation,
            pg_postmaster_start_time(),
            projection_builds::build,
            projection_builds::resets,
            projection_builds::lanes,
            checkpoints::lane.nullable(),
            checkpoints::position.nullable(),
            parked::table.filter(of_lane).select(count_star()).single_value(),
        ))
        .load(conn)
        .await?;
    let (incarnation, server_started, build, resets, lanes, ..) =
        *rows.as_slice().first().ok_or(diesel::result::Error::NotFound)?;
    let lanes = vec![LaneStanding::default(); lanes as usize];
    let mut standing = Standing { epoch: Epoch { incarnation, build, resets }, server_started, lanes };
    for (.., lane, position, parked) in rows {
        let known = lane.and_then(|lane| standing.lanes.get_mut(lane as usize));
        if let (Some(lane), Some(position)) = (known, position) {
            *lane = LaneStanding { position, parked: parked.unwrap_or(0) };
        }
    }
    Ok(standing)
}
