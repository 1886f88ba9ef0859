//! What the operator's commands on accounts have in common.

use anyhow::{Context as _, anyhow};
use domain::{
    Aggregate,
    users::{Email, User, UserId},
};
use event_store::{Execution, Metadata, StreamId};
use uuid::Uuid;

use crate::state::AppState;

/// Names the operator in the metadata of events.
const ACTOR: &str = "operator";

/// The user with this id or this e-mail address, as an operator types it.
pub async fn find_user(state: &AppState, id_or_address: &str) -> anyhow::Result<UserId> {
    if let Ok(id) = Uuid::parse_str(id_or_address) {
        let known = state.events.load::<User>(&StreamId::new(User::CATEGORY, id)).await?.state;
        known.present().context("there is no such user")?;
        return Ok(UserId::from_uuid(id));
    }
    let email = Email::parse(id_or_address).context("neither an id nor an e-mail address")?;
    let owner = state.email_claims.owner(&state.events, &email).await?;
    owner.map(|stream| UserId::from_uuid(stream.id())).ok_or_else(|| anyhow!("there is no account with this address"))
}

/// Done in the operator's name.
pub(super) fn execution() -> Execution {
    let metadata = Metadata { actor: Some(ACTOR.to_owned()), client: Some("cli".to_owned()), ..Metadata::default() };
    Execution { metadata, ..Execution::new(Uuid::now_v7()) }
}
