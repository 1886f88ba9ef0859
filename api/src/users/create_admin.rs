//! Making an administrator, for the operator's command and the first start of an installation.

use anyhow::{Context, anyhow};
use data_encoding::BASE32_NOPAD;
use domain::{
    Aggregate,
    roles::RoleName,
    users::{Email, GrantRole, Locale, Password, RegisterUser, User, UserId},
};
use event_store::{AppendError, ExecuteError, Execution, StreamId};
use rand::RngExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{EMAIL, PASSWORD_HASH, operator::execution};
use crate::{auth::links, state::AppState};

/// What a new administrator signs in with.
#[derive(Debug)]
pub enum FirstPassword<'a> {
    Chosen(&'a Password),
    /// Nothing yet: nobody knows the password, and a link is needed to set one.
    Unknown,
}

/// Registers `email` and grants it the role; an account that exists keeps its password. Says whose account it is, and
/// whether it was made.
pub async fn create_admin(
    state: &AppState,
    email: &Email,
    password: FirstPassword<'_>,
) -> anyhow::Result<(UserId, bool)> {
    let (stream, made) = match state.email_claims.owner(&state.events, email).await? {
        Some(owner) => (owner, false),
        None => register(state, email, password).await?,
    };
    let command = GrantRole { role: RoleName::ADMIN, at: state.clock.now() };
    state.events.execute(&stream, command, execution()).await?;
    Ok((UserId::from_uuid(stream.id()), made))
}

async fn register(state: &AppState, email: &Email, password: FirstPassword<'_>) -> anyhow::Result<(StreamId, bool)> {
    let id = Uuid::now_v7();
    let stream = StreamId::new(User::CATEGORY, id);
    let hash = match password {
        FirstPassword::Chosen(password) => state.passwords.hash(password.as_str()).await,
        FirstPassword::Unknown => state.passwords.hash(&unknown()).await,
    };
    let hash = hash.map_err(|error| anyhow!("the password: {error:?}"))?;
    let key = state.keys.create(id).await?;
    let at = state.clock.now();
    let command = RegisterUser {
        email: key.seal(EMAIL, email.as_str()),
        password_hash: key.seal(PASSWORD_HASH, &hash),
        display_name: None,
        locale: Locale::default(),
        verification: Some(links::request(at, links::VERIFICATION)),
        at,
    };
    let execution = Execution { claims: state.email_claims.take(email, &stream), ..execution() };
    match state.events.execute(&stream, command, execution).await {
        Ok(_) => Ok((stream, true)),
        // Another process of the installation was first.
        Err(ExecuteError::Append(AppendError::ClaimTaken { owner: Some(owner), .. })) => {
            Ok((StreamId::parse(&owner).context("the claim names no stream")?, false))
        }
        Err(error) => Err(error.into()),
    }
}

/// 256 random bits that nobody is told.
fn unknown() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::rng().random());
    Zeroizing::new(BASE32_NOPAD.encode(bytes.as_slice()))
}
