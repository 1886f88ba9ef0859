//! The SQL of a filter uses an index that is on `index_expression`.

use bootstrap::db::Connection;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::expressions::{Expression, Request, Sql, SqlValue, index_expression};
use test_support::TestDatabase;

use super::{schema, table};

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// With the values written out, as the planner sees them for the first executions of a prepared statement.
fn written_out(sql: &Sql) -> String {
    let (mut text, values) = sql.numbered(1);
    for (index, value) in values.iter().enumerate().rev() {
        let literal = match value {
            SqlValue::Text(value) => format!("'{value}'"),
            SqlValue::Texts(values) => format!("'{{{}}}'", values.join(",")),
            SqlValue::BigInt(value) => value.to_string(),
            SqlValue::Double(value) => format!("'{value}'"),
            SqlValue::Boolean(value) => value.to_string(),
            SqlValue::Timestamp(value) => format!("'{}'", value.to_rfc3339()),
            SqlValue::Uuid(value) => format!("'{value}'"),
            other @ (SqlValue::BigInts(_)
            | SqlValue::Doubles(_)
            | SqlValue::Booleans(_)
            | SqlValue::Timestamps(_)
            | SqlValue::Uuids(_)) => panic!("{other:?} is in no case here"),
        };
        text = text.replace(&format!("${}", index + 1), &literal);
    }
    text
}

async fn plan(conn: &mut Connection, source: &str) -> String {
    let request = Request { user_id: None, user_roles: &[], now: "2026-11-25T12:00:00Z".parse().unwrap() };
    let filter = Expression::parse(source, &schema()).unwrap().bind(&request);
    let query = format!("EXPLAIN SELECT n FROM entries WHERE {}", written_out(&filter.to_sql("entries")));
    let lines: Vec<Plan> = sql_query(query).load(conn).await.unwrap();
    lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn filters_use_the_indexes_that_are_made_for_them() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    table::create(&mut conn).await;
    let schema = schema();
    for name in ["title", "address.city", "count", "price", "done", "due", "author"] {
        let (index, expression) = (name.replace('.', "_"), index_expression(schema.field(name).unwrap()));
        conn.batch_execute(&format!("CREATE INDEX by_{index} ON entries ({expression})")).await.unwrap();
    }
    let tags = index_expression(schema.field("tags").unwrap());
    let others = format!(
        "CREATE INDEX by_tags ON entries USING gin ({tags} jsonb_path_ops); \
         CREATE INDEX by_owner ON entries (owner); CREATE INDEX by_created_at ON entries (created_at); \
         SET enable_seqscan = off"
    );
    conn.batch_execute(&others).await.unwrap();
    let cases = [
        ("record.title == \"open\"", "by_title"),
        ("record.title >= \"a\" && record.title < \"b\"", "by_title"),
        ("record.title in [\"a\", \"b\"]", "by_title"),
        ("record.title.startsWith(\"ab\")", "by_title"),
        ("record.address.city == \"Ulm\"", "by_address_city"),
        ("record.count == 5", "by_count"),
        ("record.count > 5 && record.done", "by_count"),
        ("record.price <= 2.5", "by_price"),
        ("record.done", "by_done"),
        ("record.due < now", "by_due"),
        ("record.author == \"01890a5d-ac96-774b-bcce-b302099a8057\"", "by_author"),
        ("\"a\" in record.tags", "by_tags"),
        ("record.owner == \"01890a5d-ac96-774b-bcce-b302099a8057\"", "by_owner"),
        ("record.created_at >= now - duration(\"24h\")", "by_created_at"),
    ];
    for (source, index) in cases {
        let plan = plan(&mut conn, source).await;
        assert!(plan.contains(index), "{source} does not use {index}:\n{plan}");
    }
}
