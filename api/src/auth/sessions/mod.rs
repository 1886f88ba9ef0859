//! Sessions: what signing in begins, refresh tokens keep up, and signing out or time ends.
//!
//! A row says which refresh token counts; whether the session goes on at all is also the log's to say
//! ([`Standing::keeps`](super::Standing::keeps)), whatever has become of the row.

pub mod answer;
pub mod cookie;
pub mod device;
pub mod end;
pub(super) mod keep_one;
pub mod list;
mod session;
mod store;
mod tokens;

use bootstrap::{config, db};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Sealed, users::UserId};
use uuid::Uuid;

use self::store::Row;
use super::Eras;
use crate::{clock::Clock, error::ApiResult};

pub use session::{Mode, Session};
pub use tokens::{RefreshToken, RefreshTokens};

/// What each sealed value is: part of what it was sealed with, so it never changes.
pub(crate) const DEVICE: &str = "session.device";
pub(crate) const PLACE: &str = "session.place";

/// A token that was exchanged is answered with the same successor for so long: tabs that share it, answers that got lost.
/// After that, somebody has a copy of it.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// Of one account; the one that was not seen for longest ends when there is one more.
pub const MAX_SESSIONS: usize = 100;
/// Sessions crowded out at once, when many are begun at the same time.
const MAX_CROWDED_OUT: usize = 20;

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// UUIDv7, made at the edge.
    pub id: Uuid,
    pub user: UserId,
    /// The one at the time when the password was looked at, as access tokens have it.
    pub generation: u32,
    pub mode: Mode,
    pub device: Option<Sealed>,
    pub place: Option<Sealed>,
}

/// How a session is to go on with other tokens.
#[derive(Clone, Copy, Debug)]
pub struct Renewal {
    /// Another generation of the user's own; `None` stays where it is.
    pub generation: Option<u32>,
    /// Whether the user has just proved who they are.
    pub proved: bool,
}

/// A session with the refresh token that counts from now on.
#[derive(Clone, Debug)]
pub struct Granted {
    pub session: Session,
    pub refresh_token: RefreshToken,
}

/// What came of a refresh token that is one of ours.
#[derive(Debug)]
pub enum Refreshed {
    Rotated(Granted),
    /// It was exchanged a moment ago: the same successor again.
    Repeated(Granted),
    /// It was exchanged long ago. The session is to be ended.
    Reused,
    /// It does not count, and that proves nothing.
    Refused,
}

/// The sessions of all users. Clones share the pool.
#[derive(Clone)]
pub struct Sessions {
    pool: db::Pool,
    eras: Eras,
    clock: Clock,
    pub tokens: RefreshTokens,
    idle: TimeDelta,
    absolute: TimeDelta,
    /// See [`config::Sessions`].
    place_header: Option<String>,
}

impl Sessions {
    pub fn new(pool: db::Pool, eras: Eras, secret: &config::SecretKey, settings: &config::Sessions) -> Self {
        let span = |span| TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
        let (idle, absolute) = (span(settings.idle), span(settings.absolute));
        let place_header = settings.place_header.clone();
        Self { pool, eras, clock: Clock, tokens: RefreshTokens::new(secret), idle, absolute, place_header }
    }

    /// Begins a session. Beside it come the ids of those that have to be ended for it: there are too many.
    pub async fn begin(&self, new: NewSession) -> ApiResult<(Granted, Vec<Uuid>)> {
        let (refresh_token, now) = (self.tokens.random(new.id, 0), self.clock.now());
        let row = Row {
            id: new.id,
            user_id: new.user.as_uuid(),
            generation: signed(new.generation),
            refresh_hash: self.tokens.hash(&refresh_token),
            previous_hash: None,
            rotations: 0,
            rotated_at: None,
            created_at: now,
            last_seen_at: now,
            authenticated_at: now,
            idle_expires_at: now + self.idle.min(self.absolute),
            expires_at: now + self.absolute,
            mode: new.mode.as_str().to_owned(),
            device: new.device.map(|device| device.as_str().to_owned()),
            place: new.place.map(|place| place.as_str().to_owned()),
            ended_at: None,
        };
        let mut conn = self.pool.get().await?;
        store::insert(&mut conn, &row).await?;
        // Read after the row was written: of many that are begun at once, the last one sees all.
        let limit = (MAX_SESSIONS + MAX_CROWDED_OUT) as i64;
        let rows = store::of_user(&mut conn, row.user_id, row.generation, now, limit).await?;
        let crowded_out = rows.iter().skip(MAX_SESSIONS).map(|row| row.id).filter(|id| *id != new.id).collect();
        Ok((Granted { session: row.into(), refresh_token }, crowded_out))
    }

