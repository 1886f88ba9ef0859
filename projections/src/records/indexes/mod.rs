//! The indexes of collections on the table of records, with the statistics that the planner needs to choose among them:
//! made and dropped as definitions say, while the table is in use.

mod statistics;
mod wanted;

use bootstrap::db::Connection;
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Bool, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::collections::{CollectionId, Shape};
use sha2::{Digest, Sha256};
use tracing::info;
use uuid::Uuid;

pub use statistics::{RecordStatistics, wanted as wanted_statistics};
pub use wanted::{RecordIndex, wanted};

/// One process at a time works on indexes: two that are made at once wait for each other's transactions, for ever.
const LOCK: i64 = 0x7265_636f_7264_6978;
/// Names begin so; the collection's id follows, without its hyphens.
const PREFIX: &str = "records_c";
/// Names of statistics begin so.
const STATISTICS_PREFIX: &str = "records_s";

/// Why the indexes are not as they should be.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("another process is working on the indexes")]
    Busy,
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// What was done, in indexes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    pub made: usize,
    pub dropped: usize,
}

#[derive(QueryableByName)]
struct Existing {
    #[diesel(sql_type = Text)]
    name: String,
    /// False of one whose making was cut off.
    #[diesel(sql_type = Bool)]
    is_valid: bool,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Makes the indexes of a collection that are missing, and drops those that nobody wants any more: all of them when the
/// collection is gone. `shapes` are those of the contents that are read, and of those that a pending change makes. Readers and writers go on meanwhile. `conn` must be a connection of the caller's own without a
/// time-out for statements; it must not be in a transaction.
pub async fn sync(conn: &mut Connection, collection: CollectionId, shapes: &[Shape]) -> Result<Synced, IndexError> {
    let lock = sql_query(format!("SELECT pg_try_advisory_lock({LOCK}) AS locked"));
    if !lock.get_result::<Locked>(conn).await?.locked {
        return Err(IndexError::Busy);
    }
    let synced = sync_locked(conn, collection, shapes).await;
    // Otherwise it goes with the connection.
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})")).await?;
    Ok(synced?)
}

/// The collections that have indexes or statistics, whether or not they should.
pub async fn owners(conn: &mut Connection) -> QueryResult<Vec<CollectionId>> {
    let indexes = existing(conn, PREFIX).await?.into_iter().map(|index| index.name);
    let names = indexes.chain(existing_statistics(conn, STATISTICS_PREFIX).await?);
    let mut owners: Vec<_> = names.filter_map(|name| owner(&name)).collect();
    owners.sort();
    owners.dedup();
    Ok(owners)
}

async fn sync_locked(conn: &mut Connection, collection: CollectionId, shapes: &[Shape]) -> QueryResult<Synced> {
    let wanted: Vec<RecordIndex> = shapes.iter().flat_map(|shape| wanted::wanted(collection, shape)).collect();
    let existing = existing(conn, &prefix(PREFIX, collection)).await?;
    let mut synced = Synced::default();
    for index in &wanted {
        match existing.iter().find(|other| other.name == index.name()) {
            Some(there) if there.is_valid => continue,
            Some(broken) => drop_index(conn, &broken.name).await?,
            None => {}
        }
        conn.batch_execute(&index.statement()).await?;
        info!(collection = %collection.as_uuid(), index = index.name(), "an index is made");
        synced.made += 1;
    }
    for other in existing.iter().filter(|other| wanted.iter().all(|index| index.name() != other.name)) {
        drop_index(conn, &other.name).await?;
        info!(collection = %collection.as_uuid(), index = other.name, "an index is dropped");
        synced.dropped += 1;
    }
    let are_new = sync_statistics(conn, collection, shapes).await?;
    if are_new || synced.made > 0 {
        // What an expression yields is known to the planner only after this.
        conn.batch_execute("ANALYZE public.records").await?;
    }
    Ok(synced)
}

/// Whether some were made.
async fn sync_statistics(conn: &mut Connection, collection: CollectionId, shapes: &[Shape]) -> QueryResult<bool> {
    let wanted = statistics::wanted(collection, shapes);
    let existing = existing_statistics(conn, &prefix(STATISTICS_PREFIX, collection)).await?;
    let is_there = |statistics: &&RecordStatistics| existing.iter().any(|name| name == statistics.name());
    let missing: Vec<_> = wanted.iter().filter(|statistics| !is_there(statistics)).collect();
    for statistics in &missing {
        conn.batch_execute(&statistics.statement()).await?;
    }
    for name in existing.iter().filter(|name| wanted.iter().all(|statistics| statistics.name() != *name)) {
        conn.batch_execute(&format!("DROP STATISTICS IF EXISTS public.{name}")).await?;
    }
    Ok(!missing.is_empty())
}

async fn drop_index(conn: &mut Connection, name: &str) -> QueryResult<()> {
    conn.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS public.{name}")).await
}

/// In the order of their names.
async fn existing(conn: &mut Connection, prefix: &str) -> QueryResult<Vec<Existing>> {
    sql_query(
        "SELECT c.relname::text AS name, i.indisvalid AS is_valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         WHERE i.indrelid = to_regclass('public.records') AND starts_with(c.relname, $1) ORDER BY c.relname",
    )
    .bind::<Text, _>(prefix)
    .load(conn)
    .await
}

async fn existing_statistics(conn: &mut Connection, prefix: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let names = sql_query(
        "SELECT stxname::text AS name FROM pg_statistic_ext WHERE stxrelid = to_regclass('public.records') \
         AND starts_with(stxname, $1) ORDER BY stxname",
    );
    Ok(names.bind::<Text, _>(prefix).load::<Name>(conn).await?.into_iter().map(|row| row.name).collect())
}

fn prefix(kind: &str, collection: CollectionId) -> String {
    format!("{kind}{}_", collection.as_uuid().simple())
}

/// The name of what a collection has on something.
fn hashed(kind: &str, collection: CollectionId, on: &str) -> String {
    let hash = Sha256::digest(on);
    let hash: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}{hash}", prefix(kind, collection))
}

fn owner(name: &str) -> Option<CollectionId> {
    let rest = name.strip_prefix(PREFIX).or_else(|| name.strip_prefix(STATISTICS_PREFIX))?;
    Uuid::try_parse(rest.split('_').next()?).ok().map(CollectionId::from_uuid)
}
