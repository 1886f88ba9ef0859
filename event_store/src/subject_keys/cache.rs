//! Opened keys that a process remembers, and how it forgets those of persons who were erased.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use uuid::Uuid;

use super::SubjectKey;

/// An erased person's key is forgotten by every process within this time, also where no notification came.
const REMEMBERED_FOR: Duration = Duration::from_secs(60);
const REMEMBERED_KEYS: u64 = 10_000;

/// Clones share it.
#[derive(Clone)]
pub(super) struct KeyCache {
    keys: Cache<Uuid, SubjectKey>,
    /// How often something was forgotten.
    forgotten: Arc<AtomicU64>,
}

/// A moment before a key was read from the database.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(u64);

impl KeyCache {
    pub(super) fn new() -> Self {
        let keys = Cache::builder().max_capacity(REMEMBERED_KEYS).time_to_live(REMEMBERED_FOR).build();
        Self { keys, forgotten: Arc::default() }
    }

    pub(super) fn get(&self, subject: Uuid) -> Option<SubjectKey> {
        self.keys.get(&subject)
    }

    pub(super) fn moment(&self) -> Moment {
        Moment(self.forgotten.load(Ordering::SeqCst))
    }

    /// Remembers a key that was read after `moment`, unless something was forgotten since: it might be this one.
    pub(super) fn remember(&self, subject: Uuid, key: SubjectKey, moment: Moment) {
        self.keys.insert(subject, key);
        // Whoever forgets counts first: either this look sees it, or the key is taken out after it was put in.
        if self.moment().0 != moment.0 {
            self.keys.invalidate(&subject);
        }
    }

    pub(super) fn forget(&self, subject: Uuid) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.keys.invalidate(&subject);
    }

    pub(super) fn forget_all(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.keys.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_read_before_it_was_destroyed_is_not_remembered_after() {
        let (cache, subject) = (KeyCache::new(), Uuid::from_u128(1));
        let before = cache.moment();
        cache.forget(subject);
        cache.remember(subject, SubjectKey::generate(subject), before);
        assert!(cache.get(subject).is_none());
        cache.remember(subject, SubjectKey::generate(subject), cache.moment());
        assert!(cache.get(subject).is_some());
        cache.forget_all();
        assert!(cache.get(subject).is_none());
    }
}