    /// Exchanges a refresh token of `session`, of which the caller knows from the log that it goes on.
    pub async fn refresh(&self, token: &RefreshToken, session: &Session) -> ApiResult<Refreshed> {
        let now = self.clock.now();
        let successor = self.tokens.successor(token);
        let (old, new) = (self.tokens.hash(token), self.tokens.hash(&successor));
        let idle_expires_at = (now + self.idle).min(session.expires_at);
        let mut conn = self.pool.get().await?;
        if let Some(row) = store::rotate(&mut conn, session.id, (&old, &new), idle_expires_at, now).await? {
            return Ok(Refreshed::Rotated(Granted { session: row.into(), refresh_token: successor }));
        }
        let Some(row) = store::find(&mut conn, session.id).await? else { return Ok(Refreshed::Refused) };
        Ok(judge(row, token, &old, &new, now, successor))
    }

    /// Gives a session a new refresh token in the place of all it had, be it in another generation: the one way in which a
    /// session outlives that its generation was raised. Its access tokens stay good until the log says otherwise. `None`
    /// when it is over, or changed in between.
    pub async fn renew(&self, id: Uuid, renewal: Renewal) -> ApiResult<Option<Granted>> {
        let (era, now) = (self.eras.current().await?, self.clock.now());
        let mut conn = self.pool.get().await?;
        let session = store::find(&mut conn, id).await?.map(Session::from);
        let Some(session) = session.filter(|session| !session.is_over(now)) else { return Ok(None) };
        let generation = renewal.generation.map_or(session.generation, |own| own.saturating_add(era));
        // Raised more than once: somebody else has ended it meanwhile.
        if generation > session.generation.saturating_add(1) {
            return Ok(None);
        }
        let refresh_token = self.tokens.random(id, session.rotations.saturating_add(1));
        let (hash, rotations) = (self.tokens.hash(&refresh_token), signed(session.rotations));
        let (generation, proved_at) = (signed(generation), renewal.proved.then_some(now));
        let row = store::renew(&mut conn, id, rotations, &hash, generation, proved_at, now).await?;
        Ok(row.map(|row| Granted { session: row.into(), refresh_token }))
    }

    /// Marks a session as over. Access tokens of it are refused by the event that its user's stream gets.
    pub async fn end(&self, id: Uuid) -> ApiResult<()> {
        Ok(store::end(&mut *self.pool.get().await?, id, self.clock.now()).await?)
    }

    /// Marks as over all sessions of a user that were begun before this generation of the user's own
    /// (`sessions_generation`).
    pub async fn end_all(&self, user: UserId, generation: u32) -> ApiResult<()> {
        let generation = generation.saturating_add(self.eras.current().await?);
        let (mut conn, now) = (self.pool.get().await?, self.clock.now());
        Ok(store::end_before(&mut conn, user.as_uuid(), signed(generation), now).await?)
    }

    /// The sessions of a user that are not over, the one seen last first. Those of an earlier generation than `from`
    /// (`sessions_generation`) are over.
    pub async fn list(&self, user: UserId, from: u32) -> ApiResult<Vec<Session>> {
        let (mut conn, now) = (self.pool.get().await?, self.clock.now());
        let limit = (MAX_SESSIONS + MAX_CROWDED_OUT) as i64;
        let rows = store::of_user(&mut conn, user.as_uuid(), signed(from), now, limit).await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    /// A session, be it over or not.
    pub async fn find(&self, id: Uuid) -> ApiResult<Option<Session>> {
        Ok(store::find(&mut *self.pool.get().await?, id).await?.map(Session::from))
    }
}

/// What a token is that is not, or no longer, the one that counts.
fn judge(
    row: Row,
    token: &RefreshToken,
    old: &[u8],
    new: &[u8],
    now: DateTime<Utc>,
    successor: RefreshToken,
) -> Refreshed {
    let was_exchanged = row.previous_hash.as_deref() == Some(old);
    let lately = row.rotated_at.is_some_and(|at| now - at < GRACE);
    let replaced_unseen = row.previous_hash.is_none();
    let counts_now = row.refresh_hash == new;
    let session = Session::from(row);
    if session.is_over(now) {
        return Refreshed::Refused;
    }
    if was_exchanged && lately && counts_now {
        return Refreshed::Repeated(Granted { session, refresh_token: successor });
    }
    // Its successor was made without it: whoever has not got that one yet has done nothing wrong.
    if replaced_unseen && token.number.saturating_add(1) == session.rotations {
        return Refreshed::Refused;
    }
    // One that is newer than all we know of was given out before the database went back to an earlier state.
    if token.number < session.rotations { Refreshed::Reused } else { Refreshed::Refused }
}

/// PostgreSQL has no unsigned numbers. Nobody gets near the end of these.
fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
