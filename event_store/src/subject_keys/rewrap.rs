//! Wrapping the keys of all persons anew under the current master key.

use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, sql_query,
    sql_types::{Array, Binary, SmallInt, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{SubjectKeyError, SubjectKeys, wrapping};
use crate::schema::subject_keys;

/// Rows per transaction, so that none holds its locks for long.
const BATCH: i64 = 500;

impl SubjectKeys {
    /// Wraps every key anew that another master key has wrapped; returns how many there were. What it has done is done:
    /// where it was cut off, it goes on. Keys stay the same, so nothing that was sealed changes.
    pub async fn rewrap_all(&self) -> Result<u64, SubjectKeyError> {
        let mut conn = self.pool.get().await?;
        let mut all = 0;
        loop {
            let rewrapped = conn.transaction(async |conn| self.rewrap_some(conn).await).await?;
            if rewrapped == 0 {
                return Ok(all);
            }
            all += rewrapped;
        }
    }

    async fn rewrap_some(&self, conn: &mut bootstrap::db::Connection) -> Result<u64, SubjectKeyError> {
        let version = self.master.version();
        // Locked, so that a key which is destroyed meanwhile does not come back.
        let rows: Vec<(Uuid, Option<Vec<u8>>, i16)> = subject_keys::table
            .filter(subject_keys::master_version.ne(version))
            .filter(subject_keys::wrapped_key.is_not_null())
            .order(subject_keys::subject_id)
            .limit(BATCH)
            .select((subject_keys::subject_id, subject_keys::wrapped_key, subject_keys::master_version))
            .for_update()
            .load(conn)
            .await?;
        let (mut subjects, mut wrapped) = (vec![], vec![]);
        for (subject, former, former_version) in rows {
            let opened = former.and_then(|former| self.master.unwrap(&former, &wrapping(subject, former_version)));
            let key = opened.ok_or(SubjectKeyError::DoesNotOpen)?;
            subjects.push(subject);
            wrapped.push(self.master.wrap(&key, &wrapping(subject, version)));
        }
        Ok(update(conn, subjects, wrapped, version).await? as u64)
    }
}

async fn update(
    conn: &mut bootstrap::db::Connection,
    subjects: Vec<Uuid>,
    wrapped: Vec<Vec<u8>>,
    version: i16,
) -> QueryResult<usize> {
    sql_query(
        "UPDATE subject_keys k SET wrapped_key = r.wrapped, master_version = $3 \
         FROM unnest($1, $2) AS r (id, wrapped) WHERE k.subject_id = r.id",
    )
    .bind::<Array<SqlUuid>, _>(subjects)
    .bind::<Array<Binary>, _>(wrapped)
    .bind::<SmallInt, _>(version)
    .execute(conn)
    .await
}
