//! Who a connection belongs to, and what its user may do.

use std::{sync::Arc, time::Duration};

use domain::{Aggregate, users::User};
use event_store::{ReadError, StreamId};
use projections::users;
use tracing::warn;
use uuid::Uuid;

use super::{
    hub::Attendance,
    peer::Peer,
    protocol::{Closing, ErrorCode},
    source::{AccountState, Standing},
    topic::Rights,
};
use crate::{
    auth::{self, AccessToken, TokenError, token::Verified},
    state::AppState,
};

/// The hub learns where its projection is within this time, or the database is away.
const PLACE_TIMEOUT: Duration = Duration::from_secs(5);

/// A user who has signed in on a connection.
pub(crate) struct SignedIn {
    pub(crate) user_id: Uuid,
    /// When the token ends, in seconds since 1970.
    pub(crate) expires_at: i64,
    /// The key that the token counts as long as.
    pub(crate) kid: Arc<str>,
    pub(crate) attendance: Attendance,
}

/// Why somebody was not signed in: what is said about it, and how the connection ends.
pub(crate) struct Refused {
    pub(crate) closing: Closing,
    pub(crate) code: ErrorCode,
    pub(crate) detail: &'static str,
}

pub(crate) const UNAVAILABLE: Refused =
    Refused { closing: Closing::Restart, code: ErrorCode::Unavailable, detail: "try again" };

/// Signs a user in, or renews that; `known` is who the connection belongs to already.
///
/// Rights are read from the log after the connection has been put on the list of those who are told of changes, and of the
/// ends of sessions, so that nothing of that falls in between.
pub(crate) async fn sign_in(
    state: &AppState,
    peer: &Arc<Peer>,
    token: &str,
    known: Option<Uuid>,
) -> Result<SignedIn, Refused> {
    let Verified { token, kid } = state.tokens.verify_lasting(token).await.map_err(refused)?;
    let user_id = token.user_id.as_uuid();
    if known.is_some_and(|known| known != user_id) {
        return Err(Refused {
            closing: Closing::Forbidden,
            code: ErrorCode::Forbidden,
            detail: "the connection belongs to another user",
        });
    }
    let hub = state.live.hub(users::NAME).ok_or(UNAVAILABLE)?;
    let attendance = hub.attend(user_id, peer);
    peer.hold(token);
    let placed = async { tokio::join!(hub.floor(), state.live.endings().ready()) };
    tokio::time::timeout(PLACE_TIMEOUT, placed).await.map_err(|_| UNAVAILABLE)?;
    let rights = rights(state, &token).await?;
    let (roles, generation, second_factor) = (rights.roles.clone(), rights.generation, rights.second_factor);
    let account = AccountState::Active { roles, generation, second_factor };
    let standing = Standing { version: rights.version, account };
    peer.enter(rights);
    peer.judge(&standing);
    // One that has begun since it was read was told to nobody of this connection.
    peer.begin_era(era(state).await?);
    Ok(SignedIn { user_id, expires_at: token.expires_at, kid, attendance })
}

async fn rights(state: &AppState, token: &AccessToken) -> Result<Rights, Refused> {
    // Those who come back all at once wait here, not for a connection of the pool.
    let turns = state.live.turns();
    let _turn = turns.acquire().await.map_err(|_| UNAVAILABLE)?;
    let stream = StreamId::new(User::CATEGORY, token.user_id.as_uuid());
    let loaded = state.events.load::<User>(&stream).await.map_err(|error| {
        warn!(%error, "a user's rights cannot be read");
        UNAVAILABLE
    })?;
    let mut standing = auth::Standing::of(&loaded.state, era(state).await?);
    // Issued in an era that this process has not heard of.
    if standing.as_ref().is_some_and(|standing| standing.generation < token.counts.generation) {
        state.eras.refresh().await.map_err(no_era)?;
        standing = auth::Standing::of(&loaded.state, era(state).await?);
    }
    let standing = standing.filter(|standing| standing.admits(token)).ok_or_else(|| refused(TokenError::Invalid))?;
    let permissions = state.roles.permissions_of(&standing.roles).await.map_err(|error| {
        warn!(%error, "what roles permit cannot be read");
        UNAVAILABLE
    })?;
    Ok(Rights {
        user_id: token.user_id.as_uuid(),
        version: loaded.version,
        roles: standing.roles,
        permissions: permissions.as_ref().clone(),
        second_factor: standing.second_factor,
        generation: token.counts.generation.saturating_sub(standing.era),
        era: standing.era,
    })
}

async fn era(state: &AppState) -> Result<u32, Refused> {
    state.eras.current().await.map_err(no_era)
}

fn no_era(error: ReadError) -> Refused {
    warn!(%error, "the era cannot be read");
    UNAVAILABLE
}

fn refused(error: TokenError) -> Refused {
    let (code, detail) = match error {
        TokenError::Expired => (ErrorCode::TokenExpired, "the access token has expired"),
        TokenError::Invalid => (ErrorCode::InvalidToken, "the access token is not valid"),
    };
    Refused { closing: Closing::Unauthenticated, code, detail }
}
