//! `tidemark user`.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use anyhow::Context as _;
use api::{
    AppState,
    users::{FirstPassword, PasswordLink, create_admin, find_user, password_link, reset_second_factor},
};
use bootstrap::{Context, process::Exit};
use chrono::SecondsFormat;
use clap::Subcommand;
use domain::users::{Email, UserId};
use event_store::Head;

use crate::ConfigSource;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an administrator, with a link to set the password; an account that exists and has verified its address
    /// becomes one.
    CreateAdmin { email: String },
    /// Shows a link by which a user sets a new password, as after `forgot password`; the user is mailed the same link.
    PasswordLink {
        /// The user's id or e-mail address.
        user: String,
    },
    /// Takes the second factor off the account of somebody who has lost it and all recovery codes, ends all sessions, and
    /// mails the user. Make sure first that it is they who ask: docs/operations.md says how.
    ResetSecondFactor {
        /// The user's id or e-mail address.
        user: String,
    },
}

pub fn main(config: &ConfigSource, command: Command) -> Exit {
    super::run("tidemark user", config, |context| run(context, command))
}

async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    let head = Head::new();
    let bus = messaging::start(&context, &head)?;
    let state = AppState::new(&context, bus, head, api::Options::default()).await?;
    match command {
        Command::CreateAdmin { email } => make_admin(&state, &email).await,
        Command::PasswordLink { user } => show_link(&state, find_user(&state, &user).await?).await,
        Command::ResetSecondFactor { user } => take_off(&state, find_user(&state, &user).await?).await,
    }
}

async fn make_admin(state: &AppState, email: &str) -> anyhow::Result<()> {
    let address = Email::parse(email).context("the e-mail address")?;
    let (user, made) = create_admin(state, &address, FirstPassword::Unknown).await?;
    if !made {
        println!("{user} had an account: it is an administrator now and keeps its password");
        return Ok(());
    }
    println!("{user} is an administrator");
    show_link(state, user).await
}

async fn show_link(state: &AppState, user: UserId) -> anyhow::Result<()> {
    let PasswordLink { url, expires_at } = password_link(state, user).await?;
    println!("to set the password, once, until {}:", expires_at.to_rfc3339_opts(SecondsFormat::Secs, true));
    println!("{url}");
    Ok(())
}

async fn take_off(state: &AppState, user: UserId) -> anyhow::Result<()> {
    if reset_second_factor(state, user).await? {
        println!("{user} has no second factor any more, is signed out everywhere, and is told so by mail");
    } else {
        println!("{user} has no second factor: nothing was done");
    }
    Ok(())
}
