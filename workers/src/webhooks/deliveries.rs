//! The table of deliveries and that of attempts: what is to be sent, and what became of it.

use std::time::Duration;

use ::metrics::counter;
use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName, sql_query,
    sql_types::{Array, BigInt, Double, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::Sealed;
use jobs::{EnqueueOptions, Job};
use uuid::Uuid;

use super::{deliver_event::DeliverEvent, matching::Match};
use crate::metrics::REACTIONS;

/// Of jobs that send many events of before: what happens now goes first.
const REPLAY_PRIORITY: i16 = -1;

/// What becomes of an event that was sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It is not sent again.
    Leave,
    /// It is, in a round of its own, and after what happens meanwhile.
    SendAgain,
}

/// What is to be sent to whom.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Delivery {
    #[diesel(sql_type = SqlUuid)]
    pub(super) webhook_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub(super) event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub(super) event_type: String,
    #[diesel(sql_type = BigInt)]
    pub(super) position: i64,
}

/// An attempt that was made.
pub(super) struct Attempt {
    pub(super) at: DateTime<Utc>,
    pub(super) took: Duration,
    pub(super) status: Option<u16>,
    pub(super) outcome: &'static str,
    pub(super) response: Option<Sealed>,
}

/// What an attempt leaves of its delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Pending,
    Delivered,
    Failed,
}

impl Standing {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl Repeat {
    fn on_conflict(self) -> &'static str {
        match self {
            Self::Leave => "DO NOTHING",
            Self::SendAgain => {
                "DO UPDATE SET round = d.round + 1, state = 'pending', failure = NULL, finished_at = NULL"
            }
        }
    }

    fn options(self) -> EnqueueOptions {
        match self {
            Self::Leave => EnqueueOptions::default(),
            Self::SendAgain => EnqueueOptions::default().priority(REPLAY_PRIORITY),
        }
    }
}

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    round: i32,
}

