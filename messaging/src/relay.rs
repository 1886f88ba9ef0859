//! The relay: carries the log to the broker, in order, from a checkpoint that never passes an unconfirmed event.
//!
//! One relay works at a time. The lease in the database decides which, and fences the checkpoint; the broker itself
//! keeps a relay that lost its lease without noticing from publishing beside its successor (see
//! [`Bus::publish_events`]). What is published comes at least once and in log order: after a failure the relay goes
//! back to its checkpoint, so events after it come again.
//!
//! A process runs the relay when its bus says that it [needs one](Bus::needs_relay). The in-process bus does not.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::{
    Shutdown,
    db::{self, Connection},
};
use chrono::Utc;
use diesel_async::SimpleAsyncConnection;
use event_store::{
    Head,
    consumer::{ConsumerKey, Lease, StartAt, checkpoint},
    log,
};
use tracing::{debug, info, warn};
use uuid::Uuid;

use crate::{Bus, BusError, CloudEvent, Received, metrics};

/// The name of the relay's checkpoint and lease.
pub const CONSUMER: &str = "relay";

const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// How a relay runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Events that may be on their way unconfirmed.
    pub window: i64,
    /// After this time without renewal another process takes over.
    pub lease: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: 500, lease: Duration::from_secs(15) }
    }
}

/// Why a relay ended. Its supervisor starts it again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("cannot connect: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// One process's readiness to relay.
#[derive(Clone, Debug)]
pub struct Relay {
    pub settings: Settings,
    pub bus: Arc<dyn Bus>,
    pub head: Head,
    /// The log's database.
    pub url: String,
}

/// What a relay knows while it holds the lease.
struct Leading {
    lease: Lease,
    renew_at: Instant,
    /// Everything up to here is confirmed, and the checkpoint says so.
    position: i64,
    source: String,
}

impl Leading {
    fn lease_is_due(&self) -> bool {
        self.renew_at <= Instant::now()
    }
}

/// Runs a relay until the process stops, or until the database fails, which the supervisor answers by starting it
/// again. Failures of the broker are waited out.
pub async fn run(relay: Relay, shutdown: Shutdown) -> Result<(), RelayError> {
    let mut conn = relay.connect().await?;
    let holder = Uuid::now_v7().to_string();
    while !shutdown.is_requested() {
        let Some(mut leading) = relay.take_lease(&mut conn, &holder).await? else {
            shutdown.sleep(relay.settings.lease / 3).await;
            continue;
        };
        info!(position = leading.position, "relaying");
        ::metrics::gauge!(metrics::RELAY_LEADER).set(1.0);
        let led = relay.lead(&mut conn, &mut leading, &shutdown).await;
        ::metrics::gauge!(metrics::RELAY_LEADER).set(0.0);
        relay.bus.step_down().await;
        led?;
        if shutdown.is_requested() {
            leading.lease.release(&mut conn).await?;
        }
    }
    Ok(())
}

/// Tells this process's [`Head`] what other processes announce on the bus, until the process stops.
pub async fn follow_wakeups(bus: Arc<dyn Bus>, head: Head, shutdown: Shutdown) -> Result<(), Infallible> {
    let mut wakeups = bus.wakeups();
    while let Some(Some(received)) = shutdown.run_until(wakeups.next()).await {
        match received {
            Received::Item(position) => head.observe(position),
            // The head's own watcher looks at the log.
            Received::Interrupted => {}
        }
    }
    Ok(())
}

impl Relay {
    async fn connect(&self) -> Result<Connection, RelayError> {
        let mut conn = db::connect(&self.url).await?;
        conn.batch_execute(
            "SET application_name = 'tidemark relay'; SET statement_timeout = '30s'; \
             SET idle_in_transaction_session_timeout = '30s'",
        )
        .await?;
        Ok(conn)
    }

