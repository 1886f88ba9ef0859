//! Whom the operator's commands on accounts are about.

use anyhow::{Context as _, anyhow, ensure};
use domain::{
    Aggregate,
    users::{Account, Email, User, UserId},
};
use event_store::StreamId;
use uuid::Uuid;

use super::{EMAIL, addresses};
use crate::state::AppState;

/// The user with this id or this e-mail address, as an operator types it.
pub async fn find_user(state: &AppState, id_or_address: &str) -> anyhow::Result<UserId> {
    if let Ok(id) = Uuid::parse_str(id_or_address) {
        let known = state.events.load::<User>(&StreamId::new(User::CATEGORY, id)).await?.state;
        known.present().context("there is no such user")?;
        return Ok(UserId::from_uuid(id));
    }
    let email = Email::parse(id_or_address).context("neither an id nor an e-mail address")?;
    let (stream, _) = at_address(state, &email).await?.context("there is no account with this address")?;
    Ok(UserId::from_uuid(stream.id()))
}

/// The account whose address this is now, suspended or not. Fails for a former address that there is a way back to.
pub(super) async fn at_address(state: &AppState, email: &Email) -> anyhow::Result<Option<(StreamId, Account)>> {
    let owner = addresses::owner(state, email).await.map_err(|error| anyhow!("the address: {error:?}"))?;
    let Some(stream) = owner else { return Ok(None) };
    let user = state.events.load::<User>(&stream).await?.state;
    let Some(account) = user.account() else { return Ok(None) };
    let key = state.keys.get(stream.id()).await?;
    let address = Email::parse(&key.open(EMAIL, &account.email)?)?;
    ensure!(
        address.canonical() == email.canonical(),
        "nobody has this address: {} had it before and may still go back to it",
        stream.id()
    );
    Ok(Some((stream, account.clone())))
}
