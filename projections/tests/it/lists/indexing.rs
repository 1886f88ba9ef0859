//! Indexes follow definitions while the table is in use, and go with it when the read model is made again.

use diesel::sql_query;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use projections::records::indexes::{self, IndexError, Synced};
use serde_json::{Value, json};
use std::sync::Arc;
use test_support::TestDatabase;

use super::{Name, collection, fill, shape};
use crate::scene::Scene;

async fn names(conn: &mut bootstrap::db::Connection) -> Vec<String> {
    let query = "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'records'::regclass \
                 AND indisvalid AND indexrelid::regclass::text LIKE 'records_c0%' ORDER BY 1";
    sql_query(query).load::<Name>(conn).await.unwrap().into_iter().map(|name| name.name).collect()
}

/// Those of the table that serves.
async fn statistics(conn: &mut bootstrap::db::Connection) -> Vec<String> {
    let query = "SELECT s.stxname::text AS name FROM pg_statistic_ext s JOIN pg_statistic_ext_data d ON d.stxoid = s.oid \
                 WHERE s.stxrelid = 'records'::regclass AND s.stxnamespace = 'public'::regnamespace ORDER BY 1";
    sql_query(query).load::<Name>(conn).await.unwrap().into_iter().map(|name| name.name).collect()
}

fn with(indexed: &Value) -> domain::collections::Shape {
    let properties =
        json!({"rank": {"type": "integer"}, "title": {"type": "string", "maxLength": 20}, "slug": {"type": "string"}});
    shape(&properties, indexed, &["slug"], &["title"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_are_made_and_dropped_as_the_definition_says() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    // The longest that there may be: it fits into every index, and what has no bound is hashed.
    let long = json!({"title": "\u{1f30a}".repeat(20), "slug": "s".repeat(100_000), "rank": i64::MAX});
    fill(&mut conn, &[long, json!({"rank": 1}), json!({})]).await;
    let before = with(&json!(["rank", ["title", "-rank"]]));
    let synced = indexes::sync(&mut conn, collection(), std::slice::from_ref(&before)).await.unwrap();
    assert_eq!(synced, Synced { made: 4, dropped: 0 });
    let wanted = |shape| {
        let mut names: Vec<_> =
            indexes::wanted(collection(), shape).iter().map(|index| index.name().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&mut conn).await, wanted(&before));
    assert_eq!(statistics(&mut conn).await.len(), 2, "of rank and title, and taken at once");
    let again = indexes::sync(&mut conn, collection(), std::slice::from_ref(&before)).await.unwrap();
    assert_eq!(again, Synced::default(), "nothing is left to do");

    // As it is left behind when making it is cut off.
    let kept = indexes::wanted(collection(), &before)[1].name().to_owned();
    let broken = format!("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{kept}'::regclass");
    conn.batch_execute(&broken).await.unwrap();
    let after = with(&json!([["title", "-rank"], "title"]));
    let synced = indexes::sync(&mut conn, collection(), std::slice::from_ref(&after)).await.unwrap();
    assert_eq!(synced, Synced { made: 2, dropped: 1 }, "one that is new, and the broken one");
    assert_eq!(names(&mut conn).await, wanted(&after));
    assert_eq!(indexes::owners(&mut conn).await.unwrap(), [collection()]);

    let mut other = database.connect().await;
    let held = indexes::sync(&mut other, collection(), std::slice::from_ref(&after));
    conn.batch_execute("SELECT pg_advisory_lock(8243104023283263864)").await.unwrap();
    assert!(matches!(held.await, Err(IndexError::Busy)), "one process at a time");
    conn.batch_execute("SELECT pg_advisory_unlock(8243104023283263864)").await.unwrap();
    let synced = indexes::sync(&mut conn, collection(), &[]).await.unwrap();
    assert_eq!((synced.made, synced.dropped, names(&mut conn).await), (0, 4, vec![]));
    assert_eq!((statistics(&mut conn).await, indexes::owners(&mut conn).await.unwrap()), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_model_that_is_made_again_has_the_indexes_too() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let mut conn = scene.connect().await;
    indexes::sync(&mut conn, collection(), std::slice::from_ref(&with(&json!(["rank"])))).await.unwrap();
    let before = names(&mut conn).await;
    assert_eq!(before.len(), 3);
    // Statistics are taken of what there is.
    fill(&mut conn, &[json!({"rank": 1}), json!({"rank": 2})]).await;
    conn.batch_execute("ANALYZE records").await.unwrap();
    let taken = statistics(&mut conn).await;
    assert_eq!(taken.len(), 1);
    let rebuilt = scene.rebuilt(Arc::new(projections::records::project::Records)).await;
    assert_eq!(rebuilt.build, 2);
    assert_eq!(names(&mut conn).await, before);
    let query = "SELECT stxname::text AS name FROM pg_statistic_ext WHERE stxrelid = 'records'::regclass";
    let after: Vec<Name> = sql_query(query).load(&mut conn).await.unwrap();
    assert_eq!(after.into_iter().map(|name| name.name).collect::<Vec<_>>(), taken);
}
