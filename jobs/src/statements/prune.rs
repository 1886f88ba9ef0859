//! Removing finished jobs and what they leave behind, and counting the others.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment},
    sql_types::{BigInt, Bool, Double, Nullable, Text},
};

/// Deletes up to `most` jobs that ended in `state` longer ago than `age_seconds`, oldest first, except those whose key
/// still keeps others out for a time.
#[derive(Debug, Clone)]
pub(crate) struct Prune<'a> {
    pub(crate) state: &'a str,
    pub(crate) age_seconds: f64,
    pub(crate) most: i64,
}

impl QueryFragment<Pg> for Prune<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DELETE FROM jobs WHERE ctid = ANY (ARRAY(SELECT ctid FROM jobs WHERE state = ");
        out.push_bind_param::<Text, _>(self.state)?;
        out.push_sql(" AND finished_at < now() - make_interval(secs => ");
        out.push_bind_param::<Double, _>(&self.age_seconds)?;
        out.push_sql(") AND NOT (key_held AND coalesce(key_until > now(), false)) ORDER BY id LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(" FOR UPDATE SKIP LOCKED))");
        Ok(())
    }
}

/// How many jobs of each queue are in each unfinished state, and how long the oldest available one has waited.
#[derive(Debug, Clone)]
pub(crate) struct Depth;

/// queue, state, jobs, age in seconds of the oldest available one
pub(crate) type DepthRow = (String, String, i64, Option<f64>);

impl QueryFragment<Pg> for Depth {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT queue, state, count(*),
                extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'available'))::double precision
            FROM jobs WHERE state = 'available' OR state = 'running' OR state IN ('scheduled', 'retrying')
            GROUP BY queue, state",
        );
        Ok(())
    }
}

impl Query for Depth {
    type SqlType = (Text, Text, BigInt, Nullable<Double>);
}

/// Whether dead rows have piled up well beyond what autovacuum lets be.
#[derive(Debug, Clone)]
pub(crate) struct NeedsVacuum;

impl QueryFragment<Pg> for NeedsVacuum {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT n_dead_tup > 20000 + n_live_tup / 10 FROM pg_stat_user_tables WHERE relid = 'jobs'::regclass",
        );
        Ok(())
    }
}

impl Query for NeedsVacuum {
    type SqlType = Bool;
}
