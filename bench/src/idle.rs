//! What the all-in-one process costs while nobody uses it.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use test_support::TestDatabase;

use crate::report::Report;

const SCENARIO: &str = "idle";
const START: Duration = Duration::from_secs(20);
/// An idle connection tells the server's statistics of its transactions up to 10 s late; starting makes some 200.
const SETTLE: Duration = Duration::from_secs(15);
const WATCHED: Duration = Duration::from_secs(20);

#[derive(QueryableByName)]
struct Transactions {
    #[diesel(sql_type = BigInt)]
    committed: i64,
}

/// Stops the process with the scenario, whatever happened.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

pub(crate) async fn run(report: &mut Report) -> anyhow::Result<()> {
    let database = TestDatabase::create().await;
    let workspace = std::env::temp_dir().join(format!("tidemark-idle-{}", uuid::Uuid::now_v7()));
    fs::create_dir(&workspace)?;
    let started = Instant::now();
    let process = Command::new(program()?)
        .arg("run")
        .current_dir(&workspace)
        .env("DATABASE_URL", database.url())
        .env("TIDEMARK_HTTP__BIND", "127.0.0.1:18080")
        .env("TIDEMARK_ADMIN__BIND", "127.0.0.1:19090")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let process = Running(process);
    wait_until_ready().await?;
    report.add_with_target(SCENARIO, "start to ready", started.elapsed().as_secs_f64(), "s", Some("<= 0.5"));
    tokio::time::sleep(SETTLE).await;
    let (queries, processor) = (committed(&database).await?, processor_seconds(process.0.id())?);
    tokio::time::sleep(WATCHED).await;
    let seconds = WATCHED.as_secs_f64();
    // One of them is the question itself.
    let queries = (committed(&database).await? - queries - 1) as f64 / seconds;
    let processor = (processor_seconds(process.0.id())? - processor) / seconds * 100.0;
    report.add_with_target(SCENARIO, "queries of the all-in-one", queries, "queries/s", Some("<= 5"));
    report.add_with_target(SCENARIO, "processor of the all-in-one", processor, "% of a core", Some("<= 1"));
    report.add_with_target(SCENARIO, "memory of the all-in-one", resident_mb(process.0.id())?, "MB", Some("<= 60"));
    drop(process);
    fs::remove_dir_all(workspace)?;
    Ok(())
}

/// The server's program beside this one.
fn program() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("tidemark");
    if !path.exists() {
        bail!("{} is missing: build it with `cargo build --release --bin tidemark`", path.display());
    }
    Ok(path)
}

async fn wait_until_ready() -> anyhow::Result<()> {
    let deadline = Instant::now() + START;
    let address = "127.0.0.1:18080".parse()?;
    while Instant::now() < deadline {
        if let Ok(mut client) = crate::http::Client::connect(address).await
            && client.send("GET", "/health/ready", "", "").await?.status == 200
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bail!("it was not ready within {START:?}")
}

/// Transactions of the database so far; each idle query is one.
async fn committed(database: &TestDatabase) -> anyhow::Result<i64> {
    let mut conn = database.connect().await;
    // Sessions report what they did with a delay of up to a second.
    let query = "SELECT xact_commit AS committed FROM pg_stat_database WHERE datname = current_database()";
    Ok(sql_query(query).get_result::<Transactions>(&mut conn).await?.committed)
}

/// User and system time of a process so far.
fn processor_seconds(process: u32) -> anyhow::Result<f64> {
    /// Linux counts in hundredths of a second, whatever its own clock does (`USER_HZ`).
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("an unknown form of /proc/<pid>/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}

fn resident_mb(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
