//! Tables.

use serde_json::json;

use super::{bring, came_to, errors, posts, shown, started, view};
use crate::{
    app::{Person, TestApp},
    client::Request,
    records::scene,
};

fn table(app: &TestApp, person: &Person, import: &str, content: &str) -> Request {
    bring(app, person, import, "text/csv; charset=utf-8", content)
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_become_what_their_fields_are() {
    let (app, admin, ada, _) = scene().await;
    let content = format!(
        "\u{feff}title,rank,owner,due,tags,address,version\r\n\
         one,7,{ada},2026-11-26T05:00:00Z,\"[\"\"a\"\",\"\"b\"\"]\",\"{{\"\"city\"\":\"\"Rome\"\"}}\",3\r\n\
         \"two, \"\"quoted\"\"\r\nlines\",,\\N,,,,\r\n\
         \r\n\
         '=1+1,0,,,[],{{}},\r\n",
        ada = ada.id
    );
    let import = started(&app, &ada, "csv").await;
    assert_eq!(came_to(&view(&table(&app, &ada, &import, &content).send().await)), ("finished", 3, 0));
    let records = posts(&app, &admin).await;
    let content_of = |at: usize| {
        let mut record = records[at].as_object().unwrap().clone();
        for name in ["id", "version", "created_at", "updated_at", "created_by"] {
            record.remove(name).unwrap();
        }
        serde_json::Value::Object(record)
    };
    assert_eq!(
        content_of(0),
        json!({"title": "one", "rank": 7, "owner": ada.id, "due": "2026-11-26T05:00:00.000000Z", "tags": ["a", "b"], "address": {"city": "Rome"}})
    );
    assert_eq!(content_of(1), json!({"title": "two, \"quoted\"\r\nlines", "owner": null}));
    assert_eq!(content_of(2), json!({"title": "=1+1", "rank": 0, "tags": [], "address": {}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_row_is_told_with_the_line_in_which_it_begins() {
    let (app, _, ada, _) = scene().await;
    let content = "title,rank,tags\n\"two\nlines\",1,\nx,many,\nx,1\nx,1,,\n,1,\nx,1,a\ngood,2,[]\n";
    let import = started(&app, &ada, "csv").await;
    assert_eq!(came_to(&view(&table(&app, &ada, &import, content).send().await)), ("finished", 2, 5));
    let told: Vec<_> = errors(&app, &ada, &import).await;
    let expected = [
        (4, "/rank", "wrong_type"),
        (5, "", "wrong_cell_count"),
        (6, "", "wrong_cell_count"),
        (7, "/title", "missing_field"),
        (8, "/tags", "wrong_type"),
    ];
    let told: Vec<(u64, &str, &str)> =
        told.iter().map(|(line, at, code)| (*line, at.as_str(), code.as_str())).collect();
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_with_columns_that_nobody_knows_is_refused_whole() {
    let (app, _, ada, _) = scene().await;
    let import = started(&app, &ada, "csv").await;
    for (content, pointer, code) in [
        ("title,tilte\na,b\n", "/tilte", "unknown_field"),
        ("title,title\na,b\n", "/title", "repeated"),
        ("title;rank\na;1\n", "/title;rank", "unknown_field"),
        ("title,\na,\n", "/", "unknown_field"),
    ] {
        let problem = table(&app, &ada, &import, content).send().await.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    let view = shown(&app, &ada, &import).await;
    assert_eq!((came_to(&view), &view["received_bytes"]), (("open", 0, 0), &json!(0)), "and can come again");
    let good = table(&app, &ada, &import, "title,rank\na,1\n").send().await;
    assert_eq!(came_to(&super::view(&good)), ("finished", 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_are_remembered_where_a_table_comes_in_pieces() {
    let (app, admin, ada, _) = scene().await;
    let content = "rank,title\n1,one\n2,\"t\nwo\"\n3,three\n";
    for end in 0..content.len() {
        let import = started(&app, &ada, "csv").await;
        let first = table(&app, &ada, &import, &content[..end]).header("Upload-Complete", "?0").send().await;
        let reached = view(&first)["received_bytes"].as_u64().unwrap() as usize;
        let rest = table(&app, &ada, &import, &content[reached..]).header("Upload-Offset", reached.to_string());
        assert_eq!(came_to(&view(&rest.send().await)), ("finished", 3, 0), "cut at {end}");
    }
    let records = posts(&app, &admin).await;
    assert_eq!(records.len(), 3 * content.len());
    assert!(records.iter().all(|record| match record["rank"].as_u64().unwrap() {
        1 => record["title"] == json!("one"),
        2 => record["title"] == json!("t\nwo"),
        _ => record["title"] == json!("three"),
    }));
}
