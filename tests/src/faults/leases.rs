//! Who leads, as the leases in the database say it.

use std::time::Duration;

use bootstrap::db::Connection;
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl;

const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(QueryableByName)]
struct Fence {
    #[diesel(sql_type = BigInt)]
    fence: i64,
}

/// Waits until a lease has a fence beyond this one; `None` when it is still below after `patience`.
pub(super) async fn fence_beyond(
    connection: &mut Connection,
    lease: &str,
    fence: i64,
    patience: Duration,
) -> Option<i64> {
    let looking = async {
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            look.tick().await;
            if let Some(now) = fence_of(connection, lease).await.filter(|now| *now > fence) {
                return now;
            }
        }
    };
    tokio::time::timeout(patience, looking).await.ok()
}

/// The fence of a lease that somebody has taken.
pub(super) async fn fence_of(connection: &mut Connection, lease: &str) -> Option<i64> {
    let query = sql_query("SELECT fence FROM leases WHERE name = $1").bind::<Text, _>(lease);
    let found: Option<Fence> = query.get_result(connection).await.optional().expect("leases can be read");
    found.map(|found| found.fence)
}
