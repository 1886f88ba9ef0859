//! Wrapping the seeds of all signing keys anew under the current master key.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};

use super::{LOCK, SigningKeyError, SigningKeys, wrapping};
use crate::schema::signing_keys;

impl SigningKeys {
    /// Wraps every seed anew that another master key has wrapped; returns how many there were. There are few: all in
    /// one transaction.
    pub async fn rewrap_all(&self) -> Result<u64, SigningKeyError> {
        let version = self.master.version();
        let mut conn = self.pool.get().await?;
        conn.transaction(async |conn| {
            conn.batch_execute(LOCK).await?;
            let rows: Vec<(String, Option<Vec<u8>>, i16)> = signing_keys::table
                .filter(signing_keys::master_version.ne(version))
                .filter(signing_keys::wrapped_seed.is_not_null())
                .select((signing_keys::kid, signing_keys::wrapped_seed, signing_keys::master_version))
                .load(conn)
                .await?;
            let all = rows.len() as u64;
            for (kid, former, former_version) in rows {
                let opened = former.and_then(|former| self.master.unwrap(&former, &wrapping(&kid, former_version)));
                let seed = opened.ok_or_else(|| SigningKeyError::DoesNotOpen(kid.clone()))?;
                let wrapped = self.master.wrap(&seed, &wrapping(&kid, version));
                diesel::update(signing_keys::table.find(&kid))
                    .set((signing_keys::wrapped_seed.eq(wrapped), signing_keys::master_version.eq(version)))
                    .execute(conn)
                    .await?;
            }
            Ok(all)
        })
        .await
    }
}
