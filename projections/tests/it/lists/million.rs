//! What is declared is used: with a million records, a list looks at little more than it answers.

use bootstrap::db::Connection;
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_query,
    sql_types::Json,
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    collections::Shape,
    expressions::{Filter, Request},
};
use projections::records::{
    indexes,
    list::{Count, Ranked, Selection, SortKey, Sorted},
};
use serde_json::{Value, json};
use test_support::TestDatabase;

use super::{Name, collection, shape};

const PAGE: i64 = 20;

/// What the server does for a statement, and how many rows each step of it has had.
struct Explain<S>(S);

impl<S> QueryId for Explain<S> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S> Query for Explain<S> {
    type SqlType = Json;
}

impl<S: QueryFragment<Pg>> QueryFragment<Pg> for Explain<S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ");
        self.0.walk_ast(out)
    }
}

/// A plan, as far as it says what was looked at.
#[derive(Debug, Default)]
struct Looked {
    /// Rows of the table and entries of indexes, those included that were then left out.
    rows: i64,
    indexes: Vec<String>,
    scans_all: bool,
}

impl Looked {
    fn at(plan: &Value) -> Self {
        let mut looked = Self::default();
        looked.walk(&plan[0]["Plan"]);
        looked
    }

    fn walk(&mut self, node: &Value) {
        let count = |name: &str| node[name].as_i64().unwrap_or(0);
        if node["Relation Name"] == "records" || node["Index Name"].is_string() {
            let removed = count("Rows Removed by Filter") + count("Rows Removed by Index Recheck");
            self.rows += (count("Actual Rows") + removed) * count("Actual Loops").max(1);
        }
        self.scans_all |= node["Relation Name"] == "records" && node["Node Type"] == "Seq Scan";
        self.indexes.extend(node["Index Name"].as_str().map(str::to_owned));
        for inner in node["Plans"].as_array().into_iter().flatten() {
            self.walk(inner);
        }
    }
}

fn ours() -> Shape {
    let properties = json!({
        "rank": {"type": "integer"}, "price": {"type": "number"}, "due": {"type": "string", "format": "date-time"},
        "status": {"type": "string", "maxLength": 20}, "author": {"type": "string", "format": "uuid"},
        "slug": {"type": "string", "maxLength": 40}, "title": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}},
        "address": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20}}},
    });
    let indexed =
        json!(["rank", "price", "due", "author", "tags", ["status", "-created_at"], ["address.city", "rank"]]);
    shape(&properties, &indexed, &["slug"], &["title"])
}

