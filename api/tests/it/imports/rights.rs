//! Whose imports they are.

use std::time::Duration;

use domain::roles::RoleName;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

use super::{came_to, errors, put, shown, start, started, view};
use crate::{
    app::{eventually, token_claims},
    cast::{Cast, api_key},
    client::read_answer,
    records::scene,
};

const LINE: &str = "{\"title\":\"a\"}\n";

#[tokio::test(flavor = "multi_thread")]
async fn to_others_an_import_is_not_there_but_for_those_who_may_create_everybodys_records() {
    let (app, admin, ada, eve) = scene().await;
    let import = started(&app, &ada, "ndjson").await;
    app.caught_up(&ada).await;
    let after = app.head().await.to_string();
    for method in ["GET", "DELETE"] {
        app.request(method, &import).token(&eve.token).send().await.problem(404, "not_found");
    }
    app.get(&format!("{import}/errors")).token(&eve.token).send().await.problem(404, "not_found");
    put(&app, &eve, &import, LINE).send().await.problem(404, "not_found");
    app.get("/v1/imports/7").token(&ada.token).send().await.problem(404, "not_found");
    let listed = async |person: &crate::app::Person, query: &str| {
        let request = app.get(&format!("/v1/imports{query}")).token(&person.token);
        request.header("Tidemark-After", &after).send().await
    };
    assert_eq!(listed(&eve, "").await.ok(200).json()["items"], json!([]));
    listed(&eve, "?owner=*").await.problem(403, "forbidden");
    listed(&eve, &format!("?owner={}", ada.id)).await.problem(403, "forbidden");
    for query in ["?owner=*".to_owned(), format!("?owner={}", ada.id)] {
        assert_eq!(listed(&admin, &query).await.ok(200).json()["items"].as_array().unwrap().len(), 1);
    }
    shown(&app, &admin, &import).await;
    put(&app, &admin, &import, LINE).send().await.problem(404, "not_found");
    app.request("DELETE", &import).token(&admin.token).send().await.ok(204);
    assert_eq!(came_to(&shown(&app, &ada, &import).await), ("abandoned", 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_given_up_takes_nothing_more() {
    let (app, _, ada, _) = scene().await;
    let import = started(&app, &ada, "ndjson").await;
    view(&put(&app, &ada, &import, LINE).header("Upload-Complete", "?0").send().await);
    let give_up = || app.request("DELETE", &import).token(&ada.token).send();
    give_up().await.ok(204);
    give_up().await.ok(204);
    put(&app, &ada, &import, LINE).send().await.problem(409, "import_over");
    assert_eq!(came_to(&shown(&app, &ada, &import).await), ("abandoned", 1, 0), "what has come stays");
    let finished = started(&app, &ada, "ndjson").await;
    view(&put(&app, &ada, &finished, LINE).send().await);
    let refused = app.request("DELETE", &finished).token(&ada.token).send().await;
    assert_eq!(refused.problem(409, "import_over")["detail"], json!("It is finished."));
    assert!(errors(&app, &ada, &import).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_has_ten_imports_open_at_once_and_no_more() {
    let (app, _, ada, eve) = scene().await;
    let mut imports = vec![];
    for _ in 0..10 {
        imports.push(started(&app, &ada, "ndjson").await);
    }
    start(&app, &ada, "posts", "csv").send().await.problem(409, "limit_reached");
    started(&app, &eve, "csv").await;
    view(&put(&app, &ada, &imports[3], LINE).send().await);
    app.request("DELETE", &imports[7]).token(&ada.token).send().await.ok(204);
    let racing = (0..6).map(|_| start(&app, &ada, "posts", "csv").send());
    let answers = futures::future::join_all(racing).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2, "as many as are over");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loses_the_right_while_content_comes_is_stopped() {
    let (app, admin, ada, _) = scene().await;
    let cast = Cast::of(&app).await;
    let import = started(&app, &ada, "ndjson").await;
    let bytes = put(&app, &ada, &import, &LINE.repeat(5_000)).bytes();
    let (begun, rest) = bytes.split_at(bytes.len() - LINE.len() * 4_990);
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(begun).await.unwrap();
    eventually("some lines", async || (shown(&app, &ada, &import).await["created"] == json!(10)).then_some(())).await;
    cast.revoke(&ada, RoleName::MEMBER).await;
    // Line by line, until the answer comes.
    for line in rest.chunks(LINE.len()) {
        stream.write_all(line).await.unwrap();
        if timeout(Duration::from_millis(10), stream.peek(&mut [0])).await.is_ok() {
            break;
        }
    }
    read_answer(&mut stream).await.problem(403, "forbidden");
    assert!(shown(&app, &admin, &import).await["created"].as_u64().unwrap() < 5_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_imports_what_it_may_create() {
    let (app, _, ada, _) = scene().await;
    let (_, key) = api_key(&app, &ada, &["records:create:own"]).await;
    let (_, reading) = api_key(&app, &ada, &["records:read:own"]).await;
    let import = started(&app, &ada, "ndjson").await;
    let by = |key: &str| app.request("PUT", &format!("{import}/content")).token(key).body(super::NDJSON, LINE);
    by(&reading).send().await.problem(403, "forbidden");
    assert_eq!(came_to(&view(&by(&key).send().await)), ("finished", 1, 0));
    assert_eq!(token_claims(&ada.token)["sub"], json!(ada.id));
}
