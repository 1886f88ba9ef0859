//! The questions that are asked of the read model of collections.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::collections::CollectionName;

use super::CollectionRow;
use crate::schema::collections;

/// The collection of this name, unless gone; the newest, where the name was given again.
pub async fn find(conn: &mut Connection, name: &CollectionName) -> QueryResult<Option<CollectionRow>> {
    collections::table
        .filter(collections::name.eq(name.as_str()))
        .filter(collections::deleted.eq(false))
        .order(collections::id.desc())
        .select(CollectionRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Collections by name, at most `limit`, after the last name of the page before.
pub async fn page(conn: &mut Connection, after: Option<&str>, limit: i64) -> QueryResult<Vec<CollectionRow>> {
    collections::table
        .filter(collections::name.gt(after.unwrap_or_default()))
        .filter(collections::deleted.eq(false))
        .order((collections::name, collections::id))
        .limit(limit)
        .select(CollectionRow::as_select())
        .load(conn)
        .await
}

/// What has changed after a position, tombstones included, in the order of positions, at most `limit`.
pub async fn changed_after(conn: &mut Connection, position: i64, limit: i64) -> QueryResult<Vec<CollectionRow>> {
    collections::table
        .filter(collections::position.gt(position))
        .order(collections::position)
        .limit(limit)
        .select(CollectionRow::as_select())
        .load(conn)
        .await
}
