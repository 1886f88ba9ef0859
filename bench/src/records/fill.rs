//! Fills log and read model with records as the product writes them, made by the database itself.

use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Uuid as SqlUuid},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::collections::CollectionId;
use test_support::TestDatabase;
use uuid::Uuid;

/// Rows of one statement.
const BATCH: i64 = 500_000;
/// As many as are asked for by id.
const IDS: i64 = 20_000;

/// Ids begin with the time, as those of the product do; the times are of the past.
const EVENTS: &str = r#"
    INSERT INTO events (position, event_id, stream_id, stream_version, category, event_type, event_version, payload,
                        metadata, recorded_at)
    SELECT n, gen_random_uuid(), 'record-' || made.id, 1, 'record', 'record.created', 1,
           jsonb_build_object('collection', $3::uuid, 'data', made.data, 'by', '00000000-0000-0000-0000-000000000001',
                              'at', to_char(made.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
           '{}', made.at
    FROM generate_series($1::bigint, $2::bigint) n, LATERAL (SELECT
           (lpad(to_hex(1767225600000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS id,
           '2026-01-01Z'::timestamptz + n * interval '1 ms' AS at,
           jsonb_build_object('title', 'Title ' || n, 'body', repeat('x', 120), 'status', 'state' || n % 400,
                              'rank', n % 100000) AS data) made"#;
const RECORDS: &str = r#"
    INSERT INTO records (id, collection, version, data, created_at, updated_at, created_by, position)
    SELECT substr(stream_id, 8)::uuid, $3::uuid, 1, payload->'data', recorded_at, recorded_at,
           '00000000-0000-0000-0000-000000000001', position
    FROM events WHERE position BETWEEN $1 AND $2"#;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Adds events, one record each, while no process works on the database.
pub(super) async fn fill(database: &TestDatabase, collection: CollectionId, events: i64) -> anyhow::Result<()> {
    let mut conn = database.connect().await;
    conn.batch_execute("SET synchronous_commit = off").await?;
    let head = "SELECT position AS number FROM log_head WHERE id = 1";
    let mut position = sql_query(head).get_result::<Number>(&mut conn).await?.number;
    let last = position + events;
    while position < last {
        let upto = (position + BATCH).min(last);
        for statement in [EVENTS, RECORDS] {
            let statement = sql_query(statement).bind::<BigInt, _>(position + 1).bind::<BigInt, _>(upto);
            statement.bind::<SqlUuid, _>(collection.as_uuid()).execute(&mut conn).await?;
        }
        position = upto;
    }
    conn.batch_execute(&format!("UPDATE log_head SET position = {last}; UPDATE checkpoints SET position = {last}"))
        .await?;
    // Each by itself, since what is sent at once is one transaction.
    for statement in ["VACUUM ANALYZE records", "VACUUM ANALYZE events", "CHECKPOINT"] {
        conn.batch_execute(statement).await?;
    }
    Ok(())
}

/// Records from all over the read model.
pub(super) async fn some_ids(database: &TestDatabase) -> anyhow::Result<Vec<Uuid>> {
    let query = "SELECT id FROM records TABLESAMPLE SYSTEM (20) WHERE NOT deleted LIMIT $1";
    let ids = sql_query(query).bind::<BigInt, _>(IDS).load::<Id>(&mut database.connect().await).await?;
    Ok(ids.into_iter().map(|id| id.id).collect())
}
