//! The questions that are asked of the read model of orders.

use bootstrap::db::Connection;
use chrono::{TimeDelta, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{OrderRow, schema::orders};

/// A refund that is due for longer is somebody's business.
const OVERDUE: TimeDelta = TimeDelta::hours(1);

pub async fn find(conn: &mut Connection, id: Uuid) -> QueryResult<Option<OrderRow>> {
    orders::table.find(id).select(OrderRow::as_select()).first(conn).await.optional()
}

/// The orders of a customer, the newest first, at most `limit`, after the last one of the page before.
pub async fn of_customer(
    conn: &mut Connection,
    customer: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<OrderRow>> {
    orders::table
        .filter(orders::customer.eq(customer))
        .filter(orders::id.lt(after.unwrap_or(Uuid::max())))
        .order(orders::id.desc())
        .limit(limit)
        .select(OrderRow::as_select())
        .load(conn)
        .await
}

/// How many customers wait for their money for too long.
pub async fn refunds_overdue(conn: &mut Connection) -> QueryResult<i64> {
    orders::table
        .filter(orders::refund_due.eq(true))
        .filter(orders::updated_at.lt(Utc::now() - OVERDUE))
        .count()
        .get_result(conn)
        .await
}
