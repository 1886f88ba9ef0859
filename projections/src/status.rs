//! Where every build of every projection stands, for operators.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Double, Integer, Nullable, SmallInt, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;

/// One lane of one build.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub struct LaneStatus {
    #[diesel(sql_type = Text)]
    pub projection: String,
    #[diesel(sql_type = Integer)]
    pub build: i32,
    /// `building`, `active` or `retired`.
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = SmallInt)]
    pub lane: i16,
    #[diesel(sql_type = BigInt)]
    pub position: i64,
    /// Events of the log after the position, whomever they concern.
    #[diesel(sql_type = BigInt)]
    pub lag_events: i64,
    /// Age of the oldest of them, in seconds.
    #[diesel(sql_type = Double)]
    pub lag_seconds: f64,
    /// Streams.
    #[diesel(sql_type = BigInt)]
    pub parked: i64,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// When it last began to serve.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub activated_at: Option<DateTime<Utc>>,
    /// When the position last moved.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub updated_at: Option<DateTime<Utc>>,
}

/// Every lane of every build that has tables, ordered by projection, build and lane.
pub async fn status(conn: &mut Connection) -> QueryResult<Vec<LaneStatus>> {
    sql_query(
        "SELECT b.projection, b.build, b.state, l.lane::smallint AS lane, coalesce(c.position, 0) AS position, \
         greatest(h.position - coalesce(c.position, 0), 0) AS lag_events, \
         coalesce(greatest(extract(epoch FROM clock_timestamp() - e.recorded_at), 0), 0)::float8 AS lag_seconds, \
         (SELECT count(*) FROM parked p WHERE p.consumer = b.projection AND p.build = b.build AND p.lane = l.lane) \
         AS parked, b.started_at, b.activated_at, c.updated_at \
         FROM projection_builds b CROSS JOIN LATERAL generate_series(0, b.lanes - 1) l(lane) \
         JOIN log_head h ON h.id = 1 \
         LEFT JOIN checkpoints c ON c.consumer = b.projection AND c.build = b.build AND c.lane = l.lane \
         LEFT JOIN LATERAL (SELECT x.recorded_at FROM events x WHERE x.position = coalesce(c.position, 0) + 1) e ON true \
         WHERE b.state <> 'dropped' ORDER BY b.projection, b.build, l.lane",
    )
    .load(conn)
    .await
}
