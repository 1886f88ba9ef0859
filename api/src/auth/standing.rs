//! What each user may do right now, read from the user's own stream and remembered for a second.
//!
//! Tokens carry no roles: a role that was granted or taken would otherwise live on in tokens until they expire. The
//! log is asked rather than the read model, which may lag.

use std::{sync::Arc, time::Duration};

use bootstrap::config::SecondFactor;
use domain::{
    Aggregate,
    roles::{Permissions, RoleName},
    users::{Account, ApiKey, Status, User, UserId},
};
use event_store::{EventStore, ReadError, StreamId};
use moka::sync::Cache;
use uuid::Uuid;

use super::{AccessToken, Eras, is_demanded, sessions::Session};

/// A change is felt everywhere within 2 s (security.md); half of that leaves room for the reading itself.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);
const REMEMBERED_USERS: u64 = 100_000;

/// What has become of a user's account, as far as it matters to whoever comes with a token or a key of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: Status,
    /// Sorted, without repeats.
    pub roles: Vec<RoleName>,
    /// How often the sessions of everybody were ended; both generations count that too.
    pub era: u32,
    /// Access tokens of an earlier generation are refused.
    pub generation: u32,
    /// Sessions that were begun in an earlier generation are over.
    pub sessions_generation: u32,
    /// Sessions that were ended alone, and so lately that access tokens of theirs may not have expired.
    pub ended_sessions: Vec<Uuid>,
    /// Sessions that were renewed so lately that access tokens from before may not have expired, with the rotation from
    /// which on they count.
    pub renewed_sessions: Vec<(Uuid, u32)>,
    pub api_keys: Vec<ApiKey>,
    pub second_factor: bool,
}

impl Standing {
    /// `None` for somebody who never was.
    pub fn of(user: &User, era: u32) -> Option<Self> {
        let (status, account) = (user.status()?, user.account());
        let ended = |account: &Account| account.ended_sessions.iter().map(|ended| ended.session_id).collect();
        let renewed = |account: &Account| {
            account.renewed_sessions.iter().map(|renewed| (renewed.session_id, renewed.rotation)).collect()
        };
        Some(Self {
            status,
            roles: account.map(|account| account.roles.clone()).unwrap_or_default(),
            // Of whoever was erased nothing comes back.
            generation: account.map_or(u32::MAX, |account| account.generation.saturating_add(era)),
            sessions_generation: account.map_or(u32::MAX, |account| account.sessions_generation.saturating_add(era)),
            era,
            ended_sessions: account.map(ended).unwrap_or_default(),
            renewed_sessions: account.map(renewed).unwrap_or_default(),
            api_keys: account.map(|account| account.api_keys.clone()).unwrap_or_default(),
            second_factor: account.is_some_and(|account| account.totp.is_on()),
        })
    }

    /// The API key of this id, be it one that has expired.
    pub fn api_key(&self, id: Uuid) -> Option<&ApiKey> {
        self.api_keys.iter().find(|key| key.id == id)
    }

    /// Whether a second factor is demanded of somebody whose roles permit this, and there is none.
    pub fn must_enrol(&self, policy: SecondFactor, permissions: &Permissions) -> bool {
        !self.second_factor && is_demanded(policy, permissions)
    }

    /// Whether a token still counts: of an account in use, its generation or a later one, and a session that goes on and
    /// was not renewed since.
    pub fn admits(&self, token: &AccessToken) -> bool {
        let renewed = |(id, rotation): &(Uuid, u32)| *id == token.session_id && *rotation > token.counts.rotation;
        self.status == Status::Active
            && self.generation <= token.counts.generation
            && !self.ended_sessions.contains(&token.session_id)
            && !self.renewed_sessions.iter().any(renewed)
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
            Status::Active => self.generation >= token.counts.generation,
            Status::Suspended | Status::Erased => self.generation > token.counts.generation,
        }
    }
}

/// The standing of users. Clones share one cache.
#[derive(Clone)]
pub struct Standings {
    events: EventStore,
    eras: Eras,
    remembered: Cache<UserId, Arc<Standing>>,
}

impl Standings {
    pub fn new(events: EventStore, eras: Eras) -> Self {
        let remembered = Cache::builder().max_capacity(REMEMBERED_USERS).time_to_live(REMEMBERED_FOR).build();
        Self { events, eras, remembered }
    }

    /// At most one second old; `None` for somebody who never was.
    pub async fn of(&self, user: UserId) -> Result<Option<Arc<Standing>>, ReadError> {
        self.remembered_if(user, |_| true).await
    }