impl Made {
    fn job(&self) -> DeliverEvent {
        DeliverEvent { delivery_id: self.id, round: self.round }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Makes deliveries and their jobs, in the caller's transaction and few statements.
pub(super) async fn enqueue(conn: &mut Connection, matches: &[Match<'_>], repeat: Repeat) -> QueryResult<()> {
    if matches.is_empty() {
        return Ok(());
    }
    let on_conflict = repeat.on_conflict();
    let made: Vec<Made> = sql_query(format!(
        "INSERT INTO webhook_deliveries AS d (id, webhook_id, event_id, event_type, position) \
         SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (webhook_id, event_id) {on_conflict} RETURNING id, round"
    ))
    .bind::<Array<SqlUuid>, _>(matches.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(matches.iter().map(|found| found.webhook).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(matches.iter().map(|found| found.event.event_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(matches.iter().map(|found| found.event.event_type.as_str()).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(matches.iter().map(|found| found.event.position).collect::<Vec<_>>())
    .load(conn)
    .await?;
    let enqueued = jobs::enqueue_all(conn, made.iter().map(Made::job), &repeat.options()).await?;
    counter!(REACTIONS, "kind" => DeliverEvent::KIND).increment(enqueued);
    Ok(())
}

/// Has one delivery of a webhook sent again, whatever became of it; does nothing when it is gone.
pub(super) async fn send_again(conn: &mut Connection, webhook: Uuid, delivery_id: Uuid) -> QueryResult<()> {
    let statement = sql_query(
        "UPDATE webhook_deliveries SET round = round + 1, state = 'pending', failure = NULL, finished_at = NULL \
         WHERE id = $1 AND webhook_id = $2 RETURNING id, round",
    );
    let statement = statement.bind::<SqlUuid, _>(delivery_id).bind::<SqlUuid, _>(webhook);
    if let Some(made) = statement.get_result::<Made>(conn).await.optional()? {
        jobs::enqueue(conn, &made.job(), &EnqueueOptions::default()).await?;
    }
    Ok(())
}

/// A delivery that is still to be made in this round; also one whose last attempt was cut off.
pub(super) async fn pending(conn: &mut Connection, job: &DeliverEvent) -> QueryResult<Option<Delivery>> {
    let query = "SELECT webhook_id, event_id, event_type, position FROM webhook_deliveries \
                 WHERE id = $1 AND round = $2 \
                 AND (state = 'pending' OR (state = 'failed' AND failure = 'abandoned'))";
    let query = sql_query(query).bind::<SqlUuid, _>(job.delivery_id).bind::<Integer, _>(job.round);
    query.get_result(conn).await.optional()
}

/// Whether more deliveries of a webhook than these are still to be made.
pub(super) async fn are_pending(conn: &mut Connection, webhook: Uuid, more_than: i64) -> QueryResult<bool> {
    let query = "SELECT count(*) AS count FROM ( \
                 SELECT FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'pending' LIMIT $2 + 1) AS waiting";
    let query = sql_query(query).bind::<SqlUuid, _>(webhook).bind::<BigInt, _>(more_than);
    Ok(query.get_result::<Count>(conn).await?.count > more_than)
}

/// Ends a delivery that was not made, if this is its round still.
pub(super) async fn give_up(conn: &mut Connection, job: &DeliverEvent, failure: &str) -> QueryResult<()> {
    sql_query(
        "UPDATE webhook_deliveries SET state = 'failed', failure = $3, finished_at = now() \
         WHERE id = $1 AND round = $2 AND state <> 'delivered'",
    )
    .bind::<SqlUuid, _>(job.delivery_id)
    .bind::<Integer, _>(job.round)
    .bind::<Text, _>(failure)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an attempt down, and what follows from it if this is the delivery's round still.
pub(super) async fn settle(
    conn: &mut Connection,
    job: &DeliverEvent,
    attempt: &Attempt,
    to: Standing,
) -> QueryResult<()> {
    let millis = i32::try_from(attempt.took.as_millis()).unwrap_or(i32::MAX);
    sql_query(
        "WITH open AS ( \
           SELECT id, round = $8 AND state <> 'delivered' AS counts FROM webhook_deliveries WHERE id = $1 FOR UPDATE), \
         settled AS ( \
           UPDATE webhook_deliveries AS d SET attempts = attempts + 1, \
             state = CASE WHEN counts THEN $2 ELSE state END, \
             failure = CASE WHEN NOT counts THEN failure WHEN $2 = 'failed' THEN $6 END, \
             finished_at = CASE WHEN NOT counts THEN finished_at WHEN $2 <> 'pending' THEN now() END \
           FROM open WHERE d.id = open.id RETURNING d.id, attempts) \
         INSERT INTO webhook_attempts (delivery_id, attempt, at, duration_ms, status, outcome, response) \
         SELECT id, attempts, $3, $4, $5, $6, $7 FROM settled",
    )
    .bind::<SqlUuid, _>(job.delivery_id)
    .bind::<Text, _>(to.as_str())
    .bind::<Timestamptz, _>(attempt.at)
    .bind::<Integer, _>(millis)
    .bind::<Nullable<SmallInt>, _>(attempt.status.and_then(|status| i16::try_from(status).ok()))
    .bind::<Text, _>(attempt.outcome)
    .bind::<Nullable<Text>, _>(attempt.response.as_ref().map(Sealed::as_str))
    .bind::<Integer, _>(job.round)
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a delivery with its attempts.
pub(super) async fn remove(conn: &mut Connection, id: Uuid) -> QueryResult<()> {
    sql_query("DELETE FROM webhook_deliveries WHERE id = $1").bind::<SqlUuid, _>(id).execute(conn).await?;
    Ok(())
}

/// Removes some deliveries of a webhook with their attempts; says how many.
pub(super) async fn remove_some(conn: &mut Connection, webhook: Uuid, limit: i64) -> QueryResult<usize> {
    let statement = "DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY( \
                     SELECT id FROM webhook_deliveries WHERE webhook_id = $1 LIMIT $2))";
    sql_query(statement).bind::<SqlUuid, _>(webhook).bind::<BigInt, _>(limit).execute(conn).await
}

/// Removes some deliveries that ended so long ago, with their attempts; says how many. Those that are still to be made stay
/// until they are `stuck`: what is sent again may be old.
pub(super) async fn prune(conn: &mut Connection, age: Duration, stuck: Duration, limit: i64) -> QueryResult<usize> {
    let statement = "DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY( \
                     SELECT id FROM webhook_deliveries WHERE created_at < now() - make_interval(secs => $1) \
                     AND CASE state WHEN 'pending' THEN created_at < now() - make_interval(secs => $2) \
                       ELSE coalesce(finished_at, created_at) < now() - make_interval(secs => $1) END LIMIT $3))";
    sql_query(statement)
        .bind::<Double, _>(age.as_secs_f64())
        .bind::<Double, _>(stuck.as_secs_f64())
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await
}