    async fn take_lease(&self, conn: &mut Connection, holder: &str) -> Result<Option<Leading>, RelayError> {
        let key = ConsumerKey::new(CONSUMER);
        let lease = Lease::acquire(conn, &key.lease_name(), holder, self.settings.lease).await?;
        let Some(lease) = lease else { return Ok(None) };
        let checkpoint = checkpoint::take_over(conn, &key, lease.fence(), StartAt::Beginning).await?;
        let renew_at = Instant::now() + lease.ttl() / 3;
        let source = CloudEvent::source_of(checkpoint.incarnation);
        Ok(Some(Leading { lease, renew_at, position: checkpoint.position, source }))
    }

    /// Relays until the lease is lost or the process stops.
    async fn lead(&self, conn: &mut Connection, leading: &mut Leading, shutdown: &Shutdown) -> Result<(), RelayError> {
        let mut retry = FIRST_RETRY;
        while !shutdown.is_requested() {
            if leading.lease_is_due() {
                if !leading.lease.renew(conn).await? {
                    return Ok(());
                }
                leading.renew_at = Instant::now() + leading.lease.ttl() / 3;
            }
            if !self.wait_for_events(leading, shutdown).await {
                continue;
            }
            let recorded = log::tail(conn, leading.position, self.settings.window).await?;
            let events: Vec<_> =
                recorded.iter().map(|event| CloudEvent::from_recorded(event, &leading.source)).collect();
            // A stop does not wait for the broker: what it might still confirm comes again.
            let Some(published) = shutdown.run_until(self.bus.publish_events(&events)).await else { return Ok(()) };
            if !confirm(conn, leading, &events[..published.confirmed]).await? {
                warn!("another relay has taken over");
                return Ok(());
            }
            self.record_lag(leading, events.get(published.confirmed));
            match published.failure {
                None => retry = FIRST_RETRY,
                Some(error) => {
                    report(&error, leading.position);
                    let renewal = leading.renew_at.saturating_duration_since(Instant::now());
                    shutdown.sleep(retry.min(renewal)).await;
                    retry = (retry * 2).min(LONGEST_RETRY);
                }
            }
        }
        Ok(())
    }

    /// False when the lease wants renewing or the process stops.
    async fn wait_for_events(&self, leading: &Leading, shutdown: &Shutdown) -> bool {
        tokio::select! {
            biased;
            () = shutdown.requested() => false,
            _ = self.head.beyond(leading.position) => true,
            () = tokio::time::sleep_until(leading.renew_at.into()) => false,
        }
    }

    fn record_lag(&self, leading: &Leading, oldest: Option<&CloudEvent>) {
        let events = (self.head.position() - leading.position).max(0);
        let age = oldest.map_or(0, |event| (Utc::now() - event.time).num_milliseconds().max(0));
        ::metrics::gauge!(metrics::RELAY_LAG_EVENTS).set(events as f64);
        ::metrics::gauge!(metrics::RELAY_LAG_SECONDS).set(age as f64 / 1000.0);
    }
}

/// Moves the checkpoint over events that are confirmed without a gap. False when it is not ours any more.
async fn confirm(conn: &mut Connection, leading: &mut Leading, events: &[CloudEvent]) -> Result<bool, RelayError> {
    let Some(last) = events.last() else { return Ok(true) };
    let key = ConsumerKey::new(CONSUMER);
    let moved = checkpoint::advance(conn, &key, leading.lease.fence(), leading.position, last.sequence).await?;
    if moved.is_some() {
        leading.position = last.sequence;
        ::metrics::counter!(metrics::RELAY_PUBLISHED).increment(events.len() as u64);
    }
    Ok(moved.is_some())
}

fn report(error: &BusError, position: i64) {
    ::metrics::counter!(metrics::RELAY_FAILED_WINDOWS).increment(1);
    match error {
        // Its predecessor's connection is still there; the broker ends it when it misses heartbeats.
        BusError::NotMyTurn => debug!(position, "another connection still publishes, waiting for its end"),
        BusError::NotConnected
        | BusError::Blocked(_)
        | BusError::TimedOut
        | BusError::Refused
        | BusError::Returned
        | BusError::Unpublishable(_)
        | BusError::Broker(_)
        | BusError::GivenUp
        | BusError::InvalidUrl => warn!(%error, position, "not everything was confirmed, going back"),
    }
}
