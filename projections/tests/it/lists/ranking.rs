//! Searches: which words are found in which language, and in which order.

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use domain::{collections::Language, expressions::Filter};
use projections::records::list::{self, Ranked, Selection};
use serde_json::json;
use test_support::TestDatabase;
use uuid::Uuid;

use super::{Name, collection, fill, shape};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_counts_most_comes_first_in_pages_that_are_the_whole() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let shape =
        shape(&json!({"title": {"type": "string"}, "body": {"type": "string"}}), &json!([]), &[], &["title", "body"]);
    let searched = shape.searched().unwrap();
    fill(
        &mut conn,
        &[
            json!({"title": "Cats", "body": "about dogs"}),
            json!({"title": "Dogs", "body": "about cats"}),
            json!({"title": "Birds"}),
            json!({"title": "Running dogs", "body": "they ran"}),
            json!({"body": "dog"}),
            json!({"title": 7, "body": null}),
        ],
    )
    .await;
    let all = Selection::new(collection(), &Filter::constantly(true)).unwrap();
    let mut found = async |text: &str, size: i64| {
        let selection = all.clone().with_words(searched, text);
        let (mut ids, mut after) = (vec![], None::<(f32, Uuid)>);
        loop {
            let page = list::ranked(&mut conn, Ranked { selection: &selection, after, limit: size, prepared: false })
                .await
                .unwrap();
            ids.extend(page.iter().map(|listed| listed.record.id.as_u128()));
            let Some(last) = page.last() else { return ids };
            after = Some((last.place(None)[0].as_deref().unwrap().parse().unwrap(), last.record.id));
        }
    };
    // In a title it counts more than in a body; of what counts alike, the newest comes first.
    assert_eq!(found("dog", 10).await, [4, 2, 5, 1]);
    for size in 1..4 {
        assert_eq!(found("dog", size).await, [4, 2, 5, 1]);
    }
    assert_eq!(found("run", 10).await, [4], "its forms are the same word; \"ran\" is another");
    assert_eq!(found("dogs -cats", 10).await, [5, 4], "beside what must not be there, all count alike");
    assert_eq!(found("\"running dogs\"", 10).await, [4]);
    assert_eq!(found("birds or running", 10).await, [4, 3]);
    for text in ["the", "'; DROP TABLE records; --", "a & | ! ( ) : *", "\\", "\"", "' or 1=1"] {
        assert_eq!(found(text, 10).await, [0; 0], "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_language_is_one_that_the_server_has() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let query = "SELECT cfgname::text AS name FROM pg_ts_config WHERE cfgnamespace = 'pg_catalog'::regnamespace";
    let known: Vec<Name> = sql_query(query).load(&mut conn).await.unwrap();
    for language in Language::all() {
        assert!(known.iter().any(|config| config.name == language.as_str()), "{}", language.as_str());
    }
}
