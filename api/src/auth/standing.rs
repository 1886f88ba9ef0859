//! What each user may do right now, read from the user's own stream and remembered for a second.
//!
//! Tokens carry no roles: a role that was granted or taken would otherwise live on in tokens until they expire. The
//! log is asked rather than the read model, which may lag.

use std::{sync::Arc, time::Duration};

use domain::{
    Aggregate,
    users::{Role, User, UserId},
};
use event_store::{EventStore, ReadError, StreamId};
use moka::sync::Cache;

/// A change is felt everywhere within 2 s (security.md); half of that leaves room for the reading itself.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);
const REMEMBERED_USERS: u64 = 100_000;

/// The rights of one active user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Sorted, without repeats.
    pub roles: Vec<Role>,
}

/// The rights of users. Clones share one cache.
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

    /// At most one second old; `None` for somebody who is no active user.
    pub async fn of(&self, user: UserId) -> Result<Option<Arc<Standing>>, ReadError> {
        if let Some(standing) = self.remembered.get(&user) {
            return Ok(Some(standing));
        }
        let loaded = self.events.load::<User>(&StreamId::new(User::CATEGORY, user.as_uuid())).await?;
        let standing = match loaded.state {
            User::Active(account) => Arc::new(Standing { roles: account.roles }),
            User::Unknown => return Ok(None),
        };
        self.remembered.insert(user, Arc::clone(&standing));
        Ok(Some(standing))
    }
}
