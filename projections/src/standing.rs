//! Where the build that serves stands, lane by lane, in one query.

use bootstrap::db::Connection;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, QueryResult,
    dsl::count_star,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    Epoch,
    builds::BuildState,
    schema::{checkpoints, log_incarnation, parked, projection_builds},
};

/// The build that serves, as it is at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) epoch: Epoch,
    pub(crate) lanes: Vec<LaneStanding>,
}

/// All zero for a lane that has not begun.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LaneStanding {
    pub(crate) position: i64,
    /// Under another than before, the position may have gone back: read models are committed without waiting for the disk.
    pub(crate) fence: i64,
    /// Streams.
    pub(crate) parked: i64,
}

impl Standing {
    /// The position that all lanes have reached.
    pub(crate) fn position(&self) -> i64 {
        self.lanes.iter().map(|lane| lane.position).min().unwrap_or(0)
    }
}

/// Incarnation, build, resets, lanes of the build, then lane, position, fence and parked streams of one of them.
type Row = (Uuid, i32, i32, i16, Option<i16>, Option<i64>, Option<i64>, Option<i64>);

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
            projection_builds::build,
            projection_builds::resets,
            projection_builds::lanes,
            checkpoints::lane.nullable(),
            checkpoints::position.nullable(),
            checkpoints::fence.nullable(),
            parked::table.filter(of_lane).select(count_star()).single_value(),
        ))
        .load(conn)
        .await?;
    let (incarnation, build, resets, lanes, ..) = *rows.as_slice().first().ok_or(diesel::result::Error::NotFound)?;
    let lanes = vec![LaneStanding::default(); lanes as usize];
    let mut standing = Standing { epoch: Epoch { incarnation, build, resets }, lanes };
    for (.., lane, position, fence, parked) in rows {
        let known = lane.and_then(|lane| standing.lanes.get_mut(lane as usize));
        if let (Some(lane), Some(position), Some(fence)) = (known, position, fence) {
            *lane = LaneStanding { position, fence, parked: parked.unwrap_or(0) };
        }
    }
    Ok(standing)
}
