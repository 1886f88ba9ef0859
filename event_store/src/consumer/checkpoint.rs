//! How far a consumer has come.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Integer, SmallInt, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    log::{self, Filter},
    schema::checkpoints,
};

/// Names one checkpoint: a consumer, the build of it, and the lane.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConsumerKey {
    pub consumer: String,
    /// Counts from 1; rebuilds of a projection count on.
    pub build: i32,
    pub lane: i16,
}

impl ConsumerKey {
    /// The only lane of the first build.
    pub fn new(consumer: &str) -> Self {
        Self { consumer: consumer.to_owned(), build: 1, lane: 0 }
    }

    /// The name under which the lease on this consumer is held.
    pub fn lease_name(&self) -> String {
        format!("{}/{}/{}", self.consumer, self.build, self.lane)
    }
}

/// Where a consumer starts that has no checkpoint, or whose checkpoint belongs to an earlier life of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartAt {
    /// Read models: everything counts.
    Beginning,
    /// Reactions: what happened before they existed is none of their business.
    Head,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = checkpoints, check_for_backend(diesel::pg::Pg))]
pub struct Checkpoint {
    /// Everything up to here has been handled or parked.
    pub position: i64,
    pub incarnation: Uuid,
    pub fence: i64,
    /// See [`touch`].
    pub parked_generation: i64,
    pub updated_at: DateTime<Utc>,
}

/// The checkpoint as it is; `None` before the consumer first ran.
pub async fn read(conn: &mut Connection, key: &ConsumerKey) -> QueryResult<Option<Checkpoint>> {
    checkpoints::table
        .find((&key.consumer, key.build, key.lane))
        .select(Checkpoint::as_select())
        .first(conn)
        .await
        .optional()
}

/// Takes the checkpoint over under a new fence: whoever had it writes nothing any more.
pub async fn take_over(
    conn: &mut Connection,
    key: &ConsumerKey,
    fence: i64,
    start_at: StartAt,
) -> QueryResult<Checkpoint> {
    conn.transaction(async |conn| {
        let incarnation = log::incarnation(conn).await?;
        let start = match start_at {
            StartAt::Beginning => 0,
            StartAt::Head => log::head(conn).await?,
        };
        diesel::insert_into(checkpoints::table)
            .values((
                checkpoints::consumer.eq(&key.consumer),
                checkpoints::build.eq(key.build),
                checkpoints::lane.eq(key.lane),
                checkpoints::position.eq(start),
                checkpoints::incarnation.eq(incarnation),
                checkpoints::fence.eq(fence),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
        let row = checkpoints::table.find((&key.consumer, key.build, key.lane));
        // Waits for a transaction of the former holder, and fences it off.
        let current: Checkpoint = diesel::update(row)
            .set(checkpoints::fence.eq(fence))
            .returning(Checkpoint::as_returning())
            .get_result(conn)
            .await?;
        if current.incarnation == incarnation {
            return Ok(current);
        }
        // The log was restored. Read models were restored with it; reactions begin anew at its head.
        let position = match start_at {
            StartAt::Beginning => current.position,
            StartAt::Head => start,
        };
        diesel::update(row)
            .set((checkpoints::incarnation.eq(incarnation), checkpoints::position.eq(position)))
            .returning(Checkpoint::as_returning())
            .get_result(conn)
            .await
    })
    .await
}

/// Moves the checkpoint from one position to the next, inside the transaction of the effects, before them: whoever wants
/// to look at a consumer that stands still locks this row. `None` when the fence or the position is not ours any more.
pub async fn advance(
    conn: &mut Connection,
    key: &ConsumerKey,
    fence: i64,
    from: i64,
    to: i64,
) -> QueryResult<Option<i64>> {
    Advance { held: Held { key, fence, from }, to }.get_result(conn).await.optional()
}

/// A checkpoint that is somebody's, and where they know it to be.
struct Held<'a> {
    key: &'a ConsumerKey,
    fence: i64,
    from: i64,
}

impl Held<'_> {
    /// The condition that `checkpoints AS c` still has it so.
    fn walk<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("c.consumer = ");
        out.push_bind_param::<Text, _>(&self.key.consumer)?;
        out.push_sql(" AND c.build = ");
        out.push_bind_param::<Integer, _>(&self.key.build)?;
        out.push_sql(" AND c.lane = ");
        out.push_bind_param::<SmallInt, _>(&self.key.lane)?;
        out.push_sql(" AND c.fence = ");
        out.push_bind_param::<BigInt, _>(&self.fence)?;
        out.push_sql(" AND c.position = ");
        out.push_bind_param::<BigInt, _>(&self.from)?;
        Ok(())
    }
}

/// Written out, because diesel prepares its own updates anew each time, and this one is in every batch.
struct Advance<'a> {
    held: Held<'a>,
    to: i64,
}

impl QueryId for Advance<'_> {
    type QueryId = Advance<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Advance<'_> {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for Advance<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE checkpoints AS c SET updated_at = clock_timestamp(), position = ");
        out.push_bind_param::<BigInt, _>(&self.to)?;
        out.push_sql(" WHERE ");
        self.held.walk(&mut out)?;
        out.push_sql(" RETURNING parked_generation");
        Ok(())
    }
}

/// Moves the checkpoint over a piece of the log that has nothing for `filter`, and not beyond the log's head. Returns how far;
/// `None` where there is something, and where the fence or the position is not ours any more.
pub async fn pass_over(
    conn: &mut Connection,
    key: &ConsumerKey,
    fence: i64,
    filter: &Filter,
    from: i64,
    upto: i64,
) -> QueryResult<Option<i64>> {
    PassOver { held: Held { key, fence, from }, filter, upto }.get_result(conn).await.optional()
}

/// One statement sees head and events as one snapshot has them.
struct PassOver<'a> {
    held: Held<'a>,
    filter: &'a Filter,
    upto: i64,
}

impl QueryId for PassOver<'_> {
    type QueryId = ();
    // Its text depends on the filter.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for PassOver<'_> {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for PassOver<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "UPDATE checkpoints AS c SET updated_at = clock_timestamp(), position = least(log_head.position, ",
        );
        out.push_bind_param::<BigInt, _>(&self.upto)?;
        out.push_sql(") FROM log_head WHERE log_head.id = 1 AND log_head.position > c.position AND ");
        self.held.walk(&mut out)?;
        out.push_sql(" AND NOT EXISTS (SELECT FROM events WHERE position > ");
        out.push_bind_param::<BigInt, _>(&self.held.from)?;
        out.push_sql(" AND position <= ");
        out.push_bind_param::<BigInt, _>(&self.upto)?;
        self.filter.walk_conditions(&mut out)?;
        out.push_sql(") RETURNING c.position");
        Ok(())
    }
}

/// Has the consumer's runner look anew at all that it remembers of the consumer, with its next batch.
pub async fn touch(conn: &mut Connection, key: &ConsumerKey) -> QueryResult<()> {
    diesel::update(checkpoints::table.find((&key.consumer, key.build, key.lane)))
        .set(checkpoints::parked_generation.eq(checkpoints::parked_generation + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// Locks the checkpoint until the end of the transaction, so that its consumer stands still.
pub async fn lock(conn: &mut Connection, key: &ConsumerKey) -> QueryResult<Option<Checkpoint>> {
    checkpoints::table
        .find((&key.consumer, key.build, key.lane))
        .select(Checkpoint::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}
