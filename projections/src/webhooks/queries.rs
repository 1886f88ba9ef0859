//! The questions that are asked of the read model of webhooks.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::WebhookRow;
use crate::schema::webhooks;

/// All webhooks, the newest first: there are at most [`domain::webhooks::MOST`].
pub async fn all(conn: &mut Connection) -> QueryResult<Vec<WebhookRow>> {
    webhooks::table
        .filter(webhooks::deleted.eq(false))
        .order(webhooks::id.desc())
        .select(WebhookRow::as_select())
        .load(conn)
        .await
}
