//! Hashing passwords: slow by design, so only a few at a time and only so many waiting.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bootstrap::config::{Limits, SecretKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::{
    error::{ApiError, ApiResult},
    metrics,
};

/// About 230 ms on a core of 2026.
pub const COST: u32 = 12;
/// Nobody waits longer for a turn, however long the queue may be configured.
const PATIENCE: Duration = Duration::from_secs(20);
/// What one hash takes, for telling a refused caller when to come back.
const ONE_HASH: Duration = Duration::from_millis(230);
/// The version of the pepper, which is kept with each hash.
const PEPPER: &str = "p1";

/// `bcrypt(base64(HMAC-SHA-384(pepper, password)))` on a bounded number of threads. Clones share the bounds.
#[derive(Clone)]
pub struct Passwords {
    pepper: SecretKey,
    cost: u32,
    /// Everybody who is being served or waits.
    admission: Arc<Semaphore>,
    /// Everybody who is being served.
    service: Arc<Semaphore>,
    limits: (usize, usize),
    /// What no password here should be made of; see [`Passwords::knowing`].
    pub(super) words: Arc<[String]>,
}

impl Passwords {
    pub fn new(pepper: &SecretKey, cost: u32, limits: &Limits) -> Self {
        let (serving, waiting) = (limits.password_hashing, limits.password_queue);
        Self {
            pepper: pepper.clone(),
            cost,
            admission: Arc::new(Semaphore::new(serving + waiting)),
            service: Arc::new(Semaphore::new(serving)),
            limits: (serving, waiting),
            words: Arc::default(),
        }
    }

    /// Refuses new passwords that are made of the installation's own words, as of its users' names: they are the first
    /// that somebody tries who guesses here.
    pub fn knowing(self, words: impl IntoIterator<Item = String>) -> Self {
        Self { words: words.into_iter().collect(), ..self }
    }

    /// A new hash, with the version of the pepper.
    pub async fn hash(&self, password: &str) -> ApiResult<String> {
        let (peppered, cost) = (self.pepper(password)?, self.cost);
        let hash = self.run(move || bcrypt::hash(peppered.as_str(), cost)).await?;
        Ok(format!("{PEPPER}:{}", hash.map_err(internal)?))
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done, for nothing: how long
    /// the answer takes tells nobody whether there is one.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> ApiResult<bool> {
        let peppered = self.pepper(password)?;
        let stored = hash.and_then(|hash| hash.strip_prefix(PEPPER)?.strip_prefix(':'));
        let (known, hash) = (stored.is_some(), stored.map_or_else(|| decoy(self.cost), str::to_owned));
        let same = self.run(move || bcrypt::verify(peppered.as_str(), &hash)).await?.map_err(internal)?;
        Ok(same && known)
    }

    /// bcrypt takes 72 bytes and stops at a zero byte; the base64 of 48 bytes is 64 characters.
    fn pepper(&self, password: &str) -> ApiResult<Zeroizing<String>> {
        let mut mac = <Hmac<Sha384> as KeyInit>::new_from_slice(self.pepper.expose()).map_err(internal)?;
        mac.update(password.as_bytes());
        Ok(Zeroizing::new(STANDARD.encode(mac.finalize().into_bytes())))
    }

    /// Runs `work` on a thread of its own, when it is its turn.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let admitted = Arc::clone(&self.admission).try_acquire_owned().map_err(|_| self.overloaded())?;
        let queued_at = Instant::now();
        let served = match tokio::time::timeout(PATIENCE, Arc::clone(&self.service).acquire_owned()).await {
            Ok(served) => served.map_err(internal)?,
            Err(_) => return Err(self.overloaded()),
        };
        ::metrics::histogram!(metrics::PASSWORD_WAIT).record(queued_at.elapsed());
        tokio::task::spawn_blocking(move || {
            // Kept until the work ends, also when the caller has given up.
            let _held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (admitted, served);
            work()
        })
        .await
        .map_err(internal)
    }

    fn overloaded(&self) -> ApiError {
        ::metrics::counter!(metrics::PASSWORDS_REFUSED).increment(1);
        let (serving, waiting) = self.limits;
        let rounds = u32::try_from((serving + waiting) / serving).unwrap_or(u32::MAX);
        ApiError::Overloaded { retry_after: ONE_HASH.saturating_mul(rounds) }
    }
}

/// A hash of the right form and cost that nothing was hashed to.
fn decoy(cost: u32) -> String {
    format!("$2b${cost:02}${}", "abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcde")
}

fn internal(error: impl Into<anyhow::Error>) -> ApiError {
    ApiError::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use bootstrap::Config;

    use super::*;

    const CHEAP: u32 = 4;

    fn passwords(hashing: usize, queue: usize) -> Passwords {
        let mut limits = Config::development("postgres://localhost/none").unwrap().limits;
        (limits.password_hashing, limits.password_queue) = (hashing, queue);
        Passwords::new(&SecretKey::new([1; 32]), CHEAP, &limits)
    }

    #[tokio::test]
    async fn the_same_password_is_recognised_and_no_other() {
        let passwords = passwords(1, 8);
        // Longer than bcrypt reads, with a zero byte: what differs late or after it still counts.
        let (long, other) = (format!("{}\0a", "x".repeat(100)), format!("{}\0b", "x".repeat(100)));
        let hash = passwords.hash(&long).await.unwrap();
        assert!(hash.starts_with("p1:$2b$04$"), "{hash}");
        assert!(passwords.verify(&long, Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&other, Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn the_pepper_counts() {
        let one = passwords(1, 8);
        let other = Passwords { pepper: SecretKey::new([2; 32]), ..one.clone() };
        let hash = one.hash("correct horse battery").await.unwrap();
        assert!(!other.verify("correct horse battery", Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn without_a_hash_nothing_is_right_and_nothing_fails() {
        assert!(!passwords(1, 8).verify("anything", None).await.unwrap());
        assert!(!passwords(1, 8).verify("anything", Some("p0:unknown")).await.unwrap());
    }

    #[test]
    fn the_decoy_is_a_hash_of_its_cost() {
        let parts: bcrypt::HashParts = decoy(CHEAP).parse().unwrap();
        assert_eq!(parts.get_cost(), CHEAP);
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_sent_away_and_told_when_to_return() {
        let passwords = passwords(1, 1);
        let _serving = Arc::clone(&passwords.service).acquire_owned().await.unwrap();
        let _admitted = Arc::clone(&passwords.admission).acquire_many_owned(2).await.unwrap();
        match passwords.hash("anything").await {
            Err(ApiError::Overloaded { retry_after }) => assert_eq!(retry_after, ONE_HASH * 2),
            other => panic!("{other:?}"),
        }
    }
}
