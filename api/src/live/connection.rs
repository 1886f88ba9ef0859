//! One WebSocket connection: what the client asks, and the times within which something must happen.

use std::{collections::HashMap, sync::Arc, time::Duration};

use actix_ws::{AggregatedMessage, AggregatedMessageStream, ProtocolError};
use domain::users::UserId;
use tokio::{
    task::AbortHandle,
    time::{Instant, timeout},
};
use tracing::debug;
use uuid::Uuid;

use super::{
    admission::Admission,
    hub::{Attendance, Registration},
    inbound::Verdict,
    load::Load,
    peer::Peer,
    protocol::{Closing, ErrorCode, Frame, Limits, MAX_FRAME, MAX_SUBSCRIPTIONS, Refusal, Request},
    sign_in::{self, Refused, UNAVAILABLE},
};
use crate::{
    auth::security_log::{self, Kind},
    state::State,
};

/// The first message must come within this time.
const AUTH_TIMEOUT: Duration = Duration::from_secs(5);
/// Checking a token, the database included.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(30);
const PING_EVERY: Duration = Duration::from_secs(25);
/// A client that has said nothing for this long, not even `pong`, is gone.
const SILENCE: Duration = Duration::from_secs(60);
const WITHDRAWN: &str = "the access token is not valid";

/// Reads from one client.
pub(crate) struct Connection {
    state: State,
    peer: Arc<Peer>,
    open: HashMap<u64, Open>,
    signed_in: Option<Session>,
    began: Instant,
    heard: Instant,
    pinged: Instant,
    /// When this connection closes since the process stops.
    leaves: Option<Instant>,
    _admission: Admission,
}

struct Session {
    user_id: Uuid,
    expires: Instant,
    kid: Arc<str>,
    _attendance: Attendance,
}

/// A subscription; ends with this value.
struct Open {
    registration: Registration,
    load: AbortHandle,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.load.abort();
    }
}

impl Connection {
    pub(crate) fn new(state: State, peer: Arc<Peer>, admission: Admission) -> Self {
        let now = Instant::now();
        Self {
            state,
            peer,
            open: HashMap::new(),
            signed_in: None,
            began: now,
            heard: now,
            pinged: now,
            leaves: None,
            _admission: admission,
        }
    }

    /// Reads until the client is gone. Whoever writes decides when the connection ends from our side.
    pub(crate) async fn run(mut self, mut messages: AggregatedMessageStream, verdict: Verdict) {
        let shutdown = self.state.shutdown.clone();
        loop {
            let due = self.due();
            tokio::select! {
                message = messages.recv() => match message {
                    Some(Ok(message)) => {
                        self.heard = Instant::now();
                        self.take(message).await;
                    }
                    Some(Err(error)) => {
                        let Some(closing) = verdict.take().or_else(|| closing_for(&error)) else { return };
                        self.close(closing, "breaks the limits or the standard");
                        // Nothing more can be read.
                        return std::future::pending().await;
                    }
                    None => return,
                },
                () = tokio::time::sleep_until(due) => self.tick(),
                () = shutdown.requested(), if self.leaves.is_none() => self.prepare_to_leave(),
            }
        }
    }

    /// When something has to be done though nothing was heard.
    fn due(&self) -> Instant {
        let auth = match &self.signed_in {
            Some(session) => session.expires,
            None => self.began + AUTH_TIMEOUT,
        };
        let due = auth.min(self.pinged + PING_EVERY).min(self.heard + SILENCE);
        self.leaves.map_or(due, |leaves| leaves.min(due))
    }

    fn tick(&mut self) {
        let now = Instant::now();
        match &self.signed_in {
            None if now >= self.began + AUTH_TIMEOUT => {
                return self.close(Closing::Unauthenticated, "did not sign in in time");
            }
            Some(session) if now >= session.expires => {
                return self.close(Closing::Unauthenticated, "the access token has expired");
            }
            // With every ping, so within half a minute of its being revoked.
            Some(_) if self.is_withdrawn() => {
                return self.close(Closing::Unauthenticated, WITHDRAWN);
            }
            None | Some(_) => {}
        }
        if self.leaves.is_some_and(|leaves| now >= leaves) {
            return self.close(Closing::Restart, "the server restarts");
        }
        if now >= self.heard + SILENCE {
            return self.close(Closing::Slow, "does not answer");
        }
        if now >= self.pinged + PING_EVERY {
            self.pinged = now;
            self.peer.send(&Frame::Ping {});
        }
    }

    /// Whoever has something to resume is spread over the grace time, so that not all come back at once.
    fn prepare_to_leave(&mut self) {
        if self.signed_in.is_none() {
            self.leaves = Some(Instant::now() + PING_EVERY);
            return self.close(Closing::GoingAway, "the server stops");
        }
        self.leaves = Some(Instant::now() + self.state.live.drain_time().mul_f64(rand::random()));
    }

