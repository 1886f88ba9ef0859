//! Connections on which lists are read: whatever somebody asks for, the database stops after some seconds, and keeps only so
//! many statements prepared.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bootstrap::db;
use diesel::result::{DatabaseErrorKind, Error as QueryError};

use crate::error::ApiError;

/// Statements that are prepared, each on every connection: some 50 kB on the server's side.
const MOST_PREPARED: usize = 250;

/// Clones share connections and statements.
#[derive(Clone)]
pub struct ListPool {
    pool: db::Pool,
    time_out: Duration,
    statements: Arc<Mutex<Statements>>,
}

/// The statements that came more than once, by the hash of their text: those are worth preparing. When there are too many,
/// all begins anew, with new connections.
struct Statements {
    hasher: RandomState,
    once: HashSet<u64>,
    prepared: HashSet<u64>,
    /// Connections from before have statements that nobody may need any more.
    began: Instant,
}

impl ListPool {
    /// At most `size` connections to `url`, of which each ends a statement after `time_out`.
    pub fn new(url: &str, size: usize, time_out: Duration) -> anyhow::Result<Self> {
        let statements = Statements {
            hasher: RandomState::new(),
            once: HashSet::new(),
            prepared: HashSet::new(),
            began: Instant::now(),
        };
        Ok(Self { pool: db::pool_with(url, size, time_out)?, time_out, statements: Arc::new(Mutex::new(statements)) })
    }

    /// A connection, without statements that were forgotten.
    pub(crate) async fn get(&self) -> Result<db::Pooled, db::PoolError> {
        loop {
            let conn = self.pool.get().await?;
            let began = self.statements.lock().unwrap_or_else(PoisonError::into_inner).began;
            if db::Pooled::metrics(&conn).created >= began {
                return Ok(conn);
            }
            drop(db::Pooled::take(conn));
        }
    }

    /// After which a statement is ended.
    pub(crate) fn time_out(&self) -> Duration {
        self.time_out
    }

    /// Whether a statement should be prepared.
    pub(super) fn prepares(&self, text: &str) -> bool {
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        statements.prepares(text, Instant::now())
    }

    /// What a failure of a statement that was sent at `started` means. The server says in the language of its settings that
    /// it was stopped, so the time tells.
    pub(super) fn failed(&self, error: QueryError, started: Instant) -> ApiError {
        match error {
            QueryError::DatabaseError(DatabaseErrorKind::Unknown, _) if started.elapsed() >= self.time_out => {
                ApiError::QueryTooExpensive { limit: self.time_out }
            }
            error => error.into(),
        }
    }
}

impl Statements {
    fn prepares(&mut self, text: &str, now: Instant) -> bool {
        let hash = self.hasher.hash_one(text);
        if self.prepared.contains(&hash) {
            return true;
        }
        if self.once.len() >= MOST_PREPARED {
            self.once.clear();
        }
        if self.once.insert(hash) {
            return false;
        }
        if self.prepared.len() >= MOST_PREPARED {
            self.prepared.clear();
            self.began = now;
        }
        self.once.remove(&hash);
        self.prepared.insert(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_prepared_and_there_is_never_too_much_of_it() {
        let began = Instant::now();
        let mut statements =
            Statements { hasher: RandomState::new(), once: HashSet::new(), prepared: HashSet::new(), began };
        assert!(!statements.prepares("a", began) && statements.prepares("a", began) && statements.prepares("a", began));
        for number in 0..10 * MOST_PREPARED {
            statements.prepares(&number.to_string(), began);
            assert!(statements.once.len() <= MOST_PREPARED, "what came once is not kept for ever");
        }
        assert!(statements.prepares("a", began), "what is prepared stays so");
        let later = began + Duration::from_secs(1);
        for number in 0..MOST_PREPARED {
            let text = format!("twice {number}");
            statements.prepares(&text, later);
            statements.prepares(&text, later);
        }
        assert_eq!(statements.began, later);
        assert!(statements.prepared.len() <= MOST_PREPARED && !statements.prepared.is_empty());
    }
}
