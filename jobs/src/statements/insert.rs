//! Enqueueing jobs, of one kind and with the same options, in the caller's transaction.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment},
    sql_types::{Array, BigInt, Double, Nullable, SmallInt, Text, Timestamptz, Uuid},
};

/// Inserts jobs and wakes the workers of their queue. Answers how many were new: a job whose key is held is left out.
#[derive(Debug, Clone)]
pub(crate) struct Insert<'a> {
    pub(crate) kind: &'a str,
    pub(crate) queue: &'a str,
    pub(crate) gate: &'a str,
    pub(crate) priority: i16,
    pub(crate) max_attempts: i16,
    pub(crate) run_at: Option<DateTime<Utc>>,
    pub(crate) delay_seconds: f64,
    pub(crate) window: &'a str,
    pub(crate) window_seconds: Option<f64>,
    pub(crate) traceparent: Option<&'a str>,
    pub(crate) ids: &'a [uuid::Uuid],
    pub(crate) args: &'a [String],
    pub(crate) keys: &'a [Option<String>],
}

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH given AS MATERIALIZED (SELECT now() AS at, coalesce(", // the time of the transaction, as created_at
        );
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.run_at)?;
        out.push_sql(", now() + make_interval(secs => ");
        out.push_bind_param::<Double, _>(&self.delay_seconds)?;
        out.push_sql(")) AS run_at, ");
        out.push_bind_param::<Text, _>(self.queue)?;
        out.push_sql(
            "::text AS queue), added AS (
                INSERT INTO jobs (kind, queue, gate, priority, max_attempts, traceparent, key_window, key_until,
                    id, args, key, key_held, run_at, state)
                SELECT ",
        );
        out.push_bind_param::<Text, _>(self.kind)?;
        out.push_sql(", given.queue, ");
        out.push_bind_param::<Text, _>(self.gate)?;
        out.push_sql(", ");
        out.push_bind_param::<SmallInt, _>(&self.priority)?;
        out.push_sql(", ");
        out.push_bind_param::<SmallInt, _>(&self.max_attempts)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.traceparent)?;
        out.push_sql(", CASE WHEN each.key IS NOT NULL THEN ");
        out.push_bind_param::<Text, _>(self.window)?;
        out.push_sql(" END, given.at + make_interval(secs => ");
        out.push_bind_param::<Nullable<Double>, _>(&self.window_seconds)?;
        out.push_sql(
            "), each.id, each.args::json, each.key, each.key IS NOT NULL, given.run_at,
                    CASE WHEN given.run_at > given.at THEN 'scheduled' ELSE 'available' END
                FROM given, unnest(",
        );
        out.push_bind_param::<Array<Uuid>, _>(self.ids)?;
        out.push_sql("::uuid[], ");
        out.push_bind_param::<Array<Text>, _>(self.args)?;
        out.push_sql("::text[], ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(self.keys)?;
        // A job that is due long after the next look at the queue needs nobody to look earlier.
        out.push_sql(
            "::text[]) AS each (id, args, key)
                ON CONFLICT (kind, key) WHERE key_held DO NOTHING
                RETURNING id
            ), woken AS (
                SELECT pg_notify('tidemark_jobs', CASE WHEN run_at > at THEN 'due' ELSE 'queue ' || queue END)::text
                FROM given WHERE run_at < at + interval '10 seconds' AND EXISTS (SELECT FROM added)
            )
            SELECT (SELECT count(*) FROM added) + 0 * (SELECT count(*) FROM woken)",
        );
        Ok(())
    }
}

impl Query for Insert<'_> {
    type SqlType = BigInt;
}

/// Lets go of keys whose time has passed.
#[derive(Debug, Clone)]
pub(crate) struct ExpireKeys<'a> {
    pub(crate) kind: &'a str,
    pub(crate) keys: &'a [Option<String>],
}

impl QueryFragment<Pg> for ExpireKeys<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Rare, and on the caller's connection: planned each time, for the table as large as it is then.
        out.unsafe_to_cache_prepared();
        out.push_sql("UPDATE jobs SET key_held = false WHERE key_held AND key_until <= now() AND kind = ");
        out.push_bind_param::<Text, _>(self.kind)?;
        out.push_sql(" AND key = ANY (");
        out.push_bind_param::<Array<Nullable<Text>>, _>(self.keys)?;
        out.push_sql(")");
        Ok(())
    }
}
