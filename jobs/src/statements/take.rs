//! Taking jobs: the state, the attempt, the fence and the lease change in one statement.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment},
    sql_types::{BigInt, Double, Integer, Nullable, SmallInt, Text, Uuid},
};

/// id, take, kind, arguments as JSON text, attempt, max_attempts, priority, traceparent, age in seconds
pub(crate) type TakenRow = (uuid::Uuid, i32, String, String, i16, i16, i16, Option<String>, f64);
type TakenSql = (Uuid, Integer, Text, Text, SmallInt, SmallInt, SmallInt, Nullable<Text>, Double);

/// Takes up to `most` jobs without a gate from a queue that is not paused, best priority and oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Take<'a> {
    pub(crate) queue: &'a str,
    pub(crate) most: i64,
    pub(crate) worker: &'a str,
    pub(crate) lease_seconds: f64,
}

impl QueryFragment<Pg> for Take<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "UPDATE jobs SET state = 'running', attempt = attempt + 1, take = take + 1, taken_at = now(), taken_by = ",
        );
        out.push_bind_param::<Text, _>(self.worker)?;
        out.push_sql(", lease_until = now() + make_interval(secs => ");
        out.push_bind_param::<Double, _>(&self.lease_seconds)?;
        // The rows are locked, so their places hold until the update: cheaper than finding them again by id.
        out.push_sql(
            "), key_held = key_held AND key_window <> 'until_taken'
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM jobs WHERE gate = '' AND state = 'available' AND queue = ",
        );
        out.push_bind_param::<Text, _>(self.queue)?;
        out.push_sql(
            " AND NOT EXISTS (SELECT FROM job_queues WHERE name = $3 AND paused_at IS NOT NULL)
                ORDER BY priority DESC, id LIMIT ",
        );
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(
            " FOR UPDATE SKIP LOCKED))
            RETURNING id, take, kind, args::text, attempt, max_attempts, priority, traceparent,
                extract(epoch FROM now() - created_at)::double precision",
        );
        Ok(())
    }
}

impl Query for Take<'_> {
    type SqlType = TakenSql;
}

/// Takes jobs of one gate, so that at most `slots` of it run over all processes.
#[derive(Debug, Clone)]
pub(crate) struct TakeGated<'a> {
    pub(crate) queue: &'a str,
    pub(crate) gate: &'a str,
    pub(crate) slots: i64,
    pub(crate) most: i64,
    pub(crate) worker: &'a str,
    pub(crate) lease_seconds: f64,
}

impl QueryFragment<Pg> for TakeGated<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT id, take, kind, args::text, attempt, max_attempts, priority, traceparent,
                extract(epoch FROM now() - created_at)::double precision
            FROM take_gated_jobs(",
        );
        out.push_bind_param::<Text, _>(self.queue)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.gate)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.slots)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(", ");
        out.push_bind_param::<Double, _>(&self.lease_seconds)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.worker)?;
        out.push_sql(")");
        Ok(())
    }
}

impl Query for TakeGated<'_> {
    type SqlType = TakenSql;
}
