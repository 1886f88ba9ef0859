//! Reading the log: in order of position, or one stream.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    dsl::sql,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{DecodeError, DomainEvent};
use uuid::Uuid;

use crate::{
    RawJson,
    metadata::Metadata,
    schema::{events, log_head, log_incarnation},
};

/// An event as it stands in the log. Payload and metadata are not parsed until somebody asks.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg))]
pub struct RecordedEvent {
    /// 1, 2, 3 … over all streams, in the order of commits, without gaps.
    pub position: i64,
    pub event_id: Uuid,
    pub stream_id: String,
    /// 1, 2, 3 … within the stream.
    pub stream_version: i64,
    pub category: String,
    pub event_type: String,
    pub event_version: i16,
    pub payload: RawJson,
    pub metadata: RawJson,
    /// When the database stored it; not before any event of a lower position.
    pub recorded_at: DateTime<Utc>,
}

impl RecordedEvent {
    /// The event as its aggregate defines it, upcast from whatever version was stored.
    pub fn decode<E: DomainEvent>(&self) -> Result<E, DecodeError> {
        E::decode(&self.event_type, self.event_version, &self.payload.0)
    }

    /// The metadata, or nothing of it when it does not parse (it was not written by this product then).
    pub fn metadata(&self) -> Metadata {
        serde_json::from_str(self.metadata.get()).unwrap_or_default()
    }

    /// The id of the aggregate whose stream this is.
    pub fn aggregate_id(&self) -> Option<Uuid> {
        self.stream_id.split_once('-').and_then(|(_, id)| Uuid::parse_str(id).ok())
    }
}

/// The next events after a position, at most `limit`.
pub async fn tail(conn: &mut Connection, after: i64, limit: i64) -> QueryResult<Vec<RecordedEvent>> {
    events::table
        .filter(events::position.gt(after))
        .order(events::position)
        .limit(limit)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await
}

/// Which part of the log a consumer reads.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `None` reads every category.
    pub categories: Option<Vec<String>>,
    /// `(lane, lanes)`; `None` reads every stream.
    pub lane: Option<(i16, i16)>,
}

/// A piece of the log from which a filter has taken what it lets through.
#[derive(Clone, Debug)]
pub struct Window {
    pub events: Vec<RecordedEvent>,
    /// Everything up to this position has been looked at.
    pub upto: i64,
}

/// A filtered reader looks at this many positions for each event it may return.
const WINDOW_FACTOR: i64 = 8;

/// The next events after a position that `filter` lets through, at most `limit`, none beyond `head`.
///
/// `head` may be hearsay, such as a message that outlived a restore: nothing is passed over that the log does not have.
pub async fn window(conn: &mut Connection, filter: &Filter, after: i64, head: i64, limit: i64) -> QueryResult<Window> {
    let end = filter.window_end(after, head, limit);
    let rows: Vec<(i64, Option<RecordedEvent>)> = Candidates { filter, after, upto: end, limit }.load(conn).await?;
    let known = rows.as_slice().first().map_or(after, |(head, _)| *head);
    let events: Vec<RecordedEvent> = rows.into_iter().filter_map(|(_, event)| event).collect();
    // A full answer may have stopped short of the window's end; since positions have no gaps, its last row tells where.
    let upto = match events.last() {
        Some(last) if events.len() as i64 == limit => last.position,
        Some(_) | None => end.min(known).max(after),
    };
    Ok(Window { events, upto })
}

/// The events of a window, each with the log's head as the same snapshot has it; where there is none, the head alone.
struct Candidates<'a> {
    filter: &'a Filter,
    after: i64,
    upto: i64,
    limit: i64,
}

impl QueryId for Candidates<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

type Event = (BigInt, SqlUuid, Text, BigInt, Text, Text, SmallInt, Jsonb, Jsonb, Timestamptz);

impl Query for Candidates<'_> {
    type SqlType = (BigInt, Nullable<Event>);
}

impl QueryFragment<Pg> for Candidates<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT log_head.position, event.* FROM log_head LEFT JOIN LATERAL (SELECT position, event_id, stream_id, \
             stream_version, category, event_type, event_version, payload, metadata, recorded_at FROM events \
             WHERE position > ",
        );
        out.push_bind_param::<BigInt, _>(&self.after)?;
        out.push_sql(" AND position <= ");
        out.push_bind_param::<BigInt, _>(&self.upto)?;
        self.filter.walk_conditions(&mut out)?;
        out.push_sql(" ORDER BY position LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(") AS event ON true WHERE log_head.id = 1 ORDER BY event.position");
        Ok(())
    }
}

impl Filter {
    fn is_everything(&self) -> bool {
        self.categories.is_none() && self.lane.is_none()
    }

    /// Where the next window after a position ends, at most.
    pub(crate) fn window_end(&self, after: i64, head: i64, limit: i64) -> i64 {
        let factor = if self.is_everything() { 1 } else { WINDOW_FACTOR };
        head.min(after + limit * factor).max(after)
    }

