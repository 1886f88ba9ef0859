//! `tidemark sessions`: what concerns everybody who is signed in.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use std::path::Path;

use api::{auth::Eras, clock::Clock};
use bootstrap::{Context, process::Exit};
use clap::Subcommand;
use domain::sessions::EndAllSessions;
use event_store::{EventStore, Execution, Head, Metadata};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ends the sessions of everybody at once: all have to sign in anew. API keys stay.
    EndAll,
}

pub fn main(config: Option<&Path>, command: Command) -> Exit {
    super::run("tidemark sessions", config, |context| run(context, command))
}

async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::EndAll => end_all(&context).await,
    }
}

async fn end_all(context: &Context) -> anyhow::Result<()> {
    let (url, pool) = (context.config.database_url()?, context.database().await?);
    let events = EventStore::open(url, pool, Head::new(), &context.tasks, Default::default());
    let metadata =
        Metadata { actor: Some("operator".to_owned()), client: Some("cli".to_owned()), ..Metadata::default() };
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    events.execute(&Eras::stream(), EndAllSessions { at: Clock.now() }, execution).await?;
    println!("all sessions are over; every process refuses their tokens and closes their connections within 2 s");
    Ok(())
}
