//! The floor: what PostgreSQL's own load generator reaches with the plainest statements on the same server.

use std::{fs, process::Command};

use anyhow::{Context, bail, ensure};

/// Clients that connect within a second on a slow machine.
const CONNECTS: u64 = 50;

/// Transactions per second of `script` with this many clients, in `seconds` once they are connected.
pub(crate) fn run(url: &str, script: &str, clients: usize, seconds: u64) -> anyhow::Result<f64> {
    let file = std::env::temp_dir().join(format!("tidemark-floor-{}.sql", uuid::Uuid::now_v7()));
    fs::write(&file, script)?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={clients}"))
        // Its clock starts before the clients connect, and its rate does not count that time.
        .arg(format!("--time={}", seconds + clients as u64 / CONNECTS))
        .arg("--file")
        .arg(&file)
        .arg(url)
        .output()
        .context("pgbench comes with PostgreSQL and is needed for the floor")?;
    fs::remove_file(&file)?;
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8_lossy(&output.stdout);
    let Some(tps) = stdout.lines().find_map(|line| line.strip_prefix("tps = ")) else {
        bail!("pgbench printed no rate: {stdout}")
    };
    Ok(tps.split_whitespace().next().unwrap_or_default().parse()?)
}