    fn close(&mut self, closing: Closing, reason: &'static str) {
        self.peer.close(closing, reason);
        // The writer ends the connection; nothing is due here any more.
        let never = Instant::now() + SILENCE;
        (self.began, self.heard, self.pinged) = (never, never, never);
        self.leaves = self.leaves.map(|_| never);
        if let Some(session) = &mut self.signed_in {
            session.expires = never;
        }
        self.open.clear();
    }

    async fn take(&mut self, message: AggregatedMessage) {
        if self.peer.is_closing() {
            return;
        }
        match message {
            AggregatedMessage::Text(text) => match Request::parse(&text) {
                Ok(request) => self.answer(request).await,
                Err(refusal) => self.refuse(refusal),
            },
            AggregatedMessage::Binary(_) => self.close(Closing::Unsupported, "text only"),
            AggregatedMessage::Ping(payload) => self.peer.pong(payload),
            AggregatedMessage::Pong(_) => {}
            AggregatedMessage::Close(_) => self.close(Closing::Normal, ""),
        }
    }

    async fn answer(&mut self, request: Request) {
        match request {
            // Apart, since it is large and rare: a connection is as large as the largest thing it ever waits for.
            Request::Auth { id, token } => Box::pin(self.sign_in(id, &token)).await,
            Request::Sub { id, topic, filter, after, epoch } => {
                if filter.is_some() {
                    return self.refuse(Refusal::new(id, ErrorCode::InvalidFilter, "this topic takes no filter"));
                }
                // A position that is none is like one that is too old: there is nothing to resume.
                let after = after.and_then(|after| after.parse().ok()).filter(|after| *after >= 0);
                self.subscribe(id, &topic, after.zip(epoch));
            }
            Request::Unsub { id } => {
                self.peer.unsubscribe(id);
                self.open.remove(&id);
            }
            Request::Pong {} => {}
        }
    }

    /// Whether the key that the session's token counts as long as was revoked.
    fn is_withdrawn(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|session| !self.state.tokens.knows(&session.kid))
    }

    fn subscribe(&mut self, id: u64, topic: &str, resume: Option<(i64, String)>) {
        if self.is_withdrawn() {
            return self.close(Closing::Unauthenticated, WITHDRAWN);
        }
        let (serial, topic) = match self.peer.subscribe(id, topic) {
            Ok(subscribed) => subscribed,
            Err(refusal) => {
                if refusal.code == ErrorCode::Forbidden {
                    let user = self.signed_in.as_ref().map(|session| UserId::from_uuid(session.user_id));
                    security_log::refused(Kind::LiveTopic, user, &refusal.code);
                }
                return self.refuse(refusal);
            }
        };
        // Those that the server has ended meanwhile.
        self.open.retain(|_, open| self.peer.has(open.registration.serial));
        let Some(hub) = self.state.live.hub(topic.projection) else {
            return self.peer.refuse(serial, Refusal::new(id, ErrorCode::UnknownTopic, "there is no such topic"));
        };
        let registration = hub.register(&topic, serial, &self.peer);
        let load = Load {
            hub,
            peer: Arc::clone(&self.peer),
            turns: self.state.live.turns(),
            id,
            serial,
            scope: topic.scope,
            resume,
        };
        let load = tokio::spawn(load.run()).abort_handle();
        self.open.insert(id, Open { registration, load });
    }

    async fn sign_in(&mut self, id: u64, token: &str) {
        let known = self.signed_in.as_ref().map(|session| session.user_id);
        let done = timeout(SIGN_IN_TIMEOUT, sign_in::sign_in(&self.state, &self.peer, token, known)).await;
        match done.unwrap_or(Err(UNAVAILABLE)) {
            Ok(signed_in) => {
                debug!(connection = %self.peer.id, user = %signed_in.user_id, "signed in");
                let exp = signed_in.expires_at;
                let left = u64::try_from(exp - self.state.clock.now().timestamp()).unwrap_or(0);
                self.signed_in = Some(Session {
                    user_id: signed_in.user_id,
                    expires: Instant::now() + Duration::from_secs(left),
                    kid: signed_in.kid,
                    _attendance: signed_in.attendance,
                });
                let limits = Limits { subs: MAX_SUBSCRIPTIONS, frame: MAX_FRAME };
                self.peer.send(&Frame::Ready { id, conn: self.peer.id, ping: PING_EVERY.as_secs(), exp, limits });
            }
            Err(Refused { closing, code, detail }) => {
                if code != ErrorCode::Unavailable {
                    security_log::refused(Kind::LiveSignIn, known.map(UserId::from_uuid), &code);
                }
                self.refuse(Refusal::new(id, code, detail));
                self.close(closing, detail);
            }
        }
    }

    fn refuse(&self, refusal: Refusal) {
        self.peer.send(&refusal.into());
    }
}

/// How to close after an error of reading; `None` when the client is gone.
fn closing_for(error: &ProtocolError) -> Option<Closing> {
    match error {
        ProtocolError::Overflow => Some(Closing::TooBig),
        // Reserved bits and text that is not UTF-8 come in this form, too.
        ProtocolError::Io(error) if error.kind() != std::io::ErrorKind::InvalidData => None,
        _ => Some(Closing::ProtocolError),
    }
}
