//! Counting what a list has in all, while that takes no longer than somebody waits.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use domain::expressions::{Filter, Request};
use projections::records::list::{self, Selection};
use serde_json::json;
use test_support::TestDatabase;

use super::{collection, fill, shape};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_ends_when_nobody_waits_for_it_any_more() {
    let database = TestDatabase::create().await;
    let (mut conn, mut other) = (database.connect().await, database.connect().await);
    fill(&mut conn, &[json!({"rank": 1}), json!({"rank": 2}), json!({})]).await;
    let shape = shape(&json!({"rank": {"type": "integer"}}), &json!([]), &[], &[]);
    let request = Request { user_id: None, user_roles: &[], now: "2026-11-25T12:00:00Z".parse().unwrap() };
    let filter = |text: &str| shape.filter(text).unwrap().bind(&request);
    let all = Selection::new(collection(), &Filter::constantly(true)).unwrap();
    let some = Selection::new(collection(), &filter("record.rank > 1")).unwrap();
    assert!(Selection::new(collection(), &Filter::constantly(false)).is_none());
    let patience = Duration::from_secs(10);
    assert_eq!(list::count(&mut conn, &all, patience).await.unwrap(), Some(3));
    assert_eq!(list::count(&mut conn, &some, patience).await.unwrap(), Some(1));

    other.batch_execute("BEGIN; LOCK TABLE records IN ACCESS EXCLUSIVE MODE").await.unwrap();
    assert_eq!(list::count(&mut conn, &all, Duration::from_millis(50)).await.unwrap(), None);
    other.batch_execute("COMMIT").await.unwrap();
    assert_eq!(list::count(&mut conn, &all, patience).await.unwrap(), Some(3), "the connection is as it was");
}
