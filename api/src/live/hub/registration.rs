//! What whoever is told of changes holds as long as they are to be told.

use std::sync::Arc;

use ::metrics::gauge;
use uuid::Uuid;

use super::Hub;
use crate::live::{audience::Fingerprint, metrics, peer::Peer, source::Scope};

/// Ends a subscription's registration when it is dropped.
pub(crate) struct Registration {
    pub(super) hub: Arc<Hub>,
    pub(super) scope: Scope,
    pub(super) audience: Fingerprint,
    pub(crate) serial: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.hub.lock().remove(self.scope, &self.audience, self.serial);
        gauge!(metrics::SUBSCRIPTIONS).decrement(1);
    }
}

/// Ends a connection's attendance when it is dropped.
pub(crate) struct Attendance {
    pub(super) hub: Arc<Hub>,
    pub(super) user_id: Uuid,
    pub(super) peer: Arc<Peer>,
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.hub.lock().remove_person(self.user_id, &self.peer);
    }
}
