//! The questions that the API asks of deliveries. Workers write them (workers/src/webhooks).

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::{webhook_attempts, webhook_deliveries};

/// One event for one webhook.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(diesel::pg::Pg))]
pub(super) struct Delivery {
    pub(super) id: Uuid,
    pub(super) event_id: Uuid,
    pub(super) event_type: String,
    pub(super) position: i64,
    pub(super) state: String,
    pub(super) attempts: i32,
    pub(super) failure: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) finished_at: Option<DateTime<Utc>>,
}

/// What became of one attempt to deliver.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_attempts, check_for_backend(diesel::pg::Pg))]
pub(super) struct Attempt {
    pub(super) attempt: i32,
    pub(super) at: DateTime<Utc>,
    pub(super) duration_ms: i32,
    pub(super) status: Option<i16>,
    pub(super) outcome: String,
    /// Sealed.
    pub(super) response: Option<String>,
}

/// Deliveries of a webhook from the newest to the oldest, those in one state or all, at most `limit`, after the last one of
/// the page before. Ids are UUIDv7 and so ordered by time.
pub(super) async fn page(
    conn: &mut Connection,
    webhook: Uuid,
    state: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Delivery>> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::id.lt(after.unwrap_or(Uuid::max())))
        .order(webhook_deliveries::id.desc())
        .limit(limit)
        .select(Delivery::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(webhook_deliveries::state.eq(state));
    }
    query.load(conn).await
}

pub(super) async fn find(conn: &mut Connection, webhook: Uuid, id: Uuid) -> QueryResult<Option<Delivery>> {
    webhook_deliveries::table
        .find(id)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .select(Delivery::as_select())
        .first(conn)
        .await
        .optional()
}

/// The latest attempts of a delivery, at most `limit`, in their order.
pub(super) async fn attempts(conn: &mut Connection, delivery: Uuid, limit: i64) -> QueryResult<Vec<Attempt>> {
    let mut latest = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(delivery))
        .order(webhook_attempts::attempt.desc())
        .limit(limit)
        .select(Attempt::as_select())
        .load(conn)
        .await?;
    latest.reverse();
    Ok(latest)
}
