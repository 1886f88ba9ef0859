//! Reading the log backwards, from the newest event: for people who look at what happened.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgAnyJsonExpressionMethods, QueryDsl, QueryResult,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;

use crate::{RecordedEvent, schema::events};

/// Events that a page looks at, at most: rare ones are not searched for through the whole log in one go.
const MOST_LOOKED_AT: i64 = 10_000;

/// Which events are meant; `None` means all.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub category: Option<String>,
    pub event_type: Option<String>,
    /// As [`crate::Metadata::actor`] has it.
    pub actor: Option<String>,
}

/// Some events, the newest first.
#[derive(Clone, Debug)]
pub struct Found {
    pub events: Vec<RecordedEvent>,
    /// Everything from here on has been looked at; `None` when that is the whole log.
    pub before: Option<i64>,
}

/// A stream's events before a version, from the newest, at most `limit`.
pub async fn of_stream(
    conn: &mut Connection,
    stream_id: &str,
    before_version: i64,
    limit: i64,
) -> QueryResult<Vec<RecordedEvent>> {
    events::table
        .filter(events::stream_id.eq(stream_id))
        .filter(events::stream_version.lt(before_version))
        .order(events::stream_version.desc())
        .limit(limit)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await
}

/// A stream's events that were stored by then, from the newest, at most `limit`.
pub async fn of_stream_by(
    conn: &mut Connection,
    stream_id: &str,
    stored_by: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<RecordedEvent>> {
    events::table
        .filter(events::stream_id.eq(stream_id))
        .filter(events::recorded_at.le(stored_by))
        .order(events::stream_version.desc())
        .limit(limit)
        .select(RecordedEvent::as_select())
        .load(conn)
        .await
}

/// The log's events before a position, from the newest, at most `limit`. May find fewer, even none, although there are
/// others further back: [`Found::before`] says where to go on.
pub async fn of_log(conn: &mut Connection, search: &Search, before: i64, limit: i64) -> QueryResult<Found> {
    let floor = if search.needs_bound() { floor(conn, search, before).await? } else { None };
    let mut query = events::table
        .filter(events::position.lt(before).and(events::position.ge(floor.unwrap_or(0))))
        .order(events::position.desc())
        .limit(limit + 1)
        .select(RecordedEvent::as_select())
        .into_boxed();
    if let Some(category) = &search.category {
        query = query.filter(events::category.eq(category));
    }
    if let Some(event_type) = &search.event_type {
        query = query.filter(events::event_type.eq(event_type));
    }
    if let Some(actor) = &search.actor {
        query = query.filter(events::metadata.retrieve_as_text("actor").eq(actor));
    }
    let mut events: Vec<RecordedEvent> = query.load(conn).await?;
    let more = events.len() as i64 > limit;
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let before = if more { events.last().map(|event| event.position) } else { floor };
    Ok(Found { events, before })
}

/// How far a page may look; `None` when that is the beginning.
async fn floor(conn: &mut Connection, search: &Search, before: i64) -> QueryResult<Option<i64>> {
    let Some(category) = &search.category else {
        // Positions have no gaps.
        let head = crate::log::head(conn).await?.saturating_add(1);
        return Ok(Some(before.min(head).saturating_sub(MOST_LOOKED_AT)).filter(|floor| *floor > 1));
    };
    events::table
        .filter(events::category.eq(category))
        .filter(events::position.lt(before))
        .order(events::position.desc())
        .offset(MOST_LOOKED_AT)
        .select(events::position)
        .first(conn)
        .await
        .optional()
}

impl Search {
    /// Categories are indexed; what else is searched for is not.
    fn needs_bound(&self) -> bool {
        self.event_type.is_some() || self.actor.is_some()
    }
}
