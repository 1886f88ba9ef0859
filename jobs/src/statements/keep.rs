//! Keeping the queue in motion: leases renewed, lost jobs rescued, due jobs made available.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment},
    sql_types::{Array, BigInt, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid},
};

/// Renews the leases of jobs still held under the given take; answers them with whether they are to be cancelled.
/// A held job that is not in the answer was lost to another worker.
#[derive(Debug, Clone)]
pub(crate) struct Renew<'a> {
    pub(crate) lease_seconds: f64,
    pub(crate) ids: &'a [uuid::Uuid],
    pub(crate) takes: &'a [i32],
}

impl QueryFragment<Pg> for Renew<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE jobs SET lease_until = now() + make_interval(secs => ");
        out.push_bind_param::<Double, _>(&self.lease_seconds)?;
        out.push_sql(") FROM unnest(");
        out.push_bind_param::<Array<Uuid>, _>(self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(self.takes)?;
        out.push_sql(
            ") AS held (id, take)
            WHERE jobs.id = held.id AND jobs.take = held.take AND jobs.lease_until IS NOT NULL
            RETURNING jobs.id, jobs.take, jobs.cancel_requested",
        );
        Ok(())
    }
}

impl Query for Renew<'_> {
    type SqlType = (Uuid, Integer, Bool);
}

/// One look at the queue, over all its names: rescues jobs whose lease has ended, makes due jobs available, and says
/// for each of the given queues whether it has work.
#[derive(Debug, Clone)]
pub(crate) struct Tick<'a> {
    pub(crate) queues: &'a [String],
    /// At most this many jobs are rescued, and as many made available.
    pub(crate) most: i64,
}

/// queue, whether it has work, the database's time, rescued, made available, seconds until the next job is due
pub(crate) type TickRow = (String, bool, DateTime<Utc>, i64, i64, Option<f64>);

impl QueryFragment<Pg> for Tick<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH limits AS (SELECT ");
        out.push_bind_param::<BigInt, _>(&self.most)?;
        // An attempt was charged when the job was taken, so one that keeps killing its workers ends here.
        out.push_sql(
            "::bigint AS most), rescued AS (
                UPDATE jobs SET lease_until = NULL, last_error = 'lease_ended',
                    state = CASE WHEN cancel_requested THEN 'cancelled'
                        WHEN attempt >= max_attempts THEN 'discarded' ELSE 'available' END,
                    finished_at = CASE WHEN cancel_requested OR attempt >= max_attempts THEN now() END,
                    key_held = key_held AND (key_window IN ('for', 'forever')
                        OR NOT (cancel_requested OR attempt >= max_attempts))
                WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM jobs WHERE state = 'running' AND lease_until < now()
                    LIMIT (SELECT most FROM limits) FOR UPDATE SKIP LOCKED))
                RETURNING queue, state
            ), due AS (
                UPDATE jobs SET state = 'available'
                WHERE ctid = ANY (ARRAY(
                    SELECT ctid FROM jobs WHERE state IN ('scheduled', 'retrying') AND run_at <= now()
                    ORDER BY run_at LIMIT (SELECT most FROM limits) FOR UPDATE SKIP LOCKED))
                RETURNING queue
            )
            SELECT name,
                EXISTS (SELECT FROM jobs WHERE queue = name AND state = 'available')
                    OR name IN (SELECT queue FROM due)
                    OR name IN (SELECT queue FROM rescued WHERE state = 'available'),
                now(),
                (SELECT count(*) FROM rescued),
                (SELECT count(*) FROM due),
                (SELECT extract(epoch FROM min(run_at) - now())::double precision FROM jobs
                    WHERE state IN ('scheduled', 'retrying') AND run_at > now())
            FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(self.queues)?;
        out.push_sql(") AS name");
        Ok(())
    }
}

impl Query for Tick<'_> {
    type SqlType = (Text, Bool, Timestamptz, BigInt, BigInt, Nullable<Double>);
}
