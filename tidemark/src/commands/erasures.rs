//! `tidemark erasures`: the ledger of who was erased, and its replay after a restore.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use anyhow::Context as _;
use api::{clock::Clock, operator};
use bootstrap::{Context, process::Exit};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use event_store::{Erasure, ErasureLedger, EventStore, Head, SubjectKeys, erasure::Replayed};
use jobs::EnqueueOptions;
use workers::users::EraseSubject;

use crate::ConfigSource;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows who was erased, by id, and whose erasure is not finished.
    List,
    /// Erases everybody in the ledger again, before anything else is started after a restore of either database: the
    /// event where the log lacks it, claims, keys; workers remove the rest. Can be repeated.
    Replay,
}

pub fn main(config: &ConfigSource, command: Command) -> Exit {
    super::run("tidemark erasures", config, |context| run(context, command))
}

async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    let ledger = ErasureLedger::new(&context.config.erasure.ledger);
    match command {
        Command::List => list(&ledger).await,
        Command::Replay => replay(&context, ledger).await,
    }
}

async fn list(ledger: &ErasureLedger) -> anyhow::Result<()> {
    println!("{:<36}  {:<20}  {:<20}", "person", "begun", "finished");
    for entry in ledger.entries().await? {
        let finished = entry.finished_at.map_or_else(|| "not yet".to_owned(), shown);
        println!("{:<36}  {:<20}  {finished:<20}", entry.subject, shown(entry.begun_at));
    }
    Ok(())
}

fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

async fn replay(context: &Context, ledger: ErasureLedger) -> anyhow::Result<()> {
    let pool = context.database().await?;
    let keys = SubjectKeys::new(context.keys_database().await?, &context.config.secrets);
    let url = context.config.database_url()?;
    let events = EventStore::open(url, pool.clone(), Head::new(), &context.tasks, Default::default());
    let erasure = Erasure { events, keys, ledger };
    let (mut again, mut absent) = (0, 0);
    let entries = erasure.ledger.entries().await?;
    for entry in &entries {
        let replayed = erasure.replay(entry.subject, Clock.now(), operator::metadata()).await;
        match replayed.with_context(|| format!("{} was not erased; repeat the command", entry.subject))? {
            Replayed::WasErased => {}
            Replayed::ErasedAgain => again += 1,
            Replayed::NotInTheLog => absent += 1,
        }
    }
    // What was restored beside log and keys, such as sessions.
    let jobs = entries.iter().map(|entry| EraseSubject { user_id: entry.subject });
    jobs::enqueue_all(&mut *pool.get().await?, jobs, &EnqueueOptions::default()).await?;
    println!("{} persons in the ledger: keys destroyed, claims released", entries.len());
    println!("{again} of them were there again and have been erased; {absent} are not in the log");
    Ok(())
}
