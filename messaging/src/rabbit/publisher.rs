//! The publishing side: keeps one connection, and gives each call its time-out and its reason.

use std::sync::{Arc, Once, atomic::Ordering};

use bootstrap::{Shutdown, Tasks};
use tokio::{
    sync::{Mutex, watch},
    time::timeout,
};

use super::{
    Shared,
    link::{Link, LinkEvent},
    notices::Notices,
    presence::Presence,
    session::Session,
};
use crate::{BusError, BusState, CloudEvent, Published};

const LINK: &str = "publisher";

pub(super) struct Publisher {
    shared: Arc<Shared>,
    pub(super) notices: Notices,
    pub(super) presence: Presence,
    session: watch::Sender<Option<Arc<Session>>>,
    /// Held by the one call that publishes events: lapin numbers a message and sends it in two steps.
    publishing: Mutex<()>,
    started: Once,
}

impl Publisher {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let (notices, presence, session) = (Notices::new(), Presence::new(), watch::Sender::new(None));
        Self { shared, notices, presence, session, publishing: Mutex::default(), started: Once::new() }
    }

    /// Starts the task that keeps the connection, once.
    pub(super) fn start(self: &Arc<Self>, tasks: &Tasks) {
        self.started.call_once(|| {
            let (publisher, shutdown) = (self.clone(), tasks.shutdown().clone());
            tasks.supervise("bus.publisher", move || publisher.clone().keep_connected(shutdown.clone()));
        });
    }

    /// See [`crate::Bus::publish_events`].
    pub(super) async fn publish(&self, events: &[CloudEvent]) -> Published {
        let Some(last) = events.last() else { return Published::all(events) };
        let mut confirmed = 0;
        let failure = match timeout(self.shared.settings.publish_timeout, async {
            let _publishing = self.publishing.lock().await;
            let session = self.connected().await?;
            if session.blocked() {
                return Err(self.blocked());
            }
            let outcome = async {
                session.take_turn(&self.shared).await?;
                session.wake(&self.shared, last.sequence).await?;
                session.publish(&self.shared, events, &mut confirmed).await
            };
            outcome.await.inspect_err(|error| renew_after(&session, error))
        })
        .await
        {
            Ok(Ok(())) => return Published::all(events),
            Ok(Err(error)) => error,
            Err(_) => self.timed_out(),
        };
        Published { confirmed, failure: Some(failure) }
    }

    /// See [`crate::Bus::step_down`].
    pub(super) async fn step_down(&self) {
        let _publishing = self.publishing.lock().await;
        let session = self.session.borrow().clone();
        if let Some(session) = session {
            let given = timeout(self.shared.settings.publish_timeout, session.give_turn(&self.shared)).await;
            if !matches!(given, Ok(Ok(()))) {
                // The end of the connection gives up whatever it held.
                session.broken.cancel();
            }
        }
    }

    async fn connected(&self) -> Result<Arc<Session>, BusError> {
        let mut session = self.session.subscribe();
        let session = session.wait_for(Option::is_some).await.map_err(|_| BusError::NotConnected)?;
        session.clone().ok_or(BusError::NotConnected)
    }

    fn timed_out(&self) -> BusError {
        let session = self.session.borrow().clone();
        match session {
            None => BusError::NotConnected,
            // The connection is kept: another one would be blocked too, as soon as it published something.
            Some(session) if session.blocked() => {
                session.tainted.store(true, Ordering::SeqCst);
                self.blocked()
            }
            Some(session) => {
                session.broken.cancel();
                BusError::TimedOut
            }
        }
    }

    fn blocked(&self) -> BusError {
        match self.shared.state_of(LINK) {
            Some(BusState::Blocked(reason)) => BusError::Blocked(reason),
            Some(BusState::Up | BusState::Down(_)) | None => BusError::Blocked("no reason given".to_owned()),
        }
    }

    async fn keep_connected(self: Arc<Self>, shutdown: Shutdown) -> Result<(), BusError> {
        let kept = match shutdown.run_until(Link::open(&self.shared.settings, LINK)).await {
            None => return Ok(()),
            Some(Ok(link)) => self.serve(link, &shutdown).await,
            Some(Err(error)) => Err(error),
        };
        self.session.send_replace(None);
        if let Err(error) = &kept {
            self.shared.set_state(LINK, BusState::Down(error.to_string()));
        }
        kept
    }

    async fn serve(&self, mut link: Link, shutdown: &Shutdown) -> Result<(), BusError> {
        let opening = timeout(self.shared.settings.connect_timeout, Session::open(link.connection(), &self.shared));
        let session = Arc::new(opening.await.map_err(|_| BusError::TimedOut)??);
        self.session.send_replace(Some(session.clone()));
        self.shared.set_state(LINK, BusState::Up);
        let draining = self.notices.drain(&self.shared, &session);
        let telling = self.presence.drain(&self.shared, &session);
        tokio::pin!(draining, telling);
        loop {
            tokio::select! {
                () = shutdown.requested() => break,
                () = session.broken.cancelled() => return Err(BusError::GivenUp),
                error = &mut draining => return Err(error),
                error = &mut telling => return Err(error),
                event = link.event() => match event {
                    LinkEvent::Blocked(reason) => self.shared.set_state(LINK, BusState::Blocked(reason)),
                    LinkEvent::Unblocked if session.tainted.load(Ordering::SeqCst) => {
                        return Err(BusError::GivenUp);
                    }
                    LinkEvent::Unblocked => self.shared.set_state(LINK, BusState::Up),
                    LinkEvent::Lost(error) => return Err(error),
                },
            }
        }
        link.close().await;
        Ok(())
    }
}

/// Whether an error leaves the connection fit for use.
fn renew_after(session: &Session, error: &BusError) {
    match error {
        BusError::Refused | BusError::NotMyTurn | BusError::Unpublishable(_) | BusError::Blocked(_) => {}
        BusError::NotConnected
        | BusError::TimedOut
        | BusError::Returned
        | BusError::Broker(_)
        | BusError::GivenUp
        | BusError::InvalidUrl => session.broken.cancel(),
    }
}
