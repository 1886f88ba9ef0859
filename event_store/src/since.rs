//! What has become of some streams since a position: for whoever has to know what others saw meanwhile.

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, QueryableByName, SelectableHelper, sql_query,
    sql_types::{Array, BigInt, Text},
};
use diesel_async::RunQueryDsl;

use crate::{RecordedEvent, StreamId, schema::events};

/// How much is read, over all streams.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub events: i64,
    /// Of payloads, as the database keeps them.
    pub bytes: i64,
}

/// An event that would be read.
#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// From the last version up to the position on, which is found from the newest backwards: a long stream that has hardly
/// changed since costs no more than a short one.
const FIND: &str = "
    SELECT e.position, pg_column_size(e.payload)::bigint AS bytes
    FROM unnest($1) s(stream)
    CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT x.stream_version FROM events x WHERE x.stream_id = s.stream AND x.position <= $2
            ORDER BY x.stream_version DESC LIMIT 1
        ), 1) AS version
    ) v
    CROSS JOIN LATERAL (
        (SELECT x.position, x.payload FROM events x
         WHERE x.stream_id = s.stream AND x.stream_version = 1 AND v.version > 1)
        UNION ALL
        (SELECT x.position, x.payload FROM events x WHERE x.stream_id = s.stream AND x.stream_version >= v.version
         ORDER BY x.stream_version LIMIT $3)
    ) e
    LIMIT $3";

/// Of each stream its first event, the last one up to a position, and all those after it; in the order of positions.
/// `None` when that is too much.
pub async fn of_streams(
    conn: &mut Connection,
    streams: &[StreamId],
    position: i64,
    most: Most,
) -> QueryResult<Option<Vec<RecordedEvent>>> {
    let streams: Vec<&str> = streams.iter().map(StreamId::as_str).collect();
    let query = sql_query(FIND).bind::<Array<Text>, _>(streams).bind::<BigInt, _>(position);
    let found: Vec<Found> = query.bind::<BigInt, _>(most.events + 1).load(conn).await?;
    if found.len() as i64 > most.events || found.iter().map(|found| found.bytes).sum::<i64>() > most.bytes {
        return Ok(None);
    }
    let events = events::table
        .filter(events::position.eq_any(found.iter().map(|found| found.position).collect::<Vec<_>>()))
        .order(events::position)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await?;
    Ok(Some(events))
}
