//! Replays that are under way, found by their jobs.

use bootstrap::db::Connection;
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Text},
};
use diesel_async::RunQueryDsl;
use jobs::Job;

use super::ReplayEvents;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    is_there: bool,
}

/// Whether a replay of the same webhook that was asked for earlier has not ended. The job of its next events is there before
/// that of the last ones ends.
pub(super) async fn are_before(conn: &mut Connection, replay: &ReplayEvents) -> QueryResult<bool> {
    let query = "SELECT EXISTS (SELECT FROM jobs WHERE kind = $1 AND key_held AND finished_at IS NULL \
                 AND args ->> 'webhook_id' = $2 AND (args ->> 'position')::bigint < $3) AS is_there";
    let query = sql_query(query).bind::<Text, _>(ReplayEvents::KIND).bind::<Text, _>(replay.webhook_id.to_string());
    Ok(query.bind::<BigInt, _>(replay.position).get_result::<Found>(conn).await?.is_there)
}
