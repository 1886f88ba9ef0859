//! Taking a lost second factor off an account, for the operator's command.

use anyhow::anyhow;
use domain::{
    Aggregate,
    users::{ResetSecondFactor, User, UserId},
};
use event_store::StreamId;

use super::operator::execution;
use crate::state::AppState;

/// Switches the second factor off and ends all sessions; the user is told by mail. False when there was none.
pub async fn reset_second_factor(state: &AppState, user: UserId) -> anyhow::Result<bool> {
    let (stream, at) = (StreamId::new(User::CATEGORY, user.as_uuid()), state.clock.now());
    let done = state.events.execute(&stream, ResetSecondFactor { at }, execution()).await?;
    if done.position.is_none() {
        return Ok(false);
    }
    if let Some(account) = done.state.as_ref().and_then(User::account) {
        let ended = state.sessions.end_all(user, account.sessions_generation).await;
        ended.map_err(|error| anyhow!("the sessions were not marked as over: {error}"))?;
    }
    Ok(true)
}
