//! When keys were used last: every statement on the table `api_key_uses`.

use std::{collections::HashMap, time::Duration};

use bootstrap::db::{self, Connection};
use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, sql_query,
    sql_types::{Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::users::UserId;
use moka::sync::Cache;
use tracing::warn;
use uuid::Uuid;

use crate::{error::ApiResult, schema::api_key_uses};

/// A key's last use is known to the minute, and costs a write at most that often.
const PRECISION: Duration = Duration::from_secs(60);
const REMEMBERED_KEYS: u64 = 10_000;

/// Notes uses. Clones share what was noted.
#[derive(Clone)]
pub(super) struct Uses {
    pool: db::Pool,
    noted: Cache<Uuid, ()>,
}

impl Uses {
    pub(super) fn new(pool: db::Pool) -> Self {
        Self { pool, noted: Cache::builder().max_capacity(REMEMBERED_KEYS).time_to_live(PRECISION).build() }
    }

    /// Notes that a key is used now, unless that was noted within the last minute. The request goes on where it cannot be.
    pub(super) async fn note(&self, owner: UserId, key_id: Uuid, now: DateTime<Utc>) {
        if !self.noted.entry(key_id).or_insert(()).is_fresh() {
            return;
        }
        let noted: ApiResult<_> = async { Ok(note(&mut *self.pool.get().await?, owner, key_id, now).await?) }.await;
        if let Err(error) = noted {
            warn!(%key_id, ?error, "the use of an API key is not noted");
        }
    }

    /// Forgets a key that is gone. What stays where that fails says when a key was used that nobody has any more.
    pub(super) async fn forget(&self, key_id: Uuid) {
        let forgotten: ApiResult<_> = async { Ok(forget(&mut *self.pool.get().await?, key_id).await?) }.await;
        if let Err(error) = forgotten {
            warn!(%key_id, ?error, "the last use of a revoked API key stays");
        }
    }
}

/// The other processes note uses too: the minute counts for all of them.
async fn note(conn: &mut Connection, owner: UserId, key_id: Uuid, now: DateTime<Utc>) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO api_key_uses AS u (key_id, user_id, last_used_at) VALUES ($1, $2, $3) \
         ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at \
         WHERE u.last_used_at <= excluded.last_used_at - interval '1 minute'",
    )
    .bind::<SqlUuid, _>(key_id)
    .bind::<SqlUuid, _>(owner.as_uuid())
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}

async fn forget(conn: &mut Connection, key_id: Uuid) -> QueryResult<usize> {
    diesel::delete(api_key_uses::table.filter(api_key_uses::key_id.eq(key_id))).execute(conn).await
}

/// When the keys of a user were used last; those that never were are not in it.
pub(super) async fn of(conn: &mut Connection, owner: UserId) -> QueryResult<HashMap<Uuid, DateTime<Utc>>> {
    let rows: Vec<(Uuid, DateTime<Utc>)> = api_key_uses::table
        .filter(api_key_uses::user_id.eq(owner.as_uuid()))
        .select((api_key_uses::key_id, api_key_uses::last_used_at))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
