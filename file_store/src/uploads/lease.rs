//! One writer at a time: the right to write to an upload, over all processes, that ends by itself where its holder does not
//! renew it. Whoever lost it, asleep or cut off, changes nothing any more.

use std::time::Duration;

use bootstrap::db::{Pool, PoolError};
use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods,
    result::Error as QueryError,
    sql_query,
    sql_types::{BigInt, Bool, Double, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Part, Upload};
use crate::schema::upload_parts;

const DURATION: Duration = Duration::from_secs(30);
const RENEW_EVERY: Duration = Duration::from_secs(10);

/// By the database's clock: those of processes may disagree.
const TAKE: &str = "UPDATE uploads SET writer = $2, writer_until = clock_timestamp() + make_interval(secs => $3) \
                    WHERE id = $1 AND owner = $4 AND expires_at > $5 \
                    AND (writer_until IS NULL OR writer_until < clock_timestamp())";
const RENEW: &str = "UPDATE uploads SET writer_until = clock_timestamp() + make_interval(secs => $3) \
                     WHERE id = $1 AND writer = $2";
const ADVANCE: &str = "UPDATE uploads SET received_bytes = $4, expires_at = $5, \
                       writer = CASE WHEN $7 THEN writer END, \
                       writer_until = CASE WHEN $7 THEN clock_timestamp() + make_interval(secs => $3) END \
                       WHERE id = $1 AND writer = $2 AND received_bytes = $6";
const RELEASE: &str = "UPDATE uploads SET writer = NULL, writer_until = NULL WHERE id = $1 AND writer = $2";

/// The right to write to one upload.
pub struct Lease {
    pool: Pool,
    id: Uuid,
    writer: Uuid,
}

/// Pieces that have come.
pub struct Advance<'a> {
    /// How many bytes had been received before them.
    pub from: u64,
    pub parts: &'a [Part],
    pub expires_at: DateTime<Utc>,
    /// Whether the writer goes on.
    pub more: bool,
}

/// What became of a wish to write.
pub enum Leased {
    Taken(Lease, Upload),
    /// Somebody else writes to it.
    Busy,
    /// It is not there, not the caller's, or has expired.
    Absent,
}

/// Why a writer has to stop.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Somebody else has taken it over, or the upload is gone.
    #[error("the upload is somebody else's to write to")]
    Lost,
}

impl Lease {
    /// Takes the right, if nobody has it.
    pub async fn take(pool: &Pool, id: Uuid, owner: Uuid, now: DateTime<Utc>) -> Result<Leased, LeaseError> {
        let writer = Uuid::now_v7();
        let mut conn = pool.get().await?;
        let taken = sql_query(TAKE)
            .bind::<SqlUuid, _>(id)
            .bind::<SqlUuid, _>(writer)
            .bind::<Double, _>(DURATION.as_secs_f64())
            .bind::<SqlUuid, _>(owner)
            .bind::<Timestamptz, _>(now)
            .execute(&mut conn)
            .await?;
        let found = super::find(&mut conn, id, owner, now).await?;
        Ok(match found {
            Some(upload) if taken > 0 => Leased::Taken(Self { pool: pool.clone(), id, writer }, upload),
            Some(_) => Leased::Busy,
            None => Leased::Absent,
        })
    }

    /// Does work and keeps the right meanwhile; ends the work where the right is lost.
    pub async fn hold<T>(&self, work: impl Future<Output = T>) -> Result<T, LeaseError> {
        let keeping = async {
            loop {
                tokio::time::sleep(RENEW_EVERY).await;
                if let Err(error) = self.renew().await {
                    return error;
                }
            }
        };
        tokio::select! {
            done = work => Ok(done),
            lost = keeping => Err(lost),
        }
    }

    /// Counts pieces as received, which follow what was received so far and are durable. Returns how much that is now.
    ///
    /// Where no more comes, the right goes back in the same step: whoever sees how far the upload is may go on with it.
    pub async fn advance(&self, advance: Advance<'_>) -> Result<u64, LeaseError> {
        let Advance { from, parts, expires_at, more } = advance;
        let received = parts.iter().fold(from, |at, part| at.saturating_add(part.size));
        let mut conn = self.pool.get().await?;
        conn.transaction(async |conn| {
            let moved = sql_query(ADVANCE)
                .bind::<SqlUuid, _>(self.id)
                .bind::<SqlUuid, _>(self.writer)
                .bind::<Double, _>(DURATION.as_secs_f64())
                .bind::<BigInt, _>(signed(received))
                .bind::<Timestamptz, _>(expires_at)
                .bind::<BigInt, _>(signed(from))
                .bind::<Bool, _>(more)
                .execute(conn)
                .await?;
            if moved == 0 {
                return Err(LeaseError::Lost);
            }
            let rows: Vec<_> = parts
                .iter()
                .map(|part| {
                    (
                        upload_parts::upload_id.eq(self.id),
                        upload_parts::start_byte.eq(signed(part.start)),
                        upload_parts::size_bytes.eq(signed(part.size)),
                        upload_parts::key.eq(part.key.as_str()),
                    )
                })
                .collect();
            diesel::insert_into(upload_parts::table).values(rows).execute(conn).await?;
            Ok(received)
        })
        .await
    }

    /// Gives the right back; where that fails it ends by itself.
    pub async fn release(self) {
        let Ok(mut conn) = self.pool.get().await else { return };
        let release = sql_query(RELEASE).bind::<SqlUuid, _>(self.id).bind::<SqlUuid, _>(self.writer);
        drop(release.execute(&mut conn).await);
    }

    async fn renew(&self) -> Result<(), LeaseError> {
        let mut conn = self.pool.get().await?;
        let renewed = sql_query(RENEW)
            .bind::<SqlUuid, _>(self.id)
            .bind::<SqlUuid, _>(self.writer)
            .bind::<Double, _>(DURATION.as_secs_f64())
            .execute(&mut conn)
            .await?;
        if renewed == 0 { Err(LeaseError::Lost) } else { Ok(()) }
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