    /// The standing of a token's user. What is remembered from before the token was issued is read anew: whoever has just
    /// signed in again is not held up by it.
    pub async fn behind(&self, token: &AccessToken) -> Result<Option<Arc<Standing>>, ReadError> {
        self.remembered_if(token.user_id, |standing| standing.is_after(token)).await
    }

    /// The standing of somebody who is said to have an API key. Where what is remembered does not have it, the key may have
    /// been made since, so the log is read.
    pub async fn with_key(&self, user: UserId, key: Uuid) -> Result<Option<Arc<Standing>>, ReadError> {
        self.remembered_if(user, |standing| standing.api_key(key).is_some()).await
    }

    /// What is remembered, if it is of this era and good enough.
    async fn remembered_if(
        &self,
        user: UserId,
        is_good: impl Fn(&Standing) -> bool,
    ) -> Result<Option<Arc<Standing>>, ReadError> {
        let era = self.eras.current().await?;
        match self.remembered.get(&user).filter(|standing| standing.era == era && is_good(standing)) {
            Some(standing) => Ok(Some(standing)),
            None => self.read(user, era).await,
        }
    }

    async fn read(&self, user: UserId, era: u32) -> Result<Option<Arc<Standing>>, ReadError> {
        let loaded = self.events.load::<User>(&StreamId::new(User::CATEGORY, user.as_uuid())).await?;
        let Some(standing) = Standing::of(&loaded.state, era).map(Arc::new) else { return Ok(None) };
        self.remembered.insert(user, Arc::clone(&standing));
        Ok(Some(standing))
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Sealed,
        users::{Locale, UserEvent, events::Registered},
    };

    use super::{super::Counts, *};

    fn standing(status: Status) -> Standing {
        let (generation, sessions_generation) = (3, 3);
        Standing {
            status,
            roles: vec![RoleName::MEMBER],
            era: 0,
            generation,
            sessions_generation,
            ended_sessions: vec![Uuid::from_u128(7)],
            renewed_sessions: vec![(Uuid::from_u128(8), 2)],
            api_keys: vec![],
            second_factor: false,
        }
    }

    fn token(generation: u32, session: u128) -> AccessToken {
        let user_id = UserId::from_uuid(Uuid::from_u128(1));
        let counts = Counts { generation, ..Counts::default() };
        AccessToken { user_id, session_id: Uuid::from_u128(session), expires_at: 0, counts }
    }

    #[test]
    fn tokens_of_earlier_generations_and_of_ended_sessions_are_refused() {
        let active = standing(Status::Active);
        assert!(active.admits(&token(3, 1)) && active.admits(&token(4, 1)));
        assert!(!active.admits(&token(2, 1)) && !active.admits(&token(3, 7)) && !active.admits(&token(4, 7)));
    }

    #[test]
    fn of_a_renewed_session_the_tokens_from_before_are_refused() {
        let of = |session, rotation| {
            let token = token(3, session);
            AccessToken { counts: Counts { rotation, ..token.counts }, ..token }
        };
        let active = standing(Status::Active);
        assert!(active.admits(&of(8, 2)) && active.admits(&of(8, 3)) && active.admits(&of(1, 0)));
        assert!(!active.admits(&of(8, 0)) && !active.admits(&of(8, 1)));
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
    fn another_era_is_another_generation_for_everybody() {
        let registered = Registered {
            email: Sealed::from_ciphertext(String::new()),
            password_hash: Sealed::from_ciphertext(String::new()),
            display_name: None,
            locale: Locale::En,
            at: chrono::DateTime::UNIX_EPOCH,
        };
        let user = User::default().apply(&UserEvent::Registered(registered));
        let (before, after) = (Standing::of(&user, 0).unwrap(), Standing::of(&user, 1).unwrap());
        assert!(before.admits(&token(0, 1)) && !after.admits(&token(0, 1)) && after.admits(&token(1, 1)));
        assert_eq!((after.generation, after.sessions_generation), (1, 1));
    }

    #[test]
    fn who_never_was_has_no_standing_and_who_was_erased_has_no_roles() {
        assert_eq!(Standing::of(&User::Unknown, 1), None);
        let erased = Standing::of(&User::Erased, 1).unwrap();
        assert_eq!((erased.status, &erased.roles), (Status::Erased, &vec![]));
        assert!(erased.is_after(&token(9, 1)));
    }
}
