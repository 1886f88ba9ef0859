//! A million records: whatever a collection has declared is found through its indexes.

use bootstrap::db::Connection;
use diesel::{sql_query, sql_types::Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    collections::Shape,
    expressions::{Filter, Request},
};
use projections::records::{
    indexes::{self, Synced},
    list::{self, Ranked, Selection, SortKey, Sorted},
};
use serde_json::json;
use test_support::TestDatabase;
use uuid::Uuid;

use super::{collection, plan, shape};

/// Made by the database itself: a million of ours, and some of another collection. Its own indexes come after them.
const FILL: &str = r#"
    INSERT INTO records (id, collection, version, data, created_at, updated_at, created_by, position)
    SELECT lpad(to_hex(n), 32, '0')::uuid, CASE WHEN n <= 1000000 THEN $1 ELSE '00000000-0000-0000-0000-0000000000c1' END,
           1, jsonb_build_object('title', 'word' || n % 50000 || ' of ' || n % 7, 'slug', 's' || n, 'rank', n::bigint * 7919 % 1000003,
           'status', 'state' || n % 400) || CASE WHEN n % 10 = 0 THEN '{}' ELSE jsonb_build_object('tags',
           jsonb_build_array('tag' || n % 5000)) END,
           '2026-01-01Z'::timestamptz + n * interval '1 s', '2026-01-01Z', '00000000-0000-0000-0000-000000000001', n
    FROM generate_series(1, 1050000) n"#;

fn ours() -> Shape {
    let properties = json!({
        "title": {"type": "string", "maxLength": 100}, "slug": {"type": "string"}, "rank": {"type": "integer"},
        "status": {"type": "string", "maxLength": 20}, "tags": {"type": "array", "items": {"type": "string"}},
    });
    let indexed = json!(["rank", ["status", "-created_at"], "title", "tags"]);
    shape(&properties, &indexed, &["slug"], &["title"])
}

/// In the order in which they are declared, then those of unique fields, then that of words.
const RANK: usize = 0;
const STATUS: usize = 1;
const TITLE: usize = 2;
const TAGS: usize = 3;
const SLUG: usize = 4;
const WORDS: usize = 5;

async fn full(conn: &mut Connection, shape: &Shape) {
    let early = "ALTER TABLE records SET UNLOGGED; DROP INDEX records_position, records_collection, records_created; \
                 SET maintenance_work_mem = '256MB'; SET synchronous_commit = off";
    conn.batch_execute(early).await.unwrap();
    sql_query(FILL).bind::<SqlUuid, _>(collection().as_uuid()).execute(conn).await.unwrap();
    let late = "CREATE INDEX records_created ON records (collection, created_at, id) WHERE NOT deleted";
    conn.batch_execute(late).await.unwrap();
    let synced = indexes::sync(conn, collection(), Some(shape)).await.unwrap();
    assert_eq!(synced, Synced { made: 6, dropped: 0 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_records_are_found_by_their_indexes() {
    let database = TestDatabase::create().await;
    let (mut conn, shape) = (database.connect().await, ours());
    full(&mut conn, &shape).await;
    let names: Vec<_> = indexes::wanted(collection(), &shape).iter().map(|index| index.name().to_owned()).collect();
    let request = Request { user_id: None, user_roles: &[], now: "2026-11-25T12:00:00Z".parse().unwrap() };
    let selection = |text: &str| {
        let filter = match text {
            "" => Filter::constantly(true),
            text => shape.filter(text).unwrap().bind(&request),
        };
        Selection::new(collection(), &filter).unwrap()
    };
    let newest = vec![SortKey::created_at(true), SortKey::id(true)];
    let by = |names: &[(&str, bool)]| {
        let keys = names.iter().map(|(name, falls)| SortKey::new(shape.sort_field(name).unwrap(), *falls));
        keys.chain([SortKey::id(names.last().unwrap().1)]).collect::<Vec<_>>()
    };
    let cases = [
        ("record.status == \"state7\"", &newest, STATUS),
        ("record.status == \"state7\" && record.created_at > \"2026-01-05T00:00:00Z\"", &newest, STATUS),
        ("record.rank >= 500 && record.rank < 700", &newest, RANK),
        ("record.rank in [1, 2, 3]", &newest, RANK),
        ("record.title.startsWith(\"word123 \")", &newest, TITLE),
        ("record.slug == \"s4711\"", &newest, SLUG),
        ("\"tag7\" in record.tags", &newest, TAGS),
        ("", &by(&[("rank", true)]), RANK),
        ("", &by(&[("rank", false)]), RANK),
        ("", &by(&[("status", false), ("created_at", true)]), STATUS),
        ("", &by(&[("status", true), ("created_at", false)]), STATUS),
        ("record.status == \"state7\"", &by(&[("created_at", false)]), STATUS),
        ("record.rank > 999000", &by(&[("rank", false)]), RANK),
    ];
    for (filter, keys, index) in cases {
        let selection = selection(filter);
        let first = Sorted { selection: &selection, keys, after: None, limit: 21, prepared: true };
        let page = list::sorted(&mut conn, first).await.unwrap();
        assert!(!page.is_empty(), "{filter}");
        let after = page.last().unwrap().place.clone();
        for page in [first, Sorted { after: Some(&after), ..first }] {
            let plan = plan(&mut conn, page).await;
            assert!(plan.contains(&names[index]), "{filter} by {keys:?} does not use {index}:\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{filter} by {keys:?}:\n{plan}");
        }
    }

    for (text, filter) in [("word123", ""), ("word77 or word78", "record.rank > 5"), ("\"word5 of\"", "")] {
        let selection = selection(filter).with_words(shape.searched().unwrap(), text);
        let page = Ranked { selection: &selection, after: Some((0.5, Uuid::nil())), limit: 21, prepared: true };
        let found = list::ranked(&mut conn, Ranked { after: None, ..page }).await.unwrap();
        assert!((10..=21).contains(&found.len()), "{text}: {}", found.len());
        let plan = plan(&mut conn, page).await;
        assert!(plan.contains(&names[WORDS]), "{text} does not use its index:\n{plan}");
    }
    let (all, default) = (selection(""), newest.clone());
    let plan =
        plan(&mut conn, Sorted { selection: &all, keys: &default, after: None, limit: 21, prepared: true }).await;
    assert!(plan.contains("records_created") && !plan.contains("Sort"), "{plan}");
}
