//! Reading rows together with the position at which they were true.

use bootstrap::db::Connection;
use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection;
use futures::future::BoxFuture;

use crate::{
    Epoch,
    standing::{self, Standing},
};

/// Rows as they were at one position of the projection, neither older nor newer.
#[derive(Clone, Debug)]
pub struct Snapshot<T> {
    pub epoch: Epoch,
    /// Every lane has come at least this far.
    pub position: i64,
    pub rows: T,
}

/// A query that [`take`] runs; any closure `|conn| async { … }.boxed()` is one.
pub trait SnapshotQuery<T>: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, QueryResult<T>> + Send {}

impl<T, Q> SnapshotQuery<T> for Q where Q: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, QueryResult<T>> + Send {}

/// Runs `read` in one REPEATABLE READ transaction with a look at where the projection stands.
pub async fn take<T, Q>(conn: &mut Connection, projection: &str, table: &str, read: Q) -> QueryResult<Snapshot<T>>
where
    T: Send,
    Q: SnapshotQuery<T>,
{
    conn.build_transaction()
        .repeatable_read()
        .read_only()
        .run(async |conn| {
            // Before the first query takes the snapshot: once the table is held, no rebuild can put another one in its
            // place, of which an older snapshot would see only a part.
            conn.batch_execute(&format!("LOCK TABLE {table} IN ACCESS SHARE MODE")).await?;
            let (epoch, position) = standing(conn, projection).await?;
            let rows = read(conn).await?;
            Ok(Snapshot { epoch, position, rows })
        })
        .await
}

/// The epoch of the build that serves, and the position that all its lanes have reached.
pub async fn standing(conn: &mut Connection, projection: &str) -> QueryResult<(Epoch, i64)> {
    let standing = standing::read(conn, projection).await?;
    Ok((standing.epoch, standing.position()))
}

/// Where the build that serves is, lane by lane.
#[derive(Clone, Debug)]
pub struct Lanes {
    pub epoch: Epoch,
    pub positions: Vec<i64>,
    /// Under which each lane is consumed; positions under another may have been further.
    pub fences: Vec<i64>,
    /// Streams that could not be digested, in all lanes.
    pub parked: i64,
}

impl Lanes {
    /// Every lane has come at least this far.
    pub fn position(&self) -> i64 {
        self.positions.iter().copied().min().unwrap_or(0)
    }
}

pub async fn lanes(conn: &mut Connection, projection: &str) -> QueryResult<Lanes> {
    Ok(standing::read(conn, projection).await?.into())
}

impl From<Standing> for Lanes {
    fn from(Standing { epoch, lanes }: Standing) -> Self {
        let positions = lanes.iter().map(|lane| lane.position).collect();
        let fences = lanes.iter().map(|lane| lane.fence).collect();
        Self { epoch, positions, fences, parked: lanes.iter().map(|lane| lane.parked).sum() }
    }
}
