//! The questions that are asked of the read model of records.

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper,
    dsl::{exists, select},
};
use diesel_async::RunQueryDsl;
use domain::collections::CollectionId;
use uuid::Uuid;

use super::RecordRow;
use crate::schema::records;

/// The record of this id, if it is there and of this collection.
pub async fn find(conn: &mut Connection, collection: CollectionId, id: Uuid) -> QueryResult<Option<RecordRow>> {
    records::table
        .filter(records::id.eq(id))
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .select(RecordRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Whether a collection has any record.
pub async fn any(conn: &mut Connection, collection: CollectionId) -> QueryResult<bool> {
    let present = records::table
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .select(records::id);
    select(exists(present)).get_result(conn).await
}
