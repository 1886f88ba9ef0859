//! Erasing a person: the ledger first, then the event, with which claims are released and sessions end, then the key.
//!
//! Every step can be repeated, so whoever was cut off begins again. Nothing brings a person back: neither a repeat, nor a
//! restore of either database after which the ledger is replayed.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use domain::{
    Aggregate,
    users::{EraseUser, NotActive, Status, User},
};
use uuid::Uuid;

use crate::{
    AppendError, ClaimChange, ErasureLedger, EventStore, ExecuteError, Execution, Metadata, ReadError, StreamId,
    SubjectKeys,
    erasure_ledger::LedgerError,
    schema::{claims, snapshots},
    subject_keys::SubjectKeyError,
};

/// Of the claims on addresses.
pub const EMAIL_SCOPE: &str = "user.email";
/// Claims of a person may change hands while they are being released.
const ATTEMPTS: usize = 5;

/// Erases persons. Clones share everything.
#[derive(Clone)]
pub struct Erasure {
    pub events: EventStore,
    pub keys: SubjectKeys,
    pub ledger: ErasureLedger,
}

/// Why an erasure is not complete.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    #[error("no such user")]
    UnknownUser,
    /// Nothing was done.
    #[error(transparent)]
    NotBegun(ReadError),
    /// Nothing was done.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The ledger has it: it has to be finished.
    #[error(transparent)]
    NotFinished(#[from] Unfinished),
}

/// What kept an erasure from being finished that was begun.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    #[error(transparent)]
    Execute(#[from] ExecuteError<NotActive>),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Keys(#[from] SubjectKeyError),
}

/// What a replay of the ledger found to do about one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The log knows that the person is gone; claims and key are gone, too.
    WasErased,
    /// The log had the person again.
    ErasedAgain,
    /// The log does not reach to the person's registration.
    NotInTheLog,
}

impl Erasure {
    /// Erases a person. Returns the position of the event, `None` where the log had it already.
    pub async fn erase(
        &self,
        subject: Uuid,
        at: DateTime<Utc>,
        metadata: Metadata,
    ) -> Result<Option<i64>, ErasureError> {
        if self.status(subject).await.map_err(ErasureError::NotBegun)?.is_none() {
            return Err(ErasureError::UnknownUser);
        }
        self.ledger.begin(subject, at).await?;
        Ok(self.carry_out(subject, at, metadata).await?)
    }

    async fn carry_out(&self, subject: Uuid, at: DateTime<Utc>, metadata: Metadata) -> Result<Option<i64>, Unfinished> {
        let position = self.record(subject, at, metadata).await?;
        self.sweep(subject).await?;
        self.keys.destroy(subject).await?;
        Ok(position)
    }

    /// Does what an entry of the ledger says, whatever has become of the databases since.
    pub async fn replay(&self, subject: Uuid, at: DateTime<Utc>, metadata: Metadata) -> Result<Replayed, ErasureError> {
        match self.status(subject).await.map_err(ErasureError::NotBegun)? {
            None => {
                // Neither a later copy of the log nor a repeated command may find a key.
                self.keys.destroy(subject).await.map_err(Unfinished::from)?;
                Ok(Replayed::NotInTheLog)
            }
            Some(Status::Active | Status::Suspended) => {
                self.erase(subject, at, metadata).await?;
                Ok(Replayed::ErasedAgain)
            }
            Some(Status::Erased) => {
                self.erase(subject, at, metadata).await?;
                Ok(Replayed::WasErased)
            }
        }
    }

    async fn status(&self, subject: Uuid) -> Result<Option<Status>, ReadError> {
        Ok(EventStore::load::<User>(&self.events, &stream_of(subject)).await?.state.status())
    }

    /// Appends the event; the claims are released in the same append.
    async fn record(&self, subject: Uuid, at: DateTime<Utc>, metadata: Metadata) -> Result<Option<i64>, Unfinished> {
        let stream = stream_of(subject);
        for attempt in 1.. {
            let claims = self.claims_of(&stream).await?;
            let execution = Execution { claims, metadata: metadata.clone(), ..Execution::new(Uuid::now_v7()) };
            match EventStore::execute(&self.events, &stream, EraseUser { at }, execution).await {
                Ok(done) => return Ok(done.position),
                // Given up by its owner, and taken by somebody else, since they were looked up.
                Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) if attempt < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
            }
        }
        unreachable!("the loop ends by returning")
    }

    async fn claims_of(&self, stream: &StreamId) -> Result<Vec<ClaimChange>, ReadError> {
        let mut conn = self.events.pool.get().await?;
        let hashes: Vec<Vec<u8>> = claims::table
            .filter(claims::stream_id.eq(stream.as_str()))
            .filter(claims::scope.eq(EMAIL_SCOPE))
            .select(claims::key_hash)
            .load(&mut conn)
            .await?;
        let release = |key_hash| ClaimChange::Release { scope: EMAIL_SCOPE, key_hash, stream: stream.clone() };
        Ok(hashes.into_iter().map(release).collect())
    }

    /// Removes what a restore has brought back, or an append that raced with the event has left. Nothing can be claimed
    /// for a stream that has ended.
    async fn sweep(&self, subject: Uuid) -> Result<(), ReadError> {
        let stream = stream_of(subject);
        let mut conn = self.events.pool.get().await?;
        diesel::delete(claims::table.filter(claims::stream_id.eq(stream.as_str()))).execute(&mut conn).await?;
        diesel::delete(snapshots::table.find(stream.as_str())).execute(&mut conn).await?;
        Ok(())
    }
}

fn stream_of(subject: Uuid) -> StreamId {
    StreamId::new(User::CATEGORY, subject)
}
