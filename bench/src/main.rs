//! The load generator: one line per figure, next to a floor measured in the same run, and a report as JSON and SVG.
#![expect(clippy::print_stdout, reason = "a command-line program that prints its figures")]

mod append;
mod application;
mod command;
mod fanout;
mod http;
mod identity;
mod idle;
mod import;
mod jobs;
mod pgbench;
mod push;
mod rebuild;
mod records;
mod report;
mod timing;

use clap::{Parser, ValueEnum};

use crate::report::Report;

/// As the product's binaries have it.
#[global_allocator]
static ALLOCATOR: bootstrap::process::Allocator = bootstrap::process::ALLOCATOR;

/// Measures Tidemark on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure; everything when nothing is named.
    scenarios: Vec<Scenario>,
    /// Seconds per figure.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Of the scenario `append`, only the figures for so many callers; may be repeated.
    #[arg(long)]
    callers: Vec<usize>,
    /// Events in the log that is rebuilt from.
    #[arg(long, default_value_t = 1_000_000)]
    events: i64,
    /// Changes a second of the scenario `fanout`.
    #[arg(long, default_value_t = 1000)]
    rate: usize,
    /// Subscribers of the scenario `fanout` that each of them reaches.
    #[arg(long, default_value_t = 100)]
    subscribers: usize,
    /// Events of the large log of the scenario `records`.
    #[arg(long, default_value_t = 5_000_000)]
    log: i64,
    /// Records of the scenario `import`.
    #[arg(long, default_value_t = 200_000)]
    records: usize,
    /// Where the report goes; a plot of the same name ends in `.svg`.
    #[arg(long, default_value = "bench/report.json")]
    report: std::path::PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Appends to the log through the public `append`, beside one INSERT a transaction.
    Append,
    /// Commands over HTTP.
    Command,
    /// From a command to the change on a subscriber's WebSocket.
    Push,
    /// Changes of a collection that many subscribers get.
    Fanout,
    /// Background jobs: bulk, and the wait on an idle worker.
    Jobs,
    /// A read model that catches up, and one that is rebuilt.
    Rebuild,
    /// Records: created, read by id, listed with a filter; on a small log and on one of five million events.
    Records,
    /// Records imported as one stream, and exported again.
    Import,
    /// Sign-ins, sessions and tokens.
    Identity,
    /// What the all-in-one process costs while nobody uses it.
    Idle,
    /// Whether answer times tell who has an account.
    Timing,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    let mut report = Report::new();
    let scenarios =
        if arguments.scenarios.is_empty() { Scenario::value_variants().to_vec() } else { arguments.scenarios };
    for scenario in scenarios {
        match scenario {
            Scenario::Append => runtime.block_on(append::run(&mut report, arguments.seconds, &arguments.callers))?,
            Scenario::Command => runtime.block_on(command::run(&mut report, arguments.seconds))?,
            Scenario::Push => runtime.block_on(push::run(&mut report))?,
            Scenario::Fanout => {
                let Arguments { seconds, rate, subscribers, .. } = arguments;
                runtime.block_on(fanout::run(&mut report, fanout::Size { seconds, rate, subscribers }))?;
            }
            Scenario::Identity => runtime.block_on(identity::run(&mut report, arguments.seconds))?,
            Scenario::Idle => runtime.block_on(idle::run(&mut report))?,
            Scenario::Import => runtime.block_on(import::run(&mut report, arguments.seconds, arguments.records))?,
            Scenario::Jobs => runtime.block_on(jobs::run(&mut report))?,
            Scenario::Timing => runtime.block_on(timing::run(&mut report))?,
            Scenario::Records => runtime.block_on(records::run(&mut report, arguments.seconds, arguments.log))?,
            Scenario::Rebuild => runtime.block_on(rebuild::run(&mut report, arguments.events))?,
        }
    }
    report.write(&arguments.report)
}
