//! `tidemark sessions`: what concerns everybody who is signed in.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use api::{auth::sessions::end_all_sessions, clock::Clock};
use bootstrap::{Context, process::Exit};
use clap::Subcommand;
use event_store::{EventStore, Head};

use crate::ConfigSource;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ends the sessions of everybody at once: all have to sign in anew. API keys stay.
    EndAll,
}

pub fn main(config: &ConfigSource, command: Command) -> Exit {
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
    end_all_sessions(&events, Clock.now()).await?;
    println!("all sessions are over; every process refuses their tokens and closes their connections within 2 s");
    Ok(())
}