/// A million records of ours, and a tenth of that which others have, with the same names for other things.
async fn fill(conn: &mut Connection) {
    let insert = |collection: &str, records: u32, data: &str| {
        format!(
            "INSERT INTO records (id, collection, version, data, created_at, updated_at, created_by, position) \
             SELECT md5('{collection}' || n)::uuid, '{collection}', 1, {data}, '2026-01-01Z'::timestamptz + n * interval '1 s', \
             '2026-01-01Z', '00000000-0000-0000-0000-000000000001', n FROM generate_series(1, {records}) AS n;"
        )
    };
    let ours = "jsonb_build_object('rank', n * 7919::bigint % 1000000, 'price', n % 100000 / 8.0, \
        'due', to_char('2026-01-01'::timestamp + n * 7919::bigint % 1000000 * interval '1 min', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), \
        'status', CASE WHEN n % 20000 = 0 THEN 'stuck' WHEN n % 100 = 0 THEN 'open' ELSE 'done' END, \
        'author', lpad(to_hex(n % 20000), 32, '0')::uuid, 'slug', 'slug-' || n, \
        'title', 'word' || n % 20000 || ' of ' || n % 10, 'tags', jsonb_build_array('t' || n % 5000, 'all'), \
        'address', jsonb_build_object('city', 'c' || n % 1000))";
    let theirs = "jsonb_build_object('rank', 1, 'status', 'open', 'title', n)";
    let script = insert(&collection().as_uuid().to_string(), 1_000_000, ours)
        + &insert("00000000-0000-0000-0000-0000000000c1", 100_000, theirs);
    // What is written here is not to outlive the test.
    conn.batch_execute(&format!("SET synchronous_commit = off; {script}")).await.unwrap();
    conn.batch_execute("VACUUM records").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_look_at_little_more_than_they_answer_at_a_million_records() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    sql_query("ALTER TABLE records SET (autovacuum_enabled = false)").execute(&mut conn).await.unwrap();
    fill(&mut conn).await;
    let shape = ours();
    indexes::sync(&mut conn, collection(), std::slice::from_ref(&shape)).await.unwrap();
    let definitions = "SELECT pg_get_indexdef(indexrelid) AS name FROM pg_index WHERE indrelid = 'records'::regclass \
                       AND starts_with(indexrelid::regclass::text, 'records_c')";
    let definitions: Vec<Name> = sql_query(definitions).load(&mut conn).await.unwrap();
    let name = |fields: &[&str]| {
        let is_on = |definition: &&Name| fields.iter().all(|field| definition.name.contains(field));
        definitions.iter().find(is_on).unwrap().name.split(' ').nth(2).unwrap().to_owned()
    };
    let request = Request { user_id: None, user_roles: &[], now: "2026-11-25T12:00:00Z".parse().unwrap() };
    let selection = |filter: &str| match filter {
        "" => Selection::new(collection(), &Filter::constantly(true)).unwrap(),
        filter => Selection::new(collection(), &shape.filter(filter).unwrap().bind(&request)).unwrap(),
    };
    let key = |name: &str| match name.strip_prefix('-') {
        Some(name) => SortKey::new(shape.sort_field(name).unwrap(), true),
        None => SortKey::new(shape.sort_field(name).unwrap(), false),
    };
    let author = "00000000-0000-0000-0000-000000000007";
    for (filter, sort, fields, most) in [
        ("", "rank", vec!["'rank'"], PAGE),
        ("", "-due", vec!["'due'"], PAGE),
        ("record.rank >= 500000 && record.rank < 500050", "-created_at", vec!["'rank'"], 100),
        ("record.rank == 77", "-created_at", vec!["'rank'"], 2),
        ("record.rank > 999900", "-price", vec!["'rank'"], 200),
        ("record.price > 12499.0", "-created_at", vec!["'price'"], 200),
        ("record.due < timestamp('2026-01-01T01:00:00Z')", "-created_at", vec!["'due'"], 200),
        ("record.slug == 'slug-77'", "-created_at", vec!["'slug'"], 2),
        (&format!("record.author == '{author}'"), "-created_at", vec!["'author'"], 200),
        ("record.status == 'stuck'", "-created_at", vec!["'status'", "created_at"], 100),
        ("record.status == 'open'", "-created_at", vec!["'status'", "created_at"], PAGE),
        ("record.address.city == 'c77'", "rank", vec!["'city'", "'rank'"], PAGE),
    ] {
        let keys = [key(sort), SortKey::id(sort.starts_with('-'))];
        let selection = selection(filter);
        let page = Sorted { selection: &selection, keys: &keys, after: None, limit: PAGE, prepared: false };
        let looked = Looked::at(&Explain(page).get_result(&mut conn).await.unwrap());
        let index = name(&fields);
        assert!(looked.indexes.contains(&index), "{filter:?} by {sort}: not {fields:?} ({index}), but {looked:?}");
        assert!(looked.rows <= most && !looked.scans_all, "{filter:?} by {sort}: {looked:?}");
    }

    // The planner tells by a hundred lists how common an item is. One item in fifty happens to be in one of them, and is
    // taken for a hundred times as common as it is.
    let mut found_by_index = 0;
    for tag in ["t7", "t77", "t777", "t1234", "t2345", "t3456", "t4567", "t4321", "t999"] {
        let keys = [key("-created_at"), SortKey::id(true)];
        let selection = selection(&format!("'{tag}' in record.tags"));
        let page = Sorted { selection: &selection, keys: &keys, after: None, limit: PAGE, prepared: false };
        let looked = Looked::at(&Explain(page).get_result(&mut conn).await.unwrap());
        found_by_index += usize::from(looked.indexes.contains(&name(&["'tags'"])) && looked.rows <= 500);
        assert!(!looked.scans_all, "{tag}: {looked:?}");
    }
    assert!(found_by_index >= 6, "of nine items, {found_by_index} were found by their index");

    // As lists are, and exports, where nobody asks for another order.
    for sort in ["-created_at", "created_at"] {
        let (keys, all) = ([key(sort), SortKey::id(sort.starts_with('-'))], selection(""));
        let page = Sorted { selection: &all, keys: &keys, after: None, limit: PAGE, prepared: false };
        let looked = Looked::at(&Explain(page).get_result(&mut conn).await.unwrap());
        assert!(looked.rows <= 2 * PAGE && !looked.scans_all, "by {sort}: {looked:?}");
    }

    // A page late in the list costs what the first one costs.
    let keys = [key("rank"), SortKey::id(false)];
    let place = [Some("900000".to_owned()), Some(author.to_owned())];
    let all = selection("");
    let page = Sorted { selection: &all, keys: &keys, after: Some(&place), limit: PAGE, prepared: false };
    let looked = Looked::at(&Explain(page).get_result(&mut conn).await.unwrap());
    assert!(looked.rows <= 2 * PAGE, "{looked:?}");

    let found = all.clone().with_words(shape.searched().unwrap(), "word77");
    let page = Ranked { selection: &found, after: None, limit: PAGE, prepared: false };
    let looked = Looked::at(&Explain(page).get_result(&mut conn).await.unwrap());
    assert!(looked.indexes.contains(&name(&["to_tsvector"])) && looked.rows <= 200, "{looked:?}");

    let some = selection("record.rank < 100");
    let looked = Looked::at(&Explain(Count(&some)).get_result(&mut conn).await.unwrap());
    assert!(looked.indexes.contains(&name(&["'rank'"])) && looked.rows <= 200, "{looked:?}");
}
