//! The addresses of an account, and the claims on them: taken and let go of in the append that says so.
//!
//! An account claims its address, and each former one as long as there is a way back to it (decision 10).

use std::collections::BTreeMap;

use domain::{
    Aggregate, Command,
    users::{Account, Email, ReleaseFormerAddresses, User},
};
use event_store::{AppendError, ClaimChange, ExecuteError, Executed, Execution, Metadata, StreamId, SubjectKey};
use uuid::Uuid;

use super::EMAIL;
use crate::{
    error::{ApiError, ApiResult},
    state::AppState,
};

/// How often a command is decided anew because the account has changed in between.
const ATTEMPTS: usize = 16;

/// Addresses in the form in which they are compared.
pub(super) type Addresses = BTreeMap<String, Email>;

/// Executes a command that may change which addresses the user has, together with the claims. Refused with
/// [`ApiError::EmailTaken`] when somebody else has one of them.
pub(crate) async fn execute<C>(
    state: &AppState,
    stream: &StreamId,
    command: C,
    metadata: &Metadata,
) -> ApiResult<Executed<User>>
where
    C: Command<Aggregate = User>,
    C::Refusal: Into<ApiError>,
{
    match attempt(state, stream, &command, metadata).await? {
        Err(ExecuteError::Append(AppendError::ClaimTaken { owner, .. })) => {
            let owner = owner.as_deref().and_then(StreamId::parse).ok_or(ApiError::EmailTaken)?;
            let_go(state, &owner).await?;
            match attempt(state, stream, &command, metadata).await? {
                Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) => Err(ApiError::EmailTaken),
                done => Ok(done?),
            }
        }
        done => Ok(done?),
    }
}

/// The stream of the user with this address; nobody, when the way back to it has expired for whoever had it.
pub(crate) async fn owner(state: &AppState, email: &Email) -> ApiResult<Option<StreamId>> {
    let Some(owner) = state.email_claims.owner(&state.events, email).await? else { return Ok(None) };
    // A hint is enough, and costs nothing where the owner is loaded later on.
    let known = state.events.recent::<User>(&owner).await?.state;
    let now = state.clock.now();
    let undos = known.account().map(|account| account.requests.email_undos.as_slice()).unwrap_or_default();
    if !undos.iter().any(|undo| undo.request.is_over(now)) {
        return Ok(Some(owner));
    }
    let_go(state, &owner).await?;
    Ok(state.email_claims.owner(&state.events, email).await?)
}

/// Lets go of a user's former addresses that there is no way back to any more.
async fn let_go(state: &AppState, stream: &StreamId) -> ApiResult<()> {
    let command = ReleaseFormerAddresses { at: state.clock.now() };
    let metadata = Metadata { actor: Some("system".to_owned()), client: Some("api".to_owned()), ..Metadata::default() };
    match attempt(state, stream, &command, &metadata).await? {
        // Whoever is erased has let go of everything.
        Ok(_) | Err(ExecuteError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Claims are made of the state that the command is decided on: the version is held to it.
async fn attempt<C>(
    state: &AppState,
    stream: &StreamId,
    command: &C,
    metadata: &Metadata,
) -> ApiResult<Result<Executed<User>, ExecuteError<C::Refusal>>>
where
    C: Command<Aggregate = User>,
{
    for _ in 0..ATTEMPTS {
        let loaded = state.events.load::<User>(stream).await?;
        let events = match command.clone().decide(&loaded.state) {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(ExecuteError::Refused(refusal))),
        };
        let after = events.iter().fold(loaded.state.clone(), |user, event| user.apply(event));
        let claims = claims(state, stream, &loaded.state, &after).await?;
        let execution = Execution {
            expected: Some(loaded.version),
            claims,
            metadata: metadata.clone(),
            ..Execution::new(Uuid::now_v7())
        };
        match state.events.execute(stream, command.clone(), execution).await {
            Err(ExecuteError::VersionMismatch { .. }) => {}
            done => return Ok(done),
        }
    }
    Ok(Err(ExecuteError::Append(AppendError::Overloaded)))
}

/// What has to be claimed and let go of between two states of a user.
async fn claims(state: &AppState, stream: &StreamId, before: &User, after: &User) -> ApiResult<Vec<ClaimChange>> {
    let (Some(before), after) = (before.account(), after.account()) else { return Ok(vec![]) };
    let key = state.keys.get(stream.id()).await?;
    let before = addresses(before, &key)?;
    let after = after.map(|account| addresses(account, &key)).transpose()?.unwrap_or_default();
    let claims = &state.email_claims;
    let released = before.iter().filter(|(address, _)| !after.contains_key(*address));
    let taken = after.iter().filter(|(address, _)| !before.contains_key(*address));
    let released = released.flat_map(|(_, email)| claims.release(email, stream));
    Ok(released.chain(taken.flat_map(|(_, email)| claims.take(email, stream))).collect())
}

/// All addresses that an account has a claim on.
pub(super) fn addresses(account: &Account, key: &SubjectKey) -> ApiResult<Addresses> {
    let former = account.requests.email_undos.iter().map(|undo| &undo.email);
    let mut addresses = Addresses::new();
    for sealed in std::iter::once(&account.email).chain(former) {
        let email = Email::parse(&key.open(EMAIL, sealed)?).map_err(|error| ApiError::Internal(error.into()))?;
        addresses.insert(email.canonical(), email);
    }
    Ok(addresses)
}
