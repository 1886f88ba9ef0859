//! Makes changes of what roles permit felt on connections that are open, within two seconds and on every process.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bootstrap::Shutdown;
use tokio::time::MissedTickBehavior;
use tracing::warn;

use super::hub::Hub;
use crate::auth::RoleBook;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads the roles every second while anybody is there, and tells the connections when they have changed.
pub(super) async fn follow(roles: RoleBook, hubs: Vec<Arc<Hub>>, shutdown: Shutdown) -> Result<(), Infallible> {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = None;
    loop {
        tokio::select! {
            () = shutdown.requested() => return Ok(()),
            _ = look.tick() => {}
        }
        if !hubs.iter().any(|hub| hub.is_attended()) {
            continue;
        }
        match roles.refresh().await {
            Ok(version) if told != Some(version) => {
                hubs.iter().for_each(|hub| hub.permit_anew());
                told = Some(version);
            }
            Ok(_) => {}
            Err(error) => warn!(%error, "what roles permit is not known any more"),
        }
    }
}
