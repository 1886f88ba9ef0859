//! Beginning an upload, as long as its owner has room for it.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper, dsl::count_star, sql_query, sql_types::Text};
use diesel_async::{AsyncConnection, RunQueryDsl};
use domain::files::{FileSpace, Room, space::TakeSpaceRefused};
use uuid::Uuid;

use super::Upload;
use crate::schema::uploads;

/// Unfinished uploads of one person.
const MOST: usize = 100;

/// An upload to be begun.
#[derive(Clone, Debug)]
pub struct NewUpload {
    pub id: Uuid,
    pub owner: Uuid,
    /// Sealed.
    pub name: String,
    pub content_type: Option<String>,
    pub temporary: bool,
    pub size: u64,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Why it cannot be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReserveRefused {
    TooManyUploads { most: usize },
    NoRoom(TakeSpaceRefused),
}

/// Begins an upload. What else is coming in counts as if it were there; the command that makes the file decides.
pub async fn reserve(
    conn: &mut Connection,
    new: &NewUpload,
    space: FileSpace,
    room: Room,
) -> QueryResult<Result<Upload, ReserveRefused>> {
    conn.transaction(async |conn| {
        // Uploads of one person are counted one after the other.
        sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(format!("uploads.{}", new.owner))
            .execute(conn)
            .await?;
        let going_on = uploads::table.filter(uploads::owner.eq(new.owner)).filter(uploads::expires_at.gt(new.now));
        let count: i64 = going_on.select(count_star()).first(conn).await?;
        if count.unsigned_abs() >= MOST as u64 {
            return Ok(Err(ReserveRefused::TooManyUploads { most: MOST }));
        }
        let coming: Vec<i64> = going_on.select(uploads::size_bytes).load(conn).await?;
        let coming = coming.into_iter().fold(new.size, |all, size| all.saturating_add(size.unsigned_abs()));
        if let Err(refused) = space.fits(coming, room) {
            return Ok(Err(ReserveRefused::NoRoom(refused)));
        }
        let upload = diesel::insert_into(uploads::table)
            .values((
                uploads::id.eq(new.id),
                uploads::owner.eq(new.owner),
                uploads::name.eq(&new.name),
                uploads::content_type.eq(&new.content_type),
                uploads::temporary.eq(new.temporary),
                uploads::size_bytes.eq(i64::try_from(new.size).unwrap_or(i64::MAX)),
                uploads::created_at.eq(new.now),
                uploads::expires_at.eq(new.expires_at),
            ))
            .returning(Upload::as_returning())
            .get_result(conn)
            .await?;
        Ok(Ok(upload))
    })
    .await
}
