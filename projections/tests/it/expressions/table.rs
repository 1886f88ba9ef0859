//! The table that filters are tried on.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::expressions::Filter;
use projections::Condition;
use serde_json::Value;

use super::records::Row;

diesel::table! {
    entries (n) {
        n -> BigInt,
        data -> Jsonb,
        label -> Nullable<Text>,
        version -> BigInt,
        ratio -> Nullable<Double>,
        hidden -> Nullable<Bool>,
        created_at -> Timestamptz,
        owner -> Nullable<Uuid>,
    }
}

pub(super) async fn create(conn: &mut Connection) {
    let create = "CREATE TABLE entries (n bigint PRIMARY KEY, data jsonb NOT NULL, label text, version bigint NOT NULL, \
                  ratio double precision, hidden boolean, created_at timestamptz NOT NULL, owner uuid)";
    conn.batch_execute(create).await.unwrap();
}

/// Numbered from 0.
pub(super) async fn fill(conn: &mut Connection, rows: &[Row]) {
    for (n, row) in rows.iter().enumerate() {
        let values = (
            entries::n.eq(i64::try_from(n).unwrap()),
            entries::data.eq(&row.data),
            entries::label.eq(&row.label),
            entries::version.eq(row.version),
            entries::ratio.eq(row.ratio),
            entries::hidden.eq(row.hidden),
            entries::created_at.eq(row.created_at),
            entries::owner.eq(row.owner),
        );
        diesel::insert_into(entries::table).values(values).execute(conn).await.unwrap();
    }
}

/// What the rows have as `data`, after it was stored.
pub(super) async fn contents(conn: &mut Connection) -> Vec<Value> {
    entries::table.order(entries::n).select(entries::data).load(conn).await.unwrap()
}

pub(super) async fn found(conn: &mut Connection, filter: &Filter) -> diesel::QueryResult<Vec<i64>> {
    let condition = Condition::of(filter, "entries");
    entries::table.filter(condition).order(entries::n).select(entries::n).load(conn).await
}
