//! Records over HTTP: created, read by id, and listed, 20 of those that match a filter; with a small log, and with one of
//! millions of events.

mod fill;
mod load;

use std::time::Duration;

use anyhow::{Context, ensure};
use domain::collections::{CollectionId, Definition, Shape};
use projections::records::indexes;
use serde_json::{Value, json};
use test_support::TestDatabase;

use crate::{
    application::{Application, Wiring},
    http::Client,
    pgbench,
    report::Report,
};
use load::{Kind, Load};

const SCENARIO: &str = "records";
const CONNECTIONS: usize = 32;
/// With which the small log is filled before anything is measured.
const SMALL: i64 = 20_000;

/// The floor: what a hand-written application would do with the plainest table and statements.
const FLOOR_TABLE: &str = "CREATE TABLE floor (id bigserial PRIMARY KEY, status text NOT NULL, rank integer NOT NULL, \
     data jsonb NOT NULL); INSERT INTO floor (status, rank, data) SELECT 'state' || n % 400, n, \
     jsonb_build_object('title', 'Title ' || n, 'body', repeat('x', 120)) FROM generate_series(1, 100000) n; \
     CREATE INDEX ON floor (status, id); ANALYZE floor";
const FLOOR_INSERT: &str = "INSERT INTO floor (status, rank, data) VALUES ('new', 1, \
     jsonb_build_object('title', 'Title', 'body', repeat('x', 120)));\n";
const FLOOR_GET: &str = "\\set id random(1, 100000)\nSELECT * FROM floor WHERE id = :id;\n";
const FLOOR_LIST: &str =
    "\\set state random(0, 399)\nSELECT * FROM floor WHERE status = 'state' || :state ORDER BY id DESC LIMIT 20;\n";

/// What was measured on one log, per second.
struct Measured {
    create: f64,
    get: f64,
    list: f64,
    /// Without the cache.
    get_without: f64,
    list_without: f64,
}

/// What pgbench does instead, per second.
struct Floor {
    create: f64,
    get: f64,
    list: f64,
}

pub(crate) async fn run(report: &mut Report, seconds: u64, events: i64) -> anyhow::Result<()> {
    let application = Application::start(Wiring::Embedded).await?;
    let admin = application.admin().await?;
    let collection = define(&application, &admin).await?;
    let database = application.stop_keeping().await?;
    let floor = floor(&database, seconds).await?;
    report.add(SCENARIO, format!("pgbench one INSERT, {CONNECTIONS} clients"), floor.create, "tx/s");
    report.add(SCENARIO, format!("pgbench one row by key, {CONNECTIONS} clients"), floor.get, "tx/s");
    report.add(SCENARIO, format!("pgbench 20 rows by index, {CONNECTIONS} clients"), floor.list, "tx/s");

    fill::fill(&database, collection, SMALL).await?;
    let (small, database) = measure(database, collection, seconds).await?;
    tell(report, &small, &floor, "");
    fill::fill(&database, collection, events).await?;
    let (large, _database) = measure(database, collection, seconds).await?;
    tell(report, &large, &floor, &format!(", {events} events"));
    for (name, small, large) in
        [("create", small.create, large.create), ("get", small.get, large.get), ("list", small.list, large.list)]
    {
        report.add_with_target(SCENARIO, format!("{name}, large / small log"), large / small, "x", Some(">= 0.85"));
    }
    let memory = resident_mb()?;
    report.add_with_target(SCENARIO, "memory loaded, with the load generator", memory, "MB", Some("<= 150"));
    Ok(())
}

