//! Imports over HTTP: NDJSON as one stream, until all of it is durable, beside what `pgbench` inserts row by row.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use diesel_async::SimpleAsyncConnection;
use projections::{Progress, records::NAME};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    application::{Application, Wiring},
    http::Client,
    pgbench,
    report::Report,
};

const SCENARIO: &str = "import";
/// Of `pgbench`.
const CLIENTS: usize = 32;
/// Bytes given to the connection at a time.
const PIECE: usize = 256 << 10;
const PATIENCE: Duration = Duration::from_secs(120);

/// The floor: what a hand-written application would do with the plainest table.
const FLOOR_TABLE: &str = "CREATE TABLE floor (id bigserial PRIMARY KEY, status text NOT NULL, rank integer NOT NULL, \
     data jsonb NOT NULL); CREATE INDEX ON floor (status, id)";
const FLOOR_INSERT: &str = "INSERT INTO floor (status, rank, data) VALUES ('new', 1, \
     jsonb_build_object('title', 'Title', 'body', repeat('x', 120)));\n";

pub(crate) async fn run(report: &mut Report, seconds: u64, records: usize) -> anyhow::Result<()> {
    let application = Application::start(Wiring::Embedded).await?;
    let admin = application.admin().await?;
    application.connect().await.batch_execute(FLOOR_TABLE).await?;
    let url = application.url().to_owned();
    let floor = tokio::task::spawn_blocking(move || pgbench::run(&url, FLOOR_INSERT, CLIENTS, seconds)).await??;
    report.add(SCENARIO, format!("pgbench one INSERT, {CLIENTS} clients"), floor, "tx/s");
    let progress = application.progress();
    for (name, unique) in [("plain", json!([])), ("with a unique field", json!(["slug"]))] {
        let collection = define(&application, &admin, name, &unique).await?;
        let person = application.person(0).await?;
        let content = content(records);
        let started = Instant::now();
        let position = import(application.address, &person, &collection, &content).await?;
        let taken = started.elapsed();
        wait(&progress, position).await?;
        let shown = started.elapsed();
        let rate = |time: Duration| records as f64 / time.as_secs_f64();
        let target = unique.as_array().is_some_and(Vec::is_empty).then_some(">= 20000");
        report.add_with_target(SCENARIO, format!("imported, {name}"), rate(taken), "records/s", target);
        report.add(SCENARIO, format!("imported and in the read model, {name}"), rate(shown), "records/s");
        report.add(SCENARIO, format!("imported / pgbench, {name}"), rate(taken) / floor, "x");
        let (exported, bytes) = export(application.address, &admin, &collection, records).await?;
        report.add(SCENARIO, format!("exported, {name}"), rate(exported), "records/s");
        report.add(SCENARIO, format!("exported, {name}"), bytes as f64 / exported.as_secs_f64() / 1e6, "MB/s");
    }
    application.stop().await
}

fn content(records: usize) -> Vec<u8> {
    let line = |number: usize| {
        json!({
            "title": format!("Title {number}"), "body": "x".repeat(120), "status": format!("state{}", number % 400),
            "rank": number % 100_000, "slug": format!("slug-{number}"),
        })
        .to_string()
            + "\n"
    };
    (0..records).map(line).collect::<String>().into_bytes()
}

/// The collection's name.
async fn define(application: &Application, admin: &str, name: &str, unique: &Value) -> anyhow::Result<String> {
    let name = name.replace(' ', "_");
    let definition = json!({
        "name": name,
        "schema": {"type": "object", "required": ["title"], "properties": {
            "title": {"type": "string", "maxLength": 100}, "body": {"type": "string"},
            "status": {"type": "string", "maxLength": 20}, "rank": {"type": "integer", "minimum": 0},
            "slug": {"type": "string", "maxLength": 40},
        }},
        "unique": unique,
        "rules": {"list": "record.rank >= 0", "view": "record.rank >= 0", "create": "record.created_by == user.id"},
    });
    let mut client = Client::connect(application.address).await?;
    let headers = format!("authorization: Bearer {admin}\r\n");
    client.send("POST", "/v1/collections", &headers, &definition.to_string()).await?.json(201)?;
    Ok(name)
}

/// Imports all of it in one request; returns the position of the end.
async fn import(address: SocketAddr, token: &str, collection: &str, content: &[u8]) -> anyhow::Result<i64> {
    let headers = format!("authorization: Bearer {token}\r\n");
    let mut client = Client::connect(address).await?;
    let target = format!("/v1/collections/{collection}/imports");
    let started = client.send("POST", &target, &headers, r#"{"format":"ndjson"}"#).await?.json(201)?;
    let id = started["id"].as_str().context("no id")?;
    let head = format!(
        "PUT /v1/imports/{id}/content HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-ndjson\r\n\
         content-length: {}\r\nconnection: close\r\n{headers}\r\n",
        content.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    for piece in content.chunks(PIECE) {
        stream.write_all(piece).await?;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{answer}");
    let view: Value = serde_json::from_str(body)?;
    ensure!(view["refused"] == json!(0), "{view}");
    let position = head.lines().find_map(|line| line.strip_prefix("tidemark-position: ")).context("no position")?;
    Ok(position.trim().parse()?)
}

async fn wait(progress: &Progress, position: i64) -> anyhow::Result<()> {
    progress.wait_for(NAME, position, &[], PATIENCE).await.map_err(|error| anyhow::anyhow!("{error}"))
}

/// Reads the export of a collection to its end; how long that took, and its length.
async fn export(
    address: SocketAddr,
    token: &str,
    collection: &str,
    records: usize,
) -> anyhow::Result<(Duration, usize)> {
    let head = format!(
        "GET /v1/collections/{collection}/export HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         connection: close\r\n\r\n"
    );
    let started = Instant::now();
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    let (mut piece, mut bytes, mut lines) = (vec![0; PIECE], 0, 0);
    loop {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        bytes += read;
        lines += piece[..read].windows(2).filter(|pair| *pair == b"}\n").count();
    }
    // An end of a line may be cut in two.
    ensure!(lines >= records * 9 / 10, "{lines} lines of {records}");
    Ok((started.elapsed(), bytes))
}
