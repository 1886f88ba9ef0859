//! Making an administrator, for the operator's command and the first start of an installation.

use anyhow::{Context, anyhow};
use domain::{
    Aggregate,
    roles::RoleName,
    users::{Email, GrantRole, Locale, Password, RegisterUser, User},
};
use event_store::{AppendError, ExecuteError, Execution, Metadata, StreamId};
use uuid::Uuid;

use super::{EMAIL, PASSWORD_HASH};
use crate::{auth::links, state::AppState};

/// Names the operator in the metadata of events.
const ACTOR: &str = "operator";

/// Registers `email` with this password and grants it the role; an account that exists keeps its password.
/// True when the account was made.
pub async fn create_admin(state: &AppState, email: &Email, password: &Password) -> anyhow::Result<bool> {
    let (stream, made) = match state.email_claims.owner(&state.events, email).await? {
        Some(owner) => (owner, false),
        None => register(state, email, password).await?,
    };
    let command = GrantRole { role: RoleName::ADMIN, at: state.clock.now() };
    state.events.execute(&stream, command, execution()).await?;
    Ok(made)
}

async fn register(state: &AppState, email: &Email, password: &Password) -> anyhow::Result<(StreamId, bool)> {
    let id = Uuid::now_v7();
    let stream = StreamId::new(User::CATEGORY, id);
    let hash = state.passwords.hash(password.as_str()).await.map_err(|error| anyhow!("the password: {error:?}"))?;
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
    let execution = Execution { claims: vec![state.email_claims.take(email, &stream)], ..execution() };
    match state.events.execute(&stream, command, execution).await {
        Ok(_) => Ok((stream, true)),
        // Another process of the installation was first.
        Err(ExecuteError::Append(AppendError::ClaimTaken { owner: Some(owner), .. })) => {
            Ok((StreamId::parse(&owner).context("the claim names no stream")?, false))
        }
        Err(error) => Err(error.into()),
    }
}

fn execution() -> Execution {
    let metadata = Metadata { actor: Some(ACTOR.to_owned()), client: Some("cli".to_owned()), ..Metadata::default() };
    Execution { metadata, ..Execution::new(Uuid::now_v7()) }
}
