//! The administrator of an installation that has no accounts yet.

use anyhow::Context;
use api::{
    AppState,
    users::{FirstPassword, create_admin},
};
use bootstrap::config::Environment;
use domain::users::Email;
use rand::RngExt;

const FIRST_EMAIL: &str = "admin@tidemark.example";
/// Without characters that look alike.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 24 of 55 characters are 138 bits.
const PASSWORD_LENGTH: usize = 24;

/// Who may administer, as far as a greeting tells.
#[derive(Debug)]
pub(crate) enum FirstAdmin {
    /// Credentials to be shown once; in development only.
    Made { email: String, password: String },
    /// Nobody: the log is empty, and the operator has to make somebody.
    Missing,
    /// The installation has accounts.
    Settled,
}

/// Makes the first administrator when the log is empty. Outside development there are no default accounts.
pub(crate) async fn first(state: &AppState, environment: Environment) -> anyhow::Result<FirstAdmin> {
    let head = event_store::log::head(&mut *state.pool.get().await?).await?;
    if head > 0 {
        return Ok(FirstAdmin::Settled);
    }
    match environment {
        Environment::Production => {
            tracing::warn!("there is no administrator: `tidemark user create-admin <address>` makes one");
            Ok(FirstAdmin::Missing)
        }
        Environment::Development => make(state).await,
    }
}

async fn make(state: &AppState) -> anyhow::Result<FirstAdmin> {
    let address = Email::parse(FIRST_EMAIL).context("the e-mail address")?;
    let password = generate();
    let chosen = state.passwords.choose(&password, &[FIRST_EMAIL], false).await;
    let chosen = chosen.map_err(|error| anyhow::anyhow!("the password: {error:?}"))??;
    let (_, made) = create_admin(state, &address, FirstPassword::Chosen(&chosen)).await?;
    // Another process of the installation was first.
    Ok(if made { FirstAdmin::Made { email: FIRST_EMAIL.to_owned(), password } } else { FirstAdmin::Settled })
}

fn generate() -> String {
    let mut random = rand::rng();
    (0..PASSWORD_LENGTH).map(|_| char::from(ALPHABET[random.random_range(..ALPHABET.len())])).collect()
}
