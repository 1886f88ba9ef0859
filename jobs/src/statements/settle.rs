//! Settling jobs: every statement is fenced by the number of the take, so a worker that lost its lease changes nothing.
//!
//! A job has a lease exactly while it runs. That is asked for instead of its state, so that rows are found by id and never
//! through the index of all running jobs.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
    sql_types::{Array, Double, Integer, Nullable, SmallInt, Text, Uuid},
};

/// Completes jobs that are still held under the given take.
#[derive(Debug, Clone)]
pub(crate) struct Complete<'a> {
    pub(crate) ids: &'a [uuid::Uuid],
    pub(crate) takes: &'a [i32],
}

impl QueryFragment<Pg> for Complete<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "UPDATE jobs SET state = 'completed', finished_at = now(), lease_until = NULL,
                key_held = key_held AND key_window IN ('for', 'forever')
            FROM unnest(",
        );
        out.push_bind_param::<Array<Uuid>, _>(self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(self.takes)?;
        out.push_sql(
            ") AS settled (id, take)
            WHERE jobs.id = settled.id AND jobs.take = settled.take AND jobs.lease_until IS NOT NULL",
        );
        Ok(())
    }
}

/// Settles jobs with outcomes of any kind. `refunds` is taken off the attempts: 1 where the run is not charged.
///
/// A job that was asked to be cancelled is cancelled instead of waiting for another run.
#[derive(Debug, Clone)]
pub(crate) struct Settle<'a> {
    pub(crate) ids: &'a [uuid::Uuid],
    pub(crate) takes: &'a [i32],
    pub(crate) states: &'a [&'static str],
    pub(crate) refunds: &'a [i16],
    pub(crate) delays: &'a [f64],
    pub(crate) errors: &'a [Option<String>],
}

impl QueryFragment<Pg> for Settle<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "UPDATE jobs SET lease_until = NULL, attempt = jobs.attempt - settled.refund,
                last_error = coalesce(settled.error, jobs.last_error),
                state = CASE WHEN waits AND cancel_requested THEN 'cancelled' ELSE settled.state END,
                run_at = CASE WHEN waits AND NOT cancel_requested
                    THEN now() + make_interval(secs => settled.delay) ELSE jobs.run_at END,
                finished_at = CASE WHEN waits AND NOT cancel_requested THEN NULL ELSE now() END,
                key_held = key_held AND ((waits AND NOT cancel_requested) OR key_window IN ('for', 'forever'))
            FROM (SELECT *, state IN ('scheduled', 'available', 'retrying') AS waits FROM unnest(",
        );
        out.push_bind_param::<Array<Uuid>, _>(self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(self.takes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(self.states)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(self.refunds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Double>, _>(self.delays)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(self.errors)?;
        out.push_sql(
            ") AS each (id, take, state, refund, delay, error)) AS settled
            WHERE jobs.id = settled.id AND jobs.take = settled.take AND jobs.lease_until IS NOT NULL",
        );
        Ok(())
    }
}

/// Tells the workers of these queues that there is work for them.
#[derive(Debug, Clone)]
pub(crate) struct Wake<'a> {
    pub(crate) queues: &'a [&'a str],
}

impl QueryFragment<Pg> for Wake<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT pg_notify('tidemark_jobs', 'queue ' || queue) FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(self.queues)?;
        out.push_sql(") AS queue");
        Ok(())
    }
}
