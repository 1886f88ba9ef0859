//! What each user may do right now, read from the user's own stream and remembered for a second.
//!
//! Tokens carry no roles: a role that was granted or taken would otherwise live on in tokens until they expire. The
//! log is asked rather than the read model, which may lag.

use std::{sync::Arc, time::Duration};

use domain::{
    Aggregate,
    roles::RoleName,
    users::{Account, ApiKey, Status, User, UserId},
};
use event_store::{EventStore, ReadError, StreamId};
use moka::sync::Cache;
use uuid::Uuid;

use super::{AccessToken, sessions::Session};

/// A change is felt everywhere within 2 s (security.md); half of that leaves room for the reading itself.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);
const REMEMBERED_USERS: u64 = 100_000;

/// What has become of a user's account, as far as it matters to whoever comes with a token or a key of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: Status,
    /// Sorted, without repeats.
    pub roles: Vec<RoleName>,
    /// Access tokens of an earlier generation are refused.
    pub generation: u32,
    /// Sessions that were begun in an earlier generation are over.
    pub sessions_generation: u32,
    /// Sessions that were ended alone, and so lately that access tokens of theirs may not have expired.
    pub ended_sessions: Vec<Uuid>,
    pub api_keys: Vec<ApiKey>,
}

impl Standing {
    /// `None` for somebody who never was.
    pub fn of(user: &User) -> Option<Self> {
        let (status, account) = (user.status()?, user.account());
        let ended = |account: &Account| account.ended_sessions.iter().map(|ended| ended.session_id).collect();
        Some(Self {
            status,
            roles: account.map(|account| account.roles.clone()).unwrap_or_default(),
            // Of whoever was erased nothing comes back.
            generation: account.map_or(u32::MAX, |account| account.generation),
            sessions_generation: account.map_or(u32::MAX, |account| account.sessions_generation),
            ended_sessions: account.map(ended).unwrap_or_default(),
            api_keys: account.map(|account| account.api_keys.clone()).unwrap_or_default(),
        })
    }

    /// The API key of this id, be it one that has expired.
    pub fn api_key(&self, id: Uuid) -> Option<&ApiKey> {
        self.api_keys.iter().find(|key| key.id == id)
    }

    /// Whether a token still counts: of an account in use, its generation or a later one, and a session that goes on.
    pub fn admits(&self, token: &AccessToken) -> bool {
        self.status == Status::Active
            && self.generation <= token.generation
            && !self.ended_sessions.contains(&token.session_id)
    }

    /// Whether a session goes on, as far as the log tells; its row may tell more.
    pub fn keeps(&self, session: &Session) -> bool {
        self.status == Status::Active
            && self.sessions_generation <= session.generation
            && !self.ended_sessions.contains(&session.id)
    }

    /// Whether the token is older than this, so that reading anew would not help it: it was issued after a later
    /// generation began, or the account was reactivated, otherwise.
    fn is_after(&self, token: &AccessToken) -> bool {
        match self.status {
            Status::Active => self.generation >= token.generation,
            Status::Suspended | Status::Erased => self.generation > token.generation,
        }
    }
}

/// The standing of users. Clones share one cache.
#[derive(Clone)]
pub struct Standings {
    events: EventStore,
    remembered: Cache<UserId, Arc<Standing>>,
}

impl Standings {
    pub fn new(events: EventStore) -> Self {
        let remembered = Cache::builder().max_capacity(REMEMBERED_USERS).time_to_live(REMEMBERED_FOR).build();
        Self { events, remembered }
    }

    /// At most one second old; `None` for somebody who never was.
    pub async fn of(&self, user: UserId) -> Result<Option<Arc<Standing>>, ReadError> {
        match self.remembered.get(&user) {
            Some(standing) => Ok(Some(standing)),
            None => self.read(user).await,
        }
    }

    /// The standing of a token's user. What is remembered from before the token was issued is read anew: whoever has just
    /// signed in again is not held up by it.
    pub async fn behind(&self, token: &AccessToken) -> Result<Option<Arc<Standing>>, ReadError> {
        match self.remembered.get(&token.user_id).filter(|standing| standing.is_after(token)) {
            Some(standing) => Ok(Some(standing)),
            None => self.read(token.user_id).await,
        }
    }

    /// The standing of somebody who is said to have an API key. Where what is remembered does not have it, the key may have
    /// been made since, so the log is read.
    pub async fn with_key(&self, user: UserId, key: Uuid) -> Result<Option<Arc<Standing>>, ReadError> {
        match self.remembered.get(&user).filter(|standing| standing.api_key(key).is_some()) {
            Some(standing) => Ok(Some(standing)),
            None => self.read(user).await,
        }
    }

    async fn read(&self, user: UserId) -> Result<Option<Arc<Standing>>, ReadError> {
        let loaded = self.events.load::<User>(&StreamId::new(User::CATEGORY, user.as_uuid())).await?;
        let Some(standing) = Standing::of(&loaded.state).map(Arc::new) else { return Ok(None) };
        self.remembered.insert(user, Arc::clone(&standing));
        Ok(Some(standing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(status: Status) -> Standing {
        let (generation, sessions_generation) = (3, 3);
        Standing {
            status,
            roles: vec![RoleName::MEMBER],
            generation,
            sessions_generation,
            ended_sessions: vec![Uuid::from_u128(7)],
            api_keys: vec![],
        }
    }

    fn token(generation: u32, session: u128) -> AccessToken {
        let user_id = UserId::from_uuid(Uuid::from_u128(1));
        AccessToken { user_id, session_id: Uuid::from_u128(session), expires_at: 0, generation }
    }

    #[test]
    fn tokens_of_earlier_generations_and_of_ended_sessions_are_refused() {
        let active = standing(Status::Active);
        assert!(active.admits(&token(3, 1)) && active.admits(&token(4, 1)));
        assert!(!active.admits(&token(2, 1)) && !active.admits(&token(3, 7)) && !active.admits(&token(4, 7)));
    }

    #[test]
    fn no_token_of_an_account_that_is_not_in_use_counts() {
        for status in [Status::Suspended, Status::Erased] {
            assert!(!standing(status).admits(&token(9, 1)));
        }
    }

    #[test]
    fn only_a_token_that_is_newer_than_what_is_known_calls_for_more() {
        let (active, suspended) = (standing(Status::Active), standing(Status::Suspended));
        assert!(active.is_after(&token(3, 1)) && active.is_after(&token(2, 1)) && !active.is_after(&token(4, 1)));
        assert!(suspended.is_after(&token(2, 1)));
        assert!(!suspended.is_after(&token(3, 1)), "issued since the account was reactivated");
    }

    #[test]
    fn who_never_was_has_no_standing_and_who_was_erased_has_no_roles() {
        assert_eq!(Standing::of(&User::Unknown), None);
        let erased = Standing::of(&User::Erased).unwrap();
        assert_eq!((erased.status, &erased.roles), (Status::Erased, &vec![]));
        assert!(erased.is_after(&token(9, 1)));
    }
}
