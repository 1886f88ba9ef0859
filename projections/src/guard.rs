//! Is a build still what its writer takes it for? Looked at in the transaction that writes read tables, whenever the
//! checkpoint says that it may have changed.

use bootstrap::db::Connection;
use diesel::{
    OptionalExtension, QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Integer, SmallInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use event_store::consumer::ConsumerKey;
use uuid::Uuid;

use crate::{Epoch, builds::BuildState};

/// What holds until the end of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Guarded {
    /// The fence of the lane's checkpoint.
    pub(crate) fence: i64,
    pub(crate) epoch: Epoch,
    /// Streams of the lane that are parked.
    pub(crate) parked: i64,
}

/// Looks at a build in a transaction that has locked the checkpoint of `key`, which a switch of builds locks too: what
/// this finds cannot change before the commit. `None` when the build is not in this state any more.
pub(crate) async fn check(conn: &mut Connection, key: &ConsumerKey, state: BuildState) -> QueryResult<Option<Guarded>> {
    let row: Option<(i64, i32, Uuid, i64, String)> = Check { key, state }.get_result(conn).await.optional()?;
    Ok(row.map(|(fence, resets, incarnation, parked, _)| Guarded {
        fence,
        epoch: Epoch { incarnation, build: key.build, resets },
        parked,
    }))
}

struct Check<'a> {
    key: &'a ConsumerKey,
    state: BuildState,
}

impl QueryId for Check<'_> {
    type QueryId = Check<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Check<'_> {
    type SqlType = (BigInt, Integer, SqlUuid, BigInt, Text);
}

impl QueryFragment<Pg> for Check<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // The settings keep statements that were planned on an empty table from scanning it when it has grown.
        out.push_sql(
            "SELECT c.fence, b.resets, i.incarnation, (SELECT count(*) FROM parked p WHERE p.consumer = c.consumer \
             AND p.build = c.build AND p.lane = c.lane), set_config('enable_seqscan', 'off', true) \
             || set_config('plan_cache_mode', 'force_generic_plan', true) || set_config('jit', 'off', true) \
             FROM projection_builds b JOIN checkpoints c ON c.consumer = b.projection AND c.build = b.build \
             JOIN log_incarnation i ON i.id = 1 WHERE b.projection = ",
        );
        out.push_bind_param::<Text, _>(&self.key.consumer)?;
        out.push_sql(" AND b.build = ");
        out.push_bind_param::<Integer, _>(&self.key.build)?;
        out.push_sql(" AND c.lane = ");
        out.push_bind_param::<SmallInt, _>(&self.key.lane)?;
        out.push_sql(" AND b.state = ");
        match self.state {
            BuildState::Active => out.push_sql("'active'"),
            BuildState::Building => out.push_sql("'building'"),
            BuildState::Retired => out.push_sql("'retired'"),
            BuildState::Dropped => out.push_sql("'dropped'"),
        }
        Ok(())
    }
}
