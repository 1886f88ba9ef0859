//! Making an administrator, for the operator's command and the first start of an installation.

use anyhow::{Context, anyhow, ensure};
use data_encoding::BASE32_NOPAD;
use domain::{
    Aggregate,
    roles::RoleName,
    users::{Email, GrantRole, Locale, Password, RegisterVerifiedUser, User, UserId},
};
use event_store::{AppendError, ExecuteError, Execution, StreamId};
use rand::RngExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{EMAIL, PASSWORD_HASH, operator::at_address};
use crate::{operator, state::AppState};

/// What a new administrator signs in with.
#[derive(Debug)]
pub enum FirstPassword<'a> {
    Chosen(&'a Password),
    /// Nothing yet: nobody knows the password, and a link is needed to set one.
    Unknown,
}

/// Registers `email`, which counts as verified, and grants it the role; an account that exists keeps its password. Says
/// whose account it is, and whether it was made.
pub async fn create_admin(
    state: &AppState,
    email: &Email,
    password: FirstPassword<'_>,
) -> anyhow::Result<(UserId, bool)> {
    let (stream, made) = match verified(state, email).await? {
        Some(stream) => (stream, false),
        None => register(state, email, password).await?,
    };
    let command = GrantRole { role: RoleName::ADMIN, at: state.clock.now() };
    state.events.execute(&stream, command, operator::execution()).await?;
    Ok((UserId::from_uuid(stream.id()), made))
}

/// The account with this address. Not one that has yet to verify it: a stranger may have made that, and know its password.
async fn verified(state: &AppState, email: &Email) -> anyhow::Result<Option<StreamId>> {
    let Some((stream, account)) = at_address(state, email).await? else { return Ok(None) };
    ensure!(
        account.email_verified,
        "the account {} may be a stranger's, since it has not verified this address: repeat this when its owner has \
         set a new password by mail and then verified the address",
        stream.id()
    );
    Ok(Some(stream))
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
    let command = RegisterVerifiedUser {
        email: key.seal(EMAIL, email.as_str()),
        password_hash: key.seal(PASSWORD_HASH, &hash),
        locale: Locale::default(),
        request_id: Uuid::now_v7(),
        at: state.clock.now(),
    };
    let execution = Execution { claims: state.email_claims.take(email, &stream), ..operator::execution() };
    match state.events.execute(&stream, command, execution).await {
        Ok(_) => Ok((stream, true)),
        // Somebody was first: another process of the installation, or anybody who registers.
        Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) => {
            let stream = verified(state, email).await?;
            Ok((stream.context("the address was taken and let go of meanwhile: repeat the command")?, false))
        }
        Err(error) => Err(error.into()),
    }
}

/// 256 random bits that nobody is told.
fn unknown() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::rng().random());
    Zeroizing::new(BASE32_NOPAD.encode(bytes.as_slice()))
}
