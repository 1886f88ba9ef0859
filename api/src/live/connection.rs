//! One WebSocket connection: what the client asks, and the times within which something must happen.

use std::{collections::HashMap, sync::Arc, time::Duration};

use actix_ws::{AggregatedMessage, AggregatedMessageStream, ProtocolError};
use domain::users::UserId;
use serde_json::Value;
use tokio::{
    task::AbortHandle,
    time::{Instant, timeout},
};
use tracing::debug;
use uuid::Uuid;

use super::{
    admission::Admission,
    finding::{self, Asked},
    hub::{Attendance, Registration},
    inbound::Verdict,
    load::Load,
    peer::Peer,
    presence::{Full, MOST_STATE_BYTES, Membership},
    protocol::{Closing, ErrorCode, Frame, Limits, MAX_FRAME, MAX_SUBSCRIPTIONS, Refusal, Request},
    sign_in::{self, Refused, UNAVAILABLE},
    topic::Topic,
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
    /// In the room that it is about.
    membership: Option<Membership>,
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
            self.let_go();
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
            Request::Sub { id, topic, filter, state, after, epoch } => {
                // A position that is none is like one that is too old: there is nothing to resume.
                let after = after.and_then(|after| after.parse().ok()).filter(|after| *after >= 0);
                let asked = Asked { id, topic: &topic, filter: filter.as_deref(), has_state: state.is_some() };
                self.subscribe(&asked, state, after.zip(epoch)).await;
            }
            Request::State { id, state } => self.change_state(id, state),
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

    async fn subscribe(&mut self, asked: &Asked<'_>, state: Option<Value>, resume: Option<(i64, String)>) {
        if self.is_withdrawn() {
            return self.close(Closing::Unauthenticated, WITHDRAWN);
        }
        if state.as_ref().is_some_and(is_too_large) {
            return self.refuse(too_large(asked.id));
        }
        self.let_go();
        let (serial, topic) = match self.begin(asked).await {
            Ok(opened) => opened,
            Err(refusal) => {
                if refusal.code == ErrorCode::Forbidden {
                    let user = self.signed_in.as_ref().map(|session| UserId::from_uuid(session.user_id));
                    security_log::refused(Kind::LiveTopic, user, &refusal.code);
                }
                return self.refuse(refusal);
            }
        };
        let (id, live) = (asked.id, &self.state.live);
        let Some(hub) = live.hub(topic.projection) else {
            return self.peer.refuse(serial, Refusal::new(id, ErrorCode::UnknownTopic, "there is no such topic"));
        };
        let registration = hub.register(&topic, serial, &self.peer);
        let membership = match self.join(&topic, state) {
            Ok(membership) => membership,
            Err(Full) => return self.peer.refuse(serial, Refusal::new(id, ErrorCode::RoomFull, "there is no place")),
        };
        let resume = resume.filter(|_| membership.is_none());
        let (peer, turns) = (Arc::clone(&self.peer), live.turns());
        let (definitions, epochs) = (live.definitions(), live.epochs());
        let load = Load { hub, peer, turns, definitions, epochs, id, serial, topic, resume };
        let load = tokio::spawn(load.run()).abort_handle();
        self.open.insert(id, Open { registration, load, membership });
    }

    /// Puts the user into the room that a topic is about.
    fn join(&self, topic: &Topic, state: Option<Value>) -> Result<Option<Membership>, Full> {
        let (Some(room), Some(session)) = (topic.room(), &self.signed_in) else { return Ok(None) };
        let (presence, now) = (self.state.live.presence(), self.state.clock.now());
        presence.join(room, session.user_id, state.unwrap_or_default(), now).map(Some)
    }

    fn change_state(&self, id: u64, state: Value) {
        if is_too_large(&state) {
            return self.refuse(too_large(id));
        }
        match self.open.get(&id).and_then(|open| open.membership.as_ref()) {
            Some(membership) => membership.change(state),
            None => self.refuse(Refusal::new(id, ErrorCode::InvalidState, "no room is open with this id")),
        }
    }

    /// Lets go of the subscriptions that the server has ended meanwhile, and leaves their rooms.
    fn let_go(&mut self) {
        self.open.retain(|_, open| self.peer.has(open.registration.serial));
    }

    /// Finds a topic and opens a subscription to it.
    async fn begin(&self, asked: &Asked<'_>) -> Result<(u64, Topic), Refusal> {
        let rights = self.peer.rights();
        let rights = rights.ok_or_else(|| Refusal::new(asked.id, ErrorCode::Unauthenticated, "sign in first"))?;
        let topic = finding::find(&self.state, asked, &rights).await?;
        let serial = self.peer.subscribe(asked.id, topic.clone())?;
        Ok((serial, topic))
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

fn is_too_large(state: &Value) -> bool {
    serde_json::to_vec(state).is_ok_and(|text| text.len() > MOST_STATE_BYTES)
}

fn too_large(id: u64) -> Refusal {
    Refusal::new(id, ErrorCode::InvalidState, "the state has more than 1024 bytes")
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
