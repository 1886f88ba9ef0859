//! One rebuild of a projection at a time, over all processes.

use std::time::Duration;

use bootstrap::{
    Shutdown,
    db::{self, Connection},
};
use event_store::consumer::Lease;
use tracing::warn;
use uuid::Uuid;

use super::{Rebuild, RebuildError, Rebuilt, discard};

/// After this time without a sign of life, a rebuild counts as crashed.
const TTL: Duration = Duration::from_secs(15);

impl Rebuild {
    /// Runs `work` with the fence of a lease that is kept meanwhile, and removes what it leaves unfinished.
    pub(super) async fn under_lease<W>(&self, shutdown: &Shutdown, work: W) -> Result<Rebuilt, RebuildError>
    where
        W: AsyncFnOnce(i64) -> Result<Rebuilt, RebuildError>,
    {
        let name = self.projection.name();
        let mut conn = db::connect(&self.url).await?;
        let lease = acquire(&mut conn, name).await?.ok_or(RebuildError::AlreadyRunning)?;
        if shutdown.is_requested() {
            lease.release(&mut conn).await?;
            return Err(RebuildError::Cancelled);
        }
        discard::unfinished(&mut conn, name).await?;
        let result = tokio::select! {
            result = work(lease.fence()) => result,
            lost = keep(&mut conn, &lease) => Err(lost),
        };
        if result.is_err() {
            self.clean_up(&mut conn).await;
        }
        // A lease that cannot be given back runs out.
        if let Err(error) = lease.release(&mut conn).await {
            warn!(projection = name, %error, "the lease of a rebuild is left to run out");
        }
        result
    }

    async fn clean_up(&self, conn: &mut Connection) {
        if let Err(error) = discard::unfinished(conn, self.projection.name()).await {
            warn!(projection = self.projection.name(), %error, "an unfinished build is left to the next rebuild");
        }
    }
}

/// `None` when a rebuild of this projection is running.
pub(super) async fn acquire(conn: &mut Connection, projection: &str) -> Result<Option<Lease>, diesel::result::Error> {
    Lease::acquire(conn, &format!("rebuild/{projection}"), &Uuid::now_v7().to_string(), TTL).await
}

/// Ends when the lease is lost, or cannot be kept.
async fn keep(conn: &mut Connection, lease: &Lease) -> RebuildError {
    loop {
        tokio::time::sleep(TTL / 3).await;
        match lease.renew(conn).await {
            Ok(true) => {}
            Ok(false) => return RebuildError::TakenAway,
            Err(error) => return error.into(),
        }
    }
}