    /// Appends what it asks of a row of `events` to a condition.
    pub(crate) fn walk_conditions<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(categories) = &self.categories {
            out.push_sql(" AND category = ANY(");
            out.push_bind_param::<Array<Text>, _>(categories)?;
            out.push_sql(")");
        }
        if let Some((lane, lanes)) = &self.lane {
            out.push_sql(" AND event_lane(stream_id, ");
            out.push_bind_param::<SmallInt, _>(lanes)?;
            out.push_sql("::integer) = ");
            out.push_bind_param::<SmallInt, _>(lane)?;
        }
        Ok(())
    }
}

/// The events of some types of one category after a position, at most `limit`, in order. For rare ones: whatever else of
/// the category is there is passed over.
pub async fn of_types(
    conn: &mut Connection,
    category: &str,
    types: &[&str],
    after: i64,
    limit: i64,
) -> QueryResult<Window> {
    // Looked up before the events: what is committed in between belongs to the next window.
    let head = head(conn).await?;
    let events: Vec<RecordedEvent> = events::table
        .filter(events::category.eq(category))
        .filter(events::position.gt(after))
        .filter(events::position.le(head))
        .filter(events::event_type.eq_any(types))
        .order(events::position)
        .limit(limit)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await?;
    let is_full = events.len() as i64 == limit;
    let upto = events.last().filter(|_| is_full).map_or(head, |last| last.position);
    Ok(Window { events, upto })
}

/// A stream's events after a version, at most `limit`, in order.
pub async fn stream(
    conn: &mut Connection,
    stream_id: &str,
    after_version: i64,
    limit: i64,
) -> QueryResult<Vec<RecordedEvent>> {
    events::table
        .filter(events::stream_id.eq(stream_id))
        .filter(events::stream_version.gt(after_version))
        .order(events::stream_version)
        .limit(limit)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await
}

/// The event at a position; `None` where the log is not as far.
pub async fn at(conn: &mut Connection, position: i64) -> QueryResult<Option<RecordedEvent>> {
    events::table.filter(events::position.eq(position)).select(RecordedEvent::as_select()).first(conn).await.optional()
}

/// Single events of many streams, each named by stream and version, in no order. Those that there are not are left out.
pub async fn versions(conn: &mut Connection, wanted: &[(&str, i64)]) -> QueryResult<Vec<RecordedEvent>> {
    let (streams, versions): (Vec<&str>, Vec<i64>) = wanted.iter().copied().unzip();
    let is_wanted = sql::<Bool>("(stream_id, stream_version) IN (SELECT * FROM unnest(")
        .bind::<Array<Text>, _>(streams)
        .sql(", ")
        .bind::<Array<BigInt>, _>(versions)
        .sql("))");
    events::table.filter(is_wanted).select(RecordedEvent::as_select()).load(conn).await
}

/// The last position whose event was stored before this time; 0 where there is none. Times never fall with positions.
pub async fn before(conn: &mut Connection, time: DateTime<Utc>) -> QueryResult<i64> {
    let (mut before, mut after) = (0, head(conn).await? + 1);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        match at(conn, middle).await? {
            Some(event) if event.recorded_at < time => before = middle,
            Some(_) | None => after = middle,
        }
    }
    Ok(before)
}

/// A stream's events between two positions, both inclusive, in order, at most `limit`.
pub async fn stream_between(
    conn: &mut Connection,
    stream_id: &str,
    from: i64,
    to: i64,
    limit: i64,
) -> QueryResult<Vec<RecordedEvent>> {
    events::table
        .filter(events::stream_id.eq(stream_id))
        .filter(events::position.between(from, to))
        .order(events::stream_version)
        .limit(limit)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await
}

/// The version of a stream; 0 when it has no events.
pub async fn stream_version(conn: &mut Connection, stream_id: &str) -> QueryResult<i64> {
    let version = events::table
        .filter(events::stream_id.eq(stream_id))
        .order(events::stream_version.desc())
        .select(events::stream_version)
        .first(conn)
        .await
        .optional()?;
    Ok(version.unwrap_or(0))
}

/// Whether there is one of these streams at least.
pub async fn any_stream(conn: &mut Connection, stream_ids: impl IntoIterator<Item = &str>) -> QueryResult<bool> {
    let stream_ids: Vec<&str> = stream_ids.into_iter().collect();
    if stream_ids.is_empty() {
        return Ok(false);
    }
    let begun = events::table.filter(events::stream_id.eq_any(stream_ids)).filter(events::stream_version.eq(1));
    diesel::select(diesel::dsl::exists(begun)).get_result(conn).await
}

/// The last position of the log.
pub async fn head(conn: &mut Connection) -> QueryResult<i64> {
    log_head::table.find(1).select(log_head::position).first(conn).await
}

/// Which life of the log this database holds; a restore begins another.
pub async fn incarnation(conn: &mut Connection) -> QueryResult<Uuid> {
    log_incarnation::table.find(1).select(log_incarnation::incarnation).first(conn).await
}
