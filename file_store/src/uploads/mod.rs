//! Uploads that come in several requests: how far each is, and the pieces that have come. What is counted as received is
//! durable.

mod finish;
mod lease;
mod reserve;

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, QueryResult,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use domain::{Sealed, files::ContentType};
use uuid::Uuid;

pub use finish::{FinishError, finish};
pub use lease::{Advance, Lease, LeaseError, Leased};
pub use reserve::{NewUpload, ReserveRefused, reserve};

use crate::{
    Key, Storage, StorageError,
    schema::{upload_parts, uploads},
};

/// An upload as it is.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = uploads, check_for_backend(diesel::pg::Pg))]
pub struct Upload {
    /// The file has it too, once it is made.
    pub id: Uuid,
    pub owner: Uuid,
    /// Sealed for the purpose [`crate::NAME`].
    pub name: String,
    /// As it was said.
    pub content_type: Option<String>,
    pub temporary: bool,
    pub size_bytes: i64,
    pub received_bytes: i64,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A piece that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub start: u64,
    pub size: u64,
    pub key: Key,
}

impl Upload {
    pub fn size(&self) -> u64 {
        self.size_bytes.unsigned_abs()
    }

    /// Where it goes on.
    pub fn received(&self) -> u64 {
        self.received_bytes.unsigned_abs()
    }

    pub fn is_complete(&self) -> bool {
        self.received_bytes == self.size_bytes
    }

    pub fn sealed_name(&self) -> Sealed {
        Sealed::from_ciphertext(self.name.clone())
    }

    pub fn declared(&self) -> Option<ContentType> {
        ContentType::parse(self.content_type.as_deref()?).ok()
    }
}

/// Somebody's own upload, unless it has expired.
pub async fn find(conn: &mut Connection, id: Uuid, owner: Uuid, now: DateTime<Utc>) -> QueryResult<Option<Upload>> {
    uploads::table
        .find(id)
        .filter(uploads::owner.eq(owner))
        .filter(uploads::expires_at.gt(now))
        .select(Upload::as_select())
        .first(conn)
        .await
        .optional()
}

/// Uploads that nobody goes on with, at most `limit`: those that have expired, and before that those which are complete and
/// whose writer was cut off before the file was made.
pub async fn left_alone(conn: &mut Connection, now: DateTime<Utc>, limit: i64) -> QueryResult<Vec<Upload>> {
    let is_over = uploads::expires_at.le(now).or(uploads::received_bytes.eq(uploads::size_bytes));
    uploads::table
        .filter(uploads::writer_until.is_null().or(uploads::writer_until.assume_not_null().lt(now)))
        .filter(is_over)
        .order(uploads::expires_at)
        .limit(limit)
        .select(Upload::as_select())
        .load(conn)
        .await
}

/// All of a person's.
pub async fn of_owner(conn: &mut Connection, owner: Uuid) -> QueryResult<Vec<Uuid>> {
    uploads::table.filter(uploads::owner.eq(owner)).select(uploads::id).load(conn).await
}

/// What has come, in its order.
pub async fn parts(conn: &mut Connection, id: Uuid) -> QueryResult<Vec<Part>> {
    let rows: Vec<(i64, i64, String)> = upload_parts::table
        .filter(upload_parts::upload_id.eq(id))
        .order(upload_parts::start_byte)
        .select((upload_parts::start_byte, upload_parts::size_bytes, upload_parts::key))
        .load(conn)
        .await?;
    let part = |(start, size, key): (i64, i64, String)| Part {
        start: start.unsigned_abs(),
        size: size.unsigned_abs(),
        key: Key::from_stored(&key),
    };
    Ok(rows.into_iter().map(part).collect())
}

/// Why an upload could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum DiscardError {
    #[error(transparent)]
    Pool(#[from] bootstrap::db::PoolError),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Removes an upload and what has come of it. The row goes first: whoever writes to it then notices. What is left in the
/// object store when this breaks off is swept up later.
pub async fn discard(pool: &bootstrap::db::Pool, storage: &Storage, id: Uuid) -> Result<(), DiscardError> {
    let mut conn = pool.get().await?;
    let parts = parts(&mut conn, id).await?;
    diesel::delete(uploads::table.find(id)).execute(&mut conn).await?;
    drop(conn);
    for part in parts {
        storage.delete(&part.key).await?;
    }
    Ok(())
}
