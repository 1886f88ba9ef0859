//! Streams that a consumer could not digest: set aside from the failing event on, so that all others go on.

use std::collections::HashSet;

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::{ConsumerKey, Handler, HandlerError, Standing, checkpoint};
use crate::{RecordedEvent, log, schema::parked};

/// Events that one release handles at most; a longer stream is released piece by piece.
const RELEASE_PAGE: i64 = 10_000;
const MAX_ERROR_LENGTH: usize = 500;

/// A parked stream.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = parked, check_for_backend(diesel::pg::Pg))]
pub struct Parked {
    pub consumer: String,
    pub build: i32,
    pub lane: i16,
    pub stream_id: String,
    /// Of the event that failed.
    pub position: i64,
    pub error: String,
    pub attempts: i32,
    pub parked_at: DateTime<Utc>,
}

/// What to do with the event that failed when its stream is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// Handle it again, then what came after it.
    Retry,
    /// Leave it out for ever; handle what came after it.
    Skip,
}

#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    #[error("this stream is not parked")]
    NotParked,
    /// The stream stays parked, with the new error.
    #[error("event {position} failed again: {error}")]
    FailedAgain { position: i64, error: String },
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

/// Parks a stream at an event. Call it in the transaction that moves the checkpoint past the event.
pub(super) async fn park(
    conn: &mut Connection,
    key: &ConsumerKey,
    stream_id: &str,
    position: i64,
    error: &str,
    attempts: u32,
) -> QueryResult<()> {
    diesel::insert_into(parked::table)
        .values((
            parked::consumer.eq(&key.consumer),
            parked::build.eq(key.build),
            parked::lane.eq(key.lane),
            parked::stream_id.eq(stream_id),
            parked::position.eq(position),
            parked::error.eq(truncate(error)),
            parked::attempts.eq(attempts as i32),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    checkpoint::touch(conn, key).await
}

/// The streams of a consumer that are parked.
pub(super) async fn streams(conn: &mut Connection, key: &ConsumerKey) -> QueryResult<HashSet<String>> {
    let streams: Vec<String> = parked::table
        .filter(parked::consumer.eq(&key.consumer))
        .filter(parked::build.eq(key.build))
        .filter(parked::lane.eq(key.lane))
        .select(parked::stream_id)
        .load(conn)
        .await?;
    Ok(streams.into_iter().collect())
}

/// What is parked, oldest first, at most `limit`.
pub async fn list(conn: &mut Connection, consumer: Option<&str>, limit: i64) -> QueryResult<Vec<Parked>> {
    let mut query = parked::table.order(parked::parked_at).limit(limit).select(Parked::as_select()).into_boxed();
    if let Some(consumer) = consumer {
        query = query.filter(parked::consumer.eq(consumer));
    }
    query.load(conn).await
}

/// Whether one of these streams is parked for a consumer, so that no waiting will bring a read model up to date with it.
pub async fn any_parked(conn: &mut Connection, consumer: &str, stream_ids: &[&str]) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        parked::table.filter(parked::consumer.eq(consumer)).filter(parked::stream_id.eq_any(stream_ids)),
    ))
    .get_result(conn)
    .await
}

/// Handles what a parked stream has missed, up to the consumer's checkpoint, and lets it run with the others again.
/// All in one transaction, while the consumer stands still; the effects are returned for publishing.
pub async fn release<H: Handler>(
    conn: &mut Connection,
    handler: &H,
    key: &ConsumerKey,
    stream_id: &str,
    how: Release,
) -> Result<(H::Effects, i64), ReleaseError> {
    let released =
        conn.transaction(async |conn| release_in_transaction(conn, handler, key, stream_id, how).await).await;
    if let Err(ReleaseError::FailedAgain { error, .. }) = &released {
        note_failure(conn, key, stream_id, error).await?;
    }
    released
}

async fn release_in_transaction<H: Handler>(
    conn: &mut Connection,
    handler: &H,
    key: &ConsumerKey,
    stream_id: &str,
    how: Release,
) -> Result<(H::Effects, i64), ReleaseError> {
    let checkpoint = checkpoint::lock(conn, key).await?.ok_or(ReleaseError::NotParked)?;
    let row = parked::table.find((&key.consumer, key.build, key.lane, stream_id));
    let position: i64 = row.select(parked::position).first(conn).await.optional()?.ok_or(ReleaseError::NotParked)?;
    let from = match how {
        Release::Retry => position,
        Release::Skip => position + 1,
    };
    let events = log::stream_between(conn, stream_id, from, checkpoint.position, RELEASE_PAGE).await?;
    let failed = |error: HandlerError| ReleaseError::FailedAgain { position: from, error: error.to_string() };
    let standing = Standing { fence: checkpoint.fence, generation: checkpoint.parked_generation };
    // Handlers never see an empty batch.
    let effects = match events.as_slice() {
        [] => H::Effects::default(),
        events => handler.handle(conn, standing, events).await.map_err(failed)?,
    };
    match events.last() {
        // More is to come: the stream stays parked behind what was handled.
        Some(last) if events.len() as i64 == RELEASE_PAGE => {
            diesel::update(row).set(parked::position.eq(last.position + 1)).execute(conn).await?;
        }
        Some(_) | None => {
            diesel::delete(row).execute(conn).await?;
        }
    }
    checkpoint::touch(conn, key).await?;
    Ok((effects, checkpoint.position))
}

async fn note_failure(conn: &mut Connection, key: &ConsumerKey, stream_id: &str, error: &str) -> QueryResult<()> {
    diesel::update(parked::table.find((&key.consumer, key.build, key.lane, stream_id)))
        .set((parked::attempts.eq(parked::attempts + 1), parked::error.eq(truncate(error))))
        .execute(conn)
        .await?;
    Ok(())
}

fn truncate(error: &str) -> &str {
    &error[..error.floor_char_boundary(MAX_ERROR_LENGTH)]
}

/// The events whose streams are not parked; `None` when that is all of them.
pub(super) fn without(events: &[RecordedEvent], parked: &HashSet<String>) -> Option<Vec<RecordedEvent>> {
    if parked.is_empty() {
        return None;
    }
    Some(events.iter().filter(|event| !parked.contains(&event.stream_id)).cloned().collect())
}