fn tell(report: &mut Report, measured: &Measured, floor: &Floor, log: &str) {
    let Measured { create, get, list, get_without, list_without } = measured;
    report.add_with_target(SCENARIO, format!("create{log}"), *create, "requests/s", Some(">= 10000"));
    report.add_with_target(SCENARIO, format!("get by id{log}"), *get, "requests/s", Some(">= 25000"));
    report.add_with_target(SCENARIO, format!("list 20 filtered{log}"), *list, "requests/s", Some(">= 12000"));
    report.add_with_target(SCENARIO, format!("create / pgbench{log}"), create / floor.create, "x", Some(">= 0.5"));
    report.add_with_target(SCENARIO, format!("get / pgbench{log}"), get / floor.get, "x", Some(">= 0.6"));
    report.add(SCENARIO, format!("list / pgbench{log}"), list / floor.list, "x");
    report.add(SCENARIO, format!("get by id, without the cache{log}"), *get_without, "requests/s");
    report.add(SCENARIO, format!("list 20 filtered, without the cache{log}"), *list_without, "requests/s");
    report.add(SCENARIO, format!("get / pgbench, without the cache{log}"), get_without / floor.get, "x");
    report.add(SCENARIO, format!("list / pgbench, without the cache{log}"), list_without / floor.list, "x");
}

async fn floor(database: &TestDatabase, seconds: u64) -> anyhow::Result<Floor> {
    use diesel_async::SimpleAsyncConnection;

    database.connect().await.batch_execute(FLOOR_TABLE).await?;
    let rate = async |script: &'static str| {
        let url = database.url().to_owned();
        tokio::task::spawn_blocking(move || pgbench::run(&url, script, CONNECTIONS, seconds)).await?
    };
    Ok(Floor { create: rate(FLOOR_INSERT).await?, get: rate(FLOOR_GET).await?, list: rate(FLOOR_LIST).await? })
}

/// Starts the product on the log as it is, measures, and stops it.
async fn measure(
    database: TestDatabase,
    collection: CollectionId,
    seconds: u64,
) -> anyhow::Result<(Measured, TestDatabase)> {
    let ids = fill::some_ids(&database).await?;
    let time = Duration::from_secs(seconds);
    let without = Application::start_on(database, Wiring::Embedded, |config| config.limits.cache_bytes = 0).await?;
    let mut load = Load { address: without.address, people: people(&without).await?, ids, time, collection };
    let (list_without, get_without) = (load.drive(Kind::List).await?, load.drive(Kind::Get).await?);
    let database = without.stop_keeping().await?;

    let application = Application::start_on(database, Wiring::Embedded, |_| ()).await?;
    (load.address, load.people) = (application.address, people(&application).await?);
    let (list, get) = (load.drive(Kind::List).await?, load.drive(Kind::Get).await?);
    let create = load.drive(Kind::Create).await?;
    Ok((Measured { create, get, list, get_without, list_without }, application.stop_keeping().await?))
}

/// The access tokens of one for each connection.
async fn people(application: &Application) -> anyhow::Result<Vec<String>> {
    let mut people = vec![];
    for number in 0..CONNECTIONS {
        people.push(application.person(number).await?);
    }
    Ok(people)
}

async fn define(application: &Application, admin: &str) -> anyhow::Result<CollectionId> {
    let definition = json!({
        "name": "items",
        "schema": {"type": "object", "required": ["title"], "properties": {
            "title": {"type": "string", "maxLength": 100}, "body": {"type": "string"},
            "status": {"type": "string", "maxLength": 20}, "rank": {"type": "integer", "minimum": 0},
        }},
        "indexed": [["status", "created_at"], "rank"],
        "rules": {"list": "record.rank >= 0", "view": "record.rank >= 0", "create": "record.created_by == user.id"},
    });
    let mut client = Client::connect(application.address).await?;
    let headers = format!("authorization: Bearer {admin}\r\n");
    let made = client.send("POST", "/v1/collections", &headers, &definition.to_string()).await?.json(201)?;
    let id = made["id"].as_str().context("no id")?.parse()?;
    let shape = shape(&made)?;
    let mut conn = application.connect().await;
    let collection = CollectionId::from_uuid(id);
    let synced = indexes::sync(&mut conn, collection, std::slice::from_ref(&shape)).await?;
    ensure!(synced.made == 2, "indexes: {synced:?}");
    Ok(collection)
}

fn shape(made: &Value) -> anyhow::Result<Shape> {
    let definition: Definition = serde_json::from_value(made.clone())?;
    Shape::of(&definition).map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

/// Of this process: the server, and what makes the requests.
fn resident_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
