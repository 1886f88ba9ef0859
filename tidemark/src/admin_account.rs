//! Administrators that the operator makes, with generated passwords.

use anyhow::Context;
use api::{AppState, users::create_admin};
use domain::users::Email;
use rand::RngExt;

/// The administrator of an installation that has no accounts yet.
const FIRST_EMAIL: &str = "admin@tidemark.example";
/// Without characters that look alike.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 24 of 55 characters are 138 bits.
const PASSWORD_LENGTH: usize = 24;

/// Credentials to be shown once.
#[derive(Debug)]
pub(crate) struct FirstAdmin {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// Makes the first administrator when the log is empty.
pub(crate) async fn ensure(state: &AppState) -> anyhow::Result<Option<FirstAdmin>> {
    let mut conn = state.pool.get().await?;
    if event_store::log::head(&mut conn).await? > 0 {
        return Ok(None);
    }
    drop(conn);
    create(state, FIRST_EMAIL).await.map(Some)
}

/// Makes an administrator; refuses an address that has an account, whose password it could not show.
pub(crate) async fn create(state: &AppState, email: &str) -> anyhow::Result<FirstAdmin> {
    let address = Email::parse(email).context("the e-mail address")?;
    let password = generate();
    let chosen = state.passwords.choose(&password, &[email], false).await;
    let chosen = chosen.map_err(|error| anyhow::anyhow!("the password: {error:?}"))??;
    let made = create_admin(state, &address, &chosen).await?;
    anyhow::ensure!(made, "this account existed; it is an administrator now and keeps its password");
    Ok(FirstAdmin { email: address.as_str().to_owned(), password })
}

fn generate() -> String {
    let mut random = rand::rng();
    (0..PASSWORD_LENGTH).map(|_| char::from(ALPHABET[random.random_range(..ALPHABET.len())])).collect()
}
