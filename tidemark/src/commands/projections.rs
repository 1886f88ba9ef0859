//! `tidemark projections`: what read models are doing, and what can be done about it.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use bootstrap::{Context, db, process::Exit};
use clap::Subcommand;
use event_store::Head;
use messaging::Bus;
use projections::{
    Projection, parked,
    rebuild::{self, Phase, Rebuild, RebuildProgress, Rebuilt},
    status,
};

use crate::ConfigSource;

/// Parked streams listed at most.
const LISTED: i64 = 1000;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows every lane of every build: position, lag, parked streams.
    List,
    /// Makes a new build beside the one that serves, and switches to it. Ctrl-C leaves everything as it was.
    Rebuild { name: String },
    /// Ends a rebuild that another process runs, or that a crash left behind.
    Cancel { name: String },
    /// Lets the former build serve again.
    Rollback { name: String },
    /// Shows the streams that a projection could not digest.
    Parked { name: String },
    /// Handles a parked stream's failed event again, then what came after it.
    Retry { name: String, stream: String },
    /// Leaves a parked stream's failed event out for ever, and handles what came after it.
    Skip { name: String, stream: String },
}

pub fn main(config: &ConfigSource, command: Command, all: Vec<Arc<dyn Projection>>) -> Exit {
    super::run("tidemark projections", config, |context| run(context, command, all))
}

async fn run(context: Context, command: Command, all: Vec<Arc<dyn Projection>>) -> anyhow::Result<()> {
    let url = context.config.database_url()?.to_owned();
    let bus = messaging::start(&context, &Head::new())?;
    let mut conn = db::connect(&url).await?;
    let named = |name: &str| named(&all, name);
    match command {
        Command::List => list(&mut conn).await,
        Command::Rebuild { name } => {
            let rebuild = Rebuild::new(named(&name)?, url, bus);
            let outcome = watched(&rebuild, rebuild.run(&context.shutdown)).await?;
            report(&outcome);
            Ok(())
        }
        Command::Rollback { name } => {
            let rebuild = Rebuild::new(named(&name)?, url, bus);
            let outcome = watched(&rebuild, rebuild.roll_back(&context.shutdown)).await?;
            report(&outcome);
            Ok(())
        }
        Command::Cancel { name } => {
            let cancelled = rebuild::cancel(&mut conn, named(&name)?.name()).await?;
            println!("{}", if cancelled { "cancelled" } else { "no rebuild was running" });
            Ok(())
        }
        Command::Parked { name } => list_parked(&mut conn, named(&name)?.name()).await,
        Command::Retry { name, stream } => release(&mut conn, &named(&name)?, &stream, &bus, parked::How::Retry).await,
        Command::Skip { name, stream } => release(&mut conn, &named(&name)?, &stream, &bus, parked::How::Skip).await,
    }
}

fn named(all: &[Arc<dyn Projection>], name: &str) -> anyhow::Result<Arc<dyn Projection>> {
    all.iter().find(|projection| projection.name() == name).cloned().with_context(|| {
        let names: Vec<_> = all.iter().map(|projection| projection.name()).collect();
        format!("there is no projection {name}; there are: {}", names.join(", "))
    })
}

async fn list(conn: &mut db::Connection) -> anyhow::Result<()> {
    println!(
        "{:<12} {:>5} {:<9} {:>4} {:>12} {:>8} {:>8} {:>7}",
        "projection", "build", "state", "lane", "position", "lag", "lag s", "parked"
    );
    for lane in status::status(conn).await? {
        println!(
            "{:<12} {:>5} {:<9} {:>4} {:>12} {:>8} {:>8.1} {:>7}",
            lane.projection,
            lane.build,
            lane.state,
            lane.lane,
            lane.position,
            lane.lag_events,
            lane.lag_seconds,
            lane.parked
        );
    }
    Ok(())
}

/// Shows how far the rebuild is, once a second and when its phase changes.
async fn watched<T, E>(rebuild: &Rebuild, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let progress = rebuild.progress();
    tokio::pin!(work);
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            _ = tick.tick() => show(&progress.borrow().clone()),
        }
    }
}

fn show(progress: &RebuildProgress) {
    let RebuildProgress { phase, position, target, events_per_second, remaining, .. } = progress;
    if *phase == Phase::default() {
        return;
    }
    let remaining = remaining.map_or_else(|| "?".to_owned(), |left| format!("{:.0} s", left.as_secs_f64()));
    println!("{phase:?}: {position} of {target}, {events_per_second:.0} events/s, {remaining} left");
}

fn report(rebuilt: &Rebuilt) {
    let Rebuilt { build, replaced, position, parked, took } = rebuilt;
    println!("build {build} serves since position {position}; build {replaced} is kept for a rollback");
    println!("took {:.1} s; parked streams: {parked}", took.as_secs_f64());
}

async fn list_parked(conn: &mut db::Connection, name: &str) -> anyhow::Result<()> {
    for stream in parked::list(conn, name, LISTED).await? {
        println!("{} at {} after {} attempts: {}", stream.stream_id, stream.position, stream.attempts, stream.error);
    }
    Ok(())
}

async fn release(
    conn: &mut db::Connection,
    projection: &Arc<dyn Projection>,
    stream: &str,
    bus: &Arc<dyn Bus>,
    how: parked::How,
) -> anyhow::Result<()> {
    match how {
        parked::How::Retry => parked::retry(conn, projection, stream, bus).await?,
        parked::How::Skip => parked::skip(conn, projection, stream, bus).await?,
    }
    println!("{stream} is no longer parked");
    Ok(())
}
