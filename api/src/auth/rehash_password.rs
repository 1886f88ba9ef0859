//! Making a password's hash anew when the password is shown: with the current pepper, and as dear as hashes are by now.

use domain::{
    Aggregate,
    users::{Account, RehashPassword, User, UserId},
};
use event_store::{Execution, Metadata, StreamId, SubjectKey};
use tracing::warn;
use uuid::Uuid;

use crate::{error::ApiResult, state::AppState, users::PASSWORD_HASH};

/// Of a password that was just found right by the account's hash. Whatever is in the way, there is a next time.
pub(super) async fn if_outdated(
    state: &AppState,
    user: UserId,
    account: &Account,
    key: &SubjectKey,
    password: &str,
    metadata: Metadata,
) {
    if let Err(error) = rehash(state, user, account, key, password, metadata).await {
        warn!(%user, %error, "a password's hash could not be made anew");
    }
}

async fn rehash(
    state: &AppState,
    user: UserId,
    account: &Account,
    key: &SubjectKey,
    password: &str,
    metadata: Metadata,
) -> ApiResult<()> {
    if !state.passwords.is_outdated(&key.open(PASSWORD_HASH, &account.password_hash)?) {
        return Ok(());
    }
    let hash = state.passwords.hash(password).await?;
    let command = RehashPassword {
        verified: account.password_hash.clone(),
        password_hash: key.seal(PASSWORD_HASH, &hash),
        at: state.clock.now(),
    };
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    state.events.execute(&stream, command, Execution { metadata, ..Execution::new(Uuid::now_v7()) }).await?;
    Ok(())
}
