//! Reading the log: in order of position, or one stream.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::{DecodeError, DomainEvent};
use uuid::Uuid;

use crate::{
    RawJson,
    metadata::Metadata,
    schema::{event_lane, events, log_head, log_incarnation},
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
    let everything = filter.is_everything();
    let end = |head: i64| head.min(after + limit * if everything { 1 } else { WINDOW_FACTOR }).max(after);
    let mut upto = end(head);
    let mut rows = candidates(conn, filter, after, upto, limit).await?;
    if rows.is_empty() && !everything {
        // No row tells how far the log is. Looked up before the events: what is committed in between belongs to the
        // next window.
        upto = end(head.min(self::head(conn).await?));
        rows = candidates(conn, filter, after, upto, limit).await?;
    }
    let known = rows.last().and_then(|(_, head)| *head);
    let events: Vec<RecordedEvent> = rows.into_iter().map(|(event, _)| event).collect();
    // A full answer may have stopped short of the window's end; since positions have no gaps, its last row tells where.
    // Without a filter the last row is the end of what there is.
    let upto = match events.last() {
        Some(last) if everything || events.len() as i64 == limit => last.position,
        None if everything => after,
        Some(_) | None => known.map_or(upto, |known| upto.min(known)),
    };
    Ok(Window { events, upto })
}

/// The events of a window, each with the log's head as the same snapshot has it.
async fn candidates(
    conn: &mut Connection,
    filter: &Filter,
    after: i64,
    upto: i64,
    limit: i64,
) -> QueryResult<Vec<(RecordedEvent, Option<i64>)>> {
    let head = log_head::table.find(1).select(log_head::position).single_value();
    let mut query = events::table
        .filter(events::position.gt(after))
        .filter(events::position.le(upto))
        .order(events::position)
        .limit(limit)
        .select((RecordedEvent::as_select(), head))
        .into_boxed();
    if let Some(categories) = &filter.categories {
        query = query.filter(events::category.eq_any(categories));
    }
    if let Some((lane, lanes)) = filter.lane {
        query = query.filter(event_lane(events::stream_id, i32::from(lanes)).eq(i32::from(lane)));
    }
    query.load(conn).await
}

impl Filter {
    fn is_everything(&self) -> bool {
        self.categories.is_none() && self.lane.is_none()
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

/// The last position of the log.
pub async fn head(conn: &mut Connection) -> QueryResult<i64> {
    log_head::table.find(1).select(log_head::position).first(conn).await
}

/// Which life of the log this database holds; a restore begins another.
pub async fn incarnation(conn: &mut Connection) -> QueryResult<Uuid> {
    log_incarnation::table.find(1).select(log_incarnation::incarnation).first(conn).await
}
