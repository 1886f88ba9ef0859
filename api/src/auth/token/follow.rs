//! Follows the installation's signing keys for the life of the process: one small query every ten seconds, and one at
//! once when a token comes under a key that is not known.

use std::{sync::Arc, time::Duration};

use bootstrap::{Shutdown, Tasks, config::SecretKey};
use event_store::SigningKeys;
use url::Url;

use super::{Keys, Tokens};
use crate::{auth::rotation, clock::Clock};

/// A key that was revoked is refused everywhere within this time.
const EVERY: Duration = Duration::from_secs(10);
/// However many tokens under unknown keys come.
const APART: Duration = Duration::from_secs(1);
/// How long such a token waits for the keys to be read.
const PATIENCE: Duration = Duration::from_secs(2);

impl Tokens {
    /// With the keys of the installation, the first of which `first` is where there were none before.
    pub async fn start(tasks: &Tasks, store: SigningKeys, first: &SecretKey, public_url: &Url) -> anyhow::Result<Self> {
        let now = Clock.now();
        rotation::ensure_first(&store, first, now).await?;
        let tokens = Self::with(Keys::new(&store.usable(now).await?)?, public_url, true);
        let (followed, shutdown) = (tokens.clone(), tasks.shutdown().clone());
        tasks.supervise("signing keys", move || {
            let (tokens, store, shutdown) = (followed.clone(), store.clone(), shutdown.clone());
            async move { tokens.follow(&store, &shutdown).await }
        });
        Ok(tokens)
    }

    async fn follow(&self, store: &SigningKeys, shutdown: &Shutdown) -> anyhow::Result<()> {
        loop {
            self.0.keys.send_replace(Arc::new(Keys::new(&store.usable(Clock.now()).await?)?));
            if !shutdown.sleep(APART).await || shutdown.run_until(self.due()).await.is_none() {
                return Ok(());
            }
        }
    }

    async fn due(&self) {
        tokio::select! {
            () = self.0.asked.notified() => {}
            () = tokio::time::sleep(EVERY - APART) => {}
        }
    }

    /// Has the keys read again, and waits for it.
    pub(super) async fn ask_again(&self) {
        if self.0.followed {
            let mut keys = self.0.keys.subscribe();
            self.0.asked.notify_one();
            // Whether or not they came: the token is looked at once more.
            drop(tokio::time::timeout(PATIENCE, keys.changed()).await);
        }
    }
}
