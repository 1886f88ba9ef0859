//! Making people for development, for the operator's command.

use domain::{
    Aggregate,
    roles::RoleName,
    users::{DisplayName, Email, GrantRole, Locale, RegisterUser, SuspendUser, User, VerifyEmail},
};
use event_store::{Execution, Metadata, StreamId};
use uuid::Uuid;

use super::{DISPLAY_NAME, EMAIL, PASSWORD_HASH};
use crate::{auth::links, state::AppState};

/// Somebody to be made, by the commands by which people come to be so.
#[derive(Debug)]
pub struct SeedUser<'a> {
    pub email: Email,
    pub display_name: DisplayName,
    pub locale: Locale,
    /// One for all: it takes 230 ms to make.
    pub password_hash: &'a str,
    pub verified: bool,
    pub role: Option<RoleName>,
    pub suspended: bool,
}

/// Makes somebody. False when the address has an account, which stays as it is.
pub async fn seed_user(state: &AppState, user: &SeedUser<'_>) -> anyhow::Result<bool> {
    if state.email_claims.owner(&state.events, &user.email).await?.is_some() {
        return Ok(false);
    }
    let (id, at) = (Uuid::now_v7(), state.clock.now());
    let (stream, key) = (StreamId::new(User::CATEGORY, id), state.keys.create(id).await?);
    let verification = user.verified.then(|| links::request(at, links::VERIFICATION));
    let register = RegisterUser {
        email: key.seal(EMAIL, user.email.as_str()),
        password_hash: key.seal(PASSWORD_HASH, user.password_hash),
        display_name: Some(key.seal(DISPLAY_NAME, user.display_name.as_str())),
        locale: user.locale,
        verification,
        at,
    };
    let claims = state.email_claims.take(&user.email, &stream);
    state.events.execute(&stream, register, Execution { claims, ..execution() }).await?;
    if let Some(request) = verification {
        state.events.execute(&stream, VerifyEmail { request_id: request.id, at }, execution()).await?;
    }
    if let Some(role) = user.role.clone() {
        state.events.execute(&stream, GrantRole { role, at }, execution()).await?;
    }
    if user.suspended {
        state.events.execute(&stream, SuspendUser { at }, execution()).await?;
    }
    Ok(true)
}

fn execution() -> Execution {
    let (actor, client) = (Some("operator".to_owned()), Some("cli".to_owned()));
    Execution { metadata: Metadata { actor, client, ..Metadata::default() }, ..Execution::new(Uuid::now_v7()) }
}
