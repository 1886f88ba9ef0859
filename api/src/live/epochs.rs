//! What a subscription's positions mean something in: the life of the read model and, where not everybody sees the same, what
//! is seen. Who sees something else by now, since a rule, a role or the filter is another, cannot go on where it was.

use std::sync::Arc;

use bootstrap::config::SecretKey;
use data_encoding::HEXLOWER;
use event_store::KeyedHash;

use super::topic::Topic;

/// Enough to tell the audiences of one client apart.
const TAG_LENGTH: usize = 8;

/// Names epochs. Clones share the key, without which a client could try out what rules say.
#[derive(Clone)]
pub(crate) struct Epochs(Arc<KeyedHash>);

impl Epochs {
    pub(crate) fn new(secret: &SecretKey) -> Self {
        Self(Arc::new(KeyedHash::derive(secret.expose(), "live_epoch")))
    }

    /// Of a topic while its read model is in `epoch`.
    pub(crate) fn of(&self, topic: &Topic, epoch: &str) -> String {
        if topic.audience.part.is_none() {
            return epoch.to_owned();
        }
        let tag = self.0.hash(&[topic.name.as_bytes(), &topic.audience.fingerprint]);
        format!("{epoch}-{}", HEXLOWER.encode(&tag[..TAG_LENGTH]))
    }
}
