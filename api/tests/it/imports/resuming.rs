//! However often an import breaks off, each line is done once.

use std::collections::BTreeSet;

use rand::RngExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{NDJSON, bring, came_to, errors, happened, posts, put, shown, started, view};
use crate::{
    app::{Person, TestApp, eventually},
    client::{exchange, read_answer},
    records::scene,
};

/// Every seventh line is refused.
fn content(lines: usize) -> String {
    let line = |number: usize| match number % 7 {
        3 => json!({"title": "", "rank": number}),
        _ => json!({"title": format!("t{number}"), "rank": number, "slug": format!("s{number}")}),
    };
    (0..lines).map(|number| line(number).to_string() + "\n").collect()
}

fn refused(lines: usize) -> u64 {
    (0..lines).filter(|number| number % 7 == 3).count() as u64
}

async fn assert_exactly_once(app: &TestApp, admin: &Person, ada: &Person, import: &str, lines: usize) {
    let done = shown(app, ada, import).await;
    assert_eq!(came_to(&done), ("finished", lines as u64 - refused(lines), refused(lines)));
    let ranks: Vec<u64> = posts(app, admin).await.iter().map(|record| record["rank"].as_u64().unwrap()).collect();
    let expected: BTreeSet<u64> = (0..lines as u64).filter(|number| number % 7 != 3).collect();
    assert_eq!((ranks.len(), ranks.into_iter().collect::<BTreeSet<_>>()), (expected.len(), expected));
    let told: Vec<u64> = errors(app, ada, import).await.into_iter().map(|(line, _, _)| line).collect();
    assert_eq!(told, (0..lines as u64).filter(|number| number % 7 == 3).map(|number| number + 1).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_cut_off_sends_all_of_it_again_or_the_rest_and_nothing_is_doubled_or_lost() {
    const LINES: usize = 3_000;
    let (app, admin, ada, _) = scene().await;
    let content = content(LINES);
    let import = started(&app, &ada, "ndjson").await;
    let (mut reached, mut cuts) = (0, 0);
    while reached < content.len() as u64 * 3 / 4 {
        // Now all of it, now from where it is.
        let offset = if cuts % 2 == 0 { 0 } else { reached as usize };
        let request = put(&app, &ada, &import, &content[offset..]).header("Upload-Offset", offset.to_string());
        let bytes = request.bytes();
        let head = bytes.len() - (content.len() - offset);
        let most = (content.len() - offset).min(reached as usize - offset + 30_000);
        let sent = rand::rng().random_range(0..most);
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(&bytes[..head + sent]).await.unwrap();
        drop(stream);
        // Where the server goes on for a moment, it says so.
        let view = eventually("the end of the broken request", async || {
            let probe = put(&app, &ada, &import, "").header("Upload-Complete", "?0").send().await;
            match probe.status {
                409 if probe.json()["code"] == "upload_busy" => None,
                409 => Some(shown(&app, &ada, &import).await),
                _ => Some(probe.ok(200).json()),
            }
        })
        .await;
        let now = view["received_bytes"].as_u64().unwrap();
        assert!(now >= reached, "nothing that was done is undone");
        (reached, cuts) = (now, cuts + 1);
    }
    assert!(cuts > 2, "{cuts} cuts");
    assert_eq!(came_to(&view(&put(&app, &ada, &import, &content).send().await)).0, "finished");
    assert_exactly_once(&app, &admin, &ada, &import, LINES).await;
    let again = view(&put(&app, &ada, &import, &content).send().await);
    assert_eq!(again, shown(&app, &ada, &import).await, "a repeat of what is finished changes nothing");
    assert_exactly_once(&app, &admin, &ada, &import, LINES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_comes_in_pieces_that_end_anywhere() {
    const LINES: usize = 40;
    let (app, admin, ada, _) = scene().await;
    let content = content(LINES);
    let import = started(&app, &ada, "ndjson").await;
    let mut reached = 0;
    while reached < content.len() - 100 {
        let piece = &content[reached..(reached + 333).min(content.len() - 50)];
        let part = put(&app, &ada, &import, piece).header("Upload-Offset", reached.to_string());
        let after = view(&part.header("Upload-Complete", "?0").send().await);
        assert_eq!(after["state"], json!("open"));
        let now = after["received_bytes"].as_u64().unwrap() as usize;
        assert!(now > reached && content.as_bytes()[now - 1] == b'\n', "whole lines");
        reached = now;
    }
    let beyond = put(&app, &ada, &import, "").header("Upload-Offset", (reached + 1).to_string()).send().await;
    assert_eq!(beyond.problem(409, "offset_mismatch")["detail"], json!(format!("It is at {reached}.")));
    put(&app, &ada, &import, &content[..reached - 1]).send().await.problem(409, "offset_mismatch");
    let rest = put(&app, &ada, &import, &content[reached..]).header("Upload-Offset", reached.to_string());
    view(&rest.send().await);
    assert_exactly_once(&app, &admin, &ada, &import, LINES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_bring_the_same_at_once_one_goes_on_and_the_other_is_told() {
    const LINES: usize = 50;
    let (app, admin, ada, _) = scene().await;
    let content = content(LINES);
    let import = started(&app, &ada, "ndjson").await;
    let bytes = put(&app, &ada, &import, &content).bytes();
    let mut slow = TcpStream::connect(app.address).await.unwrap();
    slow.write_all(&bytes[..bytes.len() - 500]).await.unwrap();
    eventually("the first one's lines", async || {
        (shown(&app, &ada, &import).await["created"] != json!(0)).then_some(())
    })
    .await;
    let busy = put(&app, &ada, &import, &content).send().await;
    busy.problem(409, "upload_busy");
    assert!(busy.header("retry-after").is_some());
    slow.write_all(&bytes[bytes.len() - 500..]).await.unwrap();
    read_answer(&mut slow).await.ok(200);
    assert_exactly_once(&app, &admin, &ada, &import, LINES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_bring_the_same_one_goes_on_and_the_other_is_told() {
    const LINES: usize = 2_000;
    let (app, admin, ada, _) = scene().await;
    let other = app.another().await;
    let content = content(LINES);
    let import = started(&app, &ada, "ndjson").await;
    let bytes = put(&app, &ada, &import, &content).bytes();
    let answers = futures::future::join_all([app.address, other].map(|address| exchange(address, &bytes))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{answers:?}");
    answers.iter().find(|answer| answer.status == 409).unwrap().problem(409, "upload_busy");
    assert_exactly_once(&app, &admin, &ada, &import, LINES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_and_another_one_goes_on() {
    const LINES: usize = 200;
    let (app, admin, ada, _) = scene().await;
    let other = app.another().await;
    let content = content(LINES);
    let import = started(&app, &ada, "ndjson").await;
    let bytes = put(&app, &ada, &import, &content).bytes();
    let mut stream = TcpStream::connect(other).await.unwrap();
    stream.write_all(&bytes[..bytes.len() - 2_000]).await.unwrap();
    eventually("some lines", async || (shown(&app, &ada, &import).await["created"] != json!(0)).then_some(())).await;
    app.stop_others();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).await.unwrap();
    crate::client::Answer::parse(&answer).problem(503, "interrupted");
    let before = shown(&app, &ada, &import).await;
    assert_eq!(before["state"], json!("open"));
    view(&put(&app, &ada, &import, &content).send().await);
    assert_exactly_once(&app, &admin, &ada, &import, LINES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_that_trickles_is_done_as_it_comes() {
    let (app, _, ada, _) = scene().await;
    let import = started(&app, &ada, "ndjson").await;
    let line = |number: usize| json!({"title": format!("t{number}")}).to_string() + "\n";
    let head = bring(&app, &ada, &import, NDJSON, "").bytes();
    let head = String::from_utf8(head).unwrap().replace("Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n");
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    for number in 1..=3_u64 {
        let line = line(number as usize);
        stream.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).await.unwrap();
        eventually("the line", async || {
            let view: Value = shown(&app, &ada, &import).await;
            (view["created"] == json!(number)).then_some(())
        })
        .await;
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert_eq!(came_to(&view(&read_answer(&mut stream).await)), ("finished", 3, 0));
    assert_eq!(happened(&app, "import.advanced").await, 3);
}
