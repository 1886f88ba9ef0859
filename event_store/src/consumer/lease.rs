//! Who may run a consumer: a row with an expiry and a number that grows with every new holder.
//!
//! A holder that was stopped and wakes up late still believes in its lease; the number, checked in each transaction of
//! its work, keeps it from writing anything.

use std::time::Duration;

use bootstrap::db::Connection;
use diesel::OptionalExtension;
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Double, Text},
};
use diesel_async::RunQueryDsl;

/// A lease that was held when it was last renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: String,
    holder: String,
    ttl: Duration,
    fence: i64,
}

impl Lease {
    /// Takes the lease when it is free, expired, or already this holder's. `holder` must be unique to the task.
    pub async fn acquire(conn: &mut Connection, name: &str, holder: &str, ttl: Duration) -> QueryResult<Option<Self>> {
        let fence = Acquire { name, holder, seconds: ttl.as_secs_f64() }.get_result::<i64>(conn).await.optional()?;
        Ok(fence.map(|fence| Self { name: name.to_owned(), holder: holder.to_owned(), ttl, fence }))
    }

    /// Holds the lease for another `ttl`. False when somebody else has taken it since.
    pub async fn renew(&self, conn: &mut Connection) -> QueryResult<bool> {
        let renewed = Renew { lease: self, seconds: self.ttl.as_secs_f64() }.execute(conn).await?;
        Ok(renewed == 1)
    }

    /// Lets the next one take it at once.
    pub async fn release(self, conn: &mut Connection) -> QueryResult<()> {
        Renew { lease: &self, seconds: 0.0 }.execute(conn).await?;
        Ok(())
    }

    /// Grows with every change of holder.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    /// After this time it wants renewing. The other half of the time is for a database that takes long; each lane of an
    /// idle installation asks for nothing else.
    pub fn renew_after(&self) -> Duration {
        self.ttl / 2
    }
}

struct Acquire<'a> {
    name: &'a str,
    holder: &'a str,
    seconds: f64,
}

impl QueryId for Acquire<'_> {
    type QueryId = Acquire<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Acquire<'_> {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for Acquire<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO leases AS l (name, holder, fence, expires_at) VALUES (");
        out.push_bind_param::<Text, _>(self.name)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.holder)?;
        out.push_sql(", 1, clock_timestamp() + make_interval(secs => ");
        out.push_bind_param::<Double, _>(&self.seconds)?;
        out.push_sql(
            ")) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, \
             fence = l.fence + 1 WHERE l.expires_at <= clock_timestamp() OR l.holder = excluded.holder RETURNING fence",
        );
        Ok(())
    }
}

struct Renew<'a> {
    lease: &'a Lease,
    seconds: f64,
}

impl QueryId for Renew<'_> {
    type QueryId = Renew<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Renew<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE leases SET expires_at = clock_timestamp() + make_interval(secs => ");
        out.push_bind_param::<Double, _>(&self.seconds)?;
        out.push_sql(") WHERE name = ");
        out.push_bind_param::<Text, _>(&self.lease.name)?;
        out.push_sql(" AND holder = ");
        out.push_bind_param::<Text, _>(&self.lease.holder)?;
        out.push_sql(" AND fence = ");
        out.push_bind_param::<BigInt, _>(&self.lease.fence)?;
        Ok(())
    }
}
