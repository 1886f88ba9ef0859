//! `tidemark user`.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use std::path::Path;

use bootstrap::{Context, process::Exit};
use clap::Subcommand;
use event_store::Head;

use crate::admin_account;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an administrator, with a generated password that is shown once.
    CreateAdmin { email: String },
}

pub fn main(config: Option<&Path>, command: Command) -> Exit {
    super::run("tidemark user", config, |context| run(context, command))
}

async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    let Command::CreateAdmin { email } = command;
    let head = Head::new();
    let bus = messaging::start(&context, &head)?;
    let state = api::AppState::new(&context, bus, head, api::Options::default()).await?;
    let admin = admin_account::create(&state, &email).await?;
    println!("e-mail    {}\npassword  {}", admin.email, admin.password);
    Ok(())
}
