//! Since when a webhook has only failed.

use std::time::Duration;

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName, sql_query,
    sql_types::{Bool, Double, Integer, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A webhook that is rarely told of anything may have failed once days ago.
const FEWEST_FAILURES: i32 = 3;

#[derive(QueryableByName)]
struct Failing {
    #[diesel(sql_type = Bool)]
    is_hopeless: bool,
}

/// A delivery has failed; says whether none has succeeded for so long, in several attempts. What was before the webhook was
/// changed or enabled (`changed_at`) does not count. Of a webhook that is deleted nothing is noted.
pub(super) async fn failed(
    conn: &mut Connection,
    webhook: Uuid,
    changed_at: DateTime<Utc>,
    give_up_after: Duration,
) -> QueryResult<bool> {
    let noted: Option<Failing> = sql_query(
        "INSERT INTO webhook_health AS h (webhook_id, failing_since, failures) \
         SELECT webhook_id, now(), 1 FROM webhook_routes WHERE webhook_id = $1 \
         ON CONFLICT (webhook_id) DO UPDATE SET \
           failing_since = CASE WHEN h.failing_since < $2 THEN now() ELSE h.failing_since END, \
           failures = CASE WHEN h.failing_since < $2 THEN 1 ELSE h.failures + 1 END \
         RETURNING failing_since <= now() - make_interval(secs => $3) AND failures >= $4 AS is_hopeless",
    )
    .bind::<SqlUuid, _>(webhook)
    .bind::<Timestamptz, _>(changed_at)
    .bind::<Double, _>(give_up_after.as_secs_f64())
    .bind::<Integer, _>(FEWEST_FAILURES)
    .get_result(conn)
    .await
    .optional()?;
    Ok(noted.is_some_and(|noted| noted.is_hopeless))
}

/// A delivery has succeeded, or what was before does not count any more.
pub(super) async fn clear(conn: &mut Connection, webhook: Uuid) -> QueryResult<()> {
    sql_query("DELETE FROM webhook_health WHERE webhook_id = $1").bind::<SqlUuid, _>(webhook).execute(conn).await?;
    Ok(())
}
