//! Hashing passwords: slow by design, so only a few at a time and only so many waiting.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::config::{Limits, SecretKey};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{CommonPasswords, peppers::Peppers};
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

/// `bcrypt(base64(HMAC-SHA-384(pepper, password)))` on a bounded number of threads. Clones share the bounds.
#[derive(Clone)]
pub struct Passwords {
    peppers: Peppers,
    cost: u32,
    /// Everybody who is being served or waits.
    admission: Arc<Semaphore>,
    /// Everybody who is being served.
    service: Arc<Semaphore>,
    limits: (usize, usize),
    /// What no password here should be made of; see [`Passwords::knowing`].
    pub(super) words: Arc<[String]>,
    pub(super) common: CommonPasswords,
}

impl Passwords {
    pub fn new(pepper: &SecretKey, cost: u32, limits: &Limits) -> Self {
        let (serving, waiting) = (limits.password_hashing, limits.password_queue);
        Self {
            peppers: Peppers::new(pepper),
            cost,
            admission: Arc::new(Semaphore::new(serving + waiting)),
            service: Arc::new(Semaphore::new(serving)),
            limits: (serving, waiting),
            words: Arc::default(),
            common: CommonPasswords::default(),
        }
    }

    /// Refuses new passwords that are made of the installation's own words, as of its users' names: they are the first
    /// that somebody tries who guesses here.
    pub fn knowing(self, words: impl IntoIterator<Item = String>) -> Self {
        Self { words: words.into_iter().collect(), ..self }
    }

    /// Recognises passwords that were hashed with these peppers, newest first, before the current one.
    pub fn formerly(self, peppers: &[SecretKey]) -> Self {
        Self { peppers: self.peppers.formerly(peppers), ..self }
    }

    /// Refuses new passwords of this list too.
    pub fn refusing(self, common: CommonPasswords) -> Self {
        Self { common, ..self }
    }

    /// A new hash, with the version of the pepper.
    pub async fn hash(&self, password: &str) -> ApiResult<String> {
        let (pepper, cost) = (self.peppers.current(), self.cost);
        let peppered = pepper.mix_into(password)?;
        let hash = self.run(move || bcrypt::hash(peppered.as_str(), cost)).await?;
        Ok(format!("{}:{}", pepper.version(), hash.map_err(internal)?))
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done, for nothing: how long
    /// the answer takes tells nobody whether there is one.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> ApiResult<bool> {
        let stored = hash.and_then(|hash| hash.split_once(':'));
        let stored = stored.and_then(|(version, hash)| Some((self.peppers.of(version)?, hash)));
        let peppered = stored.map_or(self.peppers.current(), |(pepper, _)| pepper).mix_into(password)?;
        let (known, hash) = (stored.is_some(), stored.map_or_else(|| decoy(self.cost), |(_, hash)| hash.to_owned()));
        let same = self.run(move || bcrypt::verify(peppered.as_str(), &hash)).await?.map_err(internal)?;
        Ok(same && known)
    }

    /// Whether a hash is to be made anew as soon as its password is shown: with the current pepper and cost.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let current = hash.split_once(':').filter(|(version, _)| *version == self.peppers.current().version());
        let parts = current.and_then(|(_, hash)| hash.parse::<bcrypt::HashParts>().ok());
        parts.is_none_or(|parts| parts.get_cost() != self.cost)
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

pub(super) fn internal(error: impl Into<anyhow::Error>) -> ApiError {
    ApiError::Internal(error.into())
}

#[cfg(test)]
mod tests {
    use bootstrap::Config;

    use super::*;

    const CHEAP: u32 = 4;
    const PASSWORD: &str = "correct horse battery";

    fn passwords(hashing: usize, queue: usize) -> Passwords {
        let mut limits = Config::development("postgres://localhost/none").unwrap().limits;
        (limits.password_hashing, limits.password_queue) = (hashing, queue);
        Passwords::new(&SecretKey::new([1; 32]), CHEAP, &limits)
    }

    fn passwords_with(pepper: &SecretKey) -> Passwords {
        Passwords { peppers: Peppers::new(pepper), ..passwords(1, 8) }
    }

    #[tokio::test]
    async fn the_same_password_is_recognised_and_no_other() {
        let passwords = passwords(1, 8);
        // Longer than bcrypt reads, with a zero byte: what differs late or after it still counts.
        let (long, other) = (format!("{}\0a", "x".repeat(100)), format!("{}\0b", "x".repeat(100)));
        let hash = passwords.hash(&long).await.unwrap();
        let (version, rest) = hash.split_once(':').unwrap();
        assert!(version.len() == 9 && rest.starts_with("$2b$04$"), "{hash}");
        assert!(passwords.verify(&long, Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&other, Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn the_pepper_counts() {
        let one = passwords(1, 8);
        let other = Passwords { peppers: Peppers::new(&SecretKey::new([2; 32])), ..one.clone() };
        let hash = one.hash(PASSWORD).await.unwrap();
        assert!(!other.verify(PASSWORD, Some(&hash)).await.unwrap());
        // Not because of its version only.
        let (_, rest) = hash.split_once(':').unwrap();
        let relabelled = format!("{}:{rest}", other.peppers.current().version());
        assert!(!other.verify(PASSWORD, Some(&relabelled)).await.unwrap());
    }

    #[tokio::test]
    async fn former_peppers_are_read_and_everything_new_is_made_with_the_current_one() {
        let [oldest, old] = [1, 2].map(|byte| SecretKey::new([byte; 32]));
        let (first, second) = (passwords_with(&oldest), passwords_with(&old).formerly(std::slice::from_ref(&oldest)));
        let third = passwords_with(&SecretKey::new([3; 32])).formerly(&[old, oldest]);
        let hashes = [first.hash(PASSWORD).await.unwrap(), second.hash(PASSWORD).await.unwrap()];
        for hash in &hashes {
            assert!(third.verify(PASSWORD, Some(hash)).await.unwrap() && third.is_outdated(hash), "{hash}");
            assert!(!third.verify("correct horse batterz", Some(hash)).await.unwrap());
        }
        assert!(second.verify(PASSWORD, Some(&hashes[0])).await.unwrap());
        assert!(!second.is_outdated(&hashes[1]) && first.verify(PASSWORD, Some(&hashes[0])).await.unwrap());
        assert!(!first.verify(PASSWORD, Some(&hashes[1])).await.unwrap(), "a pepper of the future is none yet");
        let hash = third.hash(PASSWORD).await.unwrap();
        assert!(!third.is_outdated(&hash) && !second.verify(PASSWORD, Some(&hash)).await.unwrap());
    }

    /// Before versions followed from the pepper, all hashes said `p1`.
    #[tokio::test]
    async fn the_first_version_is_the_oldest_pepper() {
        let [old, new] = [1, 2].map(|byte| SecretKey::new([byte; 32]));
        let hash = passwords_with(&old).hash(PASSWORD).await.unwrap();
        let hash = format!("p1:{}", hash.split_once(':').unwrap().1);
        for passwords in [passwords_with(&old), passwords_with(&new).formerly(&[old])] {
            assert!(passwords.verify(PASSWORD, Some(&hash)).await.unwrap() && passwords.is_outdated(&hash));
        }
        assert!(!passwords_with(&new).verify(PASSWORD, Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_outdated() {
        let cheap = passwords(1, 8);
        let hash = cheap.hash(PASSWORD).await.unwrap();
        assert!(!cheap.is_outdated(&hash) && Passwords { cost: CHEAP + 1, ..cheap }.is_outdated(&hash));
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
