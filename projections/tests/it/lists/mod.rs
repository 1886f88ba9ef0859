//! Lists of records: in the order that was asked for, page by page, with the help of the indexes that collections declare.

mod counting;
mod indexing;
mod million;
mod pages;
mod ranking;

use bootstrap::db::Connection;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Jsonb, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::collections::{CollectionId, Definition, Finding, Language, Shape};
use serde_json::Value;
use uuid::Uuid;

pub(crate) fn collection() -> CollectionId {
    CollectionId::from_uuid(Uuid::from_u128(0xc0))
}

/// A collection with this schema, of which `title` is searched.
pub(crate) fn shape(properties: &Value, indexed: &Value, unique: &[&str], searchable: &[&str]) -> Shape {
    let schema = serde_json::json!({"type": "object", "properties": properties});
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let indexed = serde_json::from_value(indexed.clone()).unwrap();
    let finding = Finding::new(indexed, texts(searchable), Language::parse("english").unwrap());
    let schema = schema.as_object().unwrap().clone();
    Shape::of(&Definition { schema, unique: texts(unique), finding, ..Definition::default() }.normalised()).unwrap()
}

/// Inserts records as the projection would; each has `data`, and an id by its number.
pub(crate) async fn fill(conn: &mut Connection, contents: &[Value]) {
    sql_query(
        "INSERT INTO records (id, collection, version, data, created_at, updated_at, created_by, position) \
         SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 1, data, '2026-01-01Z'::timestamptz + n % 7 * interval '1 s', \
         '2026-01-01Z', '00000000-0000-0000-0000-000000000001', n FROM jsonb_array_elements($2) WITH ORDINALITY AS r(data, n)",
    )
    .bind::<SqlUuid, _>(collection().as_uuid())
    .bind::<Jsonb, _>(Value::from(contents.to_vec()))
    .execute(conn)
    .await
    .unwrap();
}

#[derive(QueryableByName)]
pub(crate) struct Name {
    #[diesel(sql_type = Text)]
    pub(crate) name: String,
}
