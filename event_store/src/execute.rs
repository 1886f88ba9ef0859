//! Executing a command: load, decide, append; again when somebody else was faster.

use std::time::{Duration, Instant};

use domain::{Aggregate, Command};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    Append, AppendError, Appended, ClaimChange, EventStore, Expected, Idempotency, Metadata, NewEvent, RawJson, Replay,
    StreamAppend, StreamId,
    aggregates::{Loaded, Source},
    commands,
    store::ReadError,
};

/// How long a command may wait for those before it on the same stream, and then be decided anew because another process
/// was faster.
const LONGEST_TURN: Duration = Duration::from_secs(10);
/// Waits between two decisions are random, up to so much for each there was: a process that is always a step behind
/// another gets out of step with it.
const BACKOFF: Duration = Duration::from_millis(1);
const LONGEST_BACKOFF: Duration = Duration::from_millis(20);

/// What a command is executed with, beside the command.
#[derive(Clone, Debug)]
pub struct Execution {
    /// UUIDv7, made at the edge.
    pub command_id: Uuid,
    /// The version that the caller has seen (`If-Match`); another one is refused.
    pub expected: Option<i64>,
    /// See [`Append::unchanged`]; where one was changed after all, that is [`AppendError::Conflict`].
    pub unchanged: Vec<(StreamId, i64)>,
    pub claims: Vec<ClaimChange>,
    /// Events of other streams that are appended with the command's, all of them or none. That another stream is not at
    /// the version that is expected of it ends the execution: the command cannot decide about it anew.
    pub beside: Vec<StreamAppend>,
    pub idempotency: Option<Idempotency>,
    /// See [`Append::response`].
    pub response: Option<RawJson>,
    pub metadata: Metadata,
}

impl Execution {
    pub fn new(command_id: Uuid) -> Self {
        Self {
            command_id,
            expected: None,
            unchanged: vec![],
            claims: vec![],
            beside: vec![],
            idempotency: None,
            response: None,
            metadata: Metadata::default(),
        }
    }
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Executed<A> {
    pub version: i64,
    /// The last position that the command wrote; `None` when there was nothing to change.
    pub position: Option<i64>,
    /// The state after the command; `None` when the command was a repeat.
    pub state: Option<A>,
    pub replay: Option<Replay>,
}

/// What a command had done when it was executed before.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The last position that it wrote.
    pub position: i64,
    pub response: Option<RawJson>,
    /// The version that each stream had after it.
    pub versions: Vec<(String, i64)>,
}

/// Why a command was not executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<R> {
    /// The aggregate says no.
    #[error("refused: {0:?}")]
    Refused(R),
    /// The stream is not at the version that the caller has seen.
    #[error("the stream is at version {actual}")]
    VersionMismatch { actual: i64 },
    #[error(transparent)]
    Append(AppendError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("an event could not be encoded: {0}")]
    Encode(#[from] serde_json::Error),
}

impl EventStore {
    /// Executes a command on one stream.
    ///
    /// A repeat of a command id or of an idempotency key is answered from what the first did, however the state has changed since: the
    /// append finds it under the head's lock, and a decision that appends nothing looks for it before it is believed.
    pub async fn execute<C>(
        &self,
        stream: &StreamId,
        command: C,
        execution: Execution,
    ) -> Result<Executed<C::Aggregate>, ExecuteError<C::Refusal>>
    where
        C: Command,
        C::Aggregate: Serialize + DeserializeOwned,
    {
        let turn = tokio::time::timeout(LONGEST_TURN, self.aggregates.lock(stream)).await;
        let _turn = turn.map_err(|_| ExecuteError::Append(AppendError::Overloaded))?;
        let (started, mut source) = (Instant::now(), Source::Cache);
        for attempt in 1.. {
            let loaded = self.recall::<C::Aggregate>(stream, &mut source).await?;
            let decision = match execution.expected {
                Some(expected) if expected != loaded.version => {
                    Err(ExecuteError::VersionMismatch { actual: loaded.version })
                }
                _ => command.clone().decide(&loaded.state).map_err(ExecuteError::Refused),
            };
            match decision {
                Ok(events) if !events.is_empty() => {
                    match self.append_decided(stream, &loaded, &events, &execution).await {
                        Ok(appended) => return Ok(self.executed(stream, loaded, &events, appended)),
                        Err(ExecuteError::Append(AppendError::Conflict { stream: other, .. }))
                            if other == *stream && started.elapsed() < LONGEST_TURN =>
                        {
                            source = Source::Log;
                            tokio::time::sleep((BACKOFF * attempt).min(LONGEST_BACKOFF).mul_f64(rand::random())).await;
                        }
                        Err(error) => {
                            self.aggregates.forget(stream);
                            return Err(error);
                        }
                    }
                }
                // Nothing to append: true only of the stream's current version, and only if this is no repeat.
                nothing => {
                    if source == Source::Cache && self.version(stream).await? != loaded.version {
                        source = Source::Log;
                        continue;
                    }
                    if let Some(repeat) = self.find_repeat(stream, &execution).await? {
                        return Ok(repeat);
                    }
                    return nothing.map(|_| Executed {
                        version: loaded.version,
                        position: None,
                        state: Some(loaded.state),
                        replay: None,
                    });
                }
            }
        }
        unreachable!("the loop ends by returning")
    }

    async fn append_decided<A: Aggregate, R>(
        &self,
        stream: &StreamId,
        loaded: &Loaded<A>,
        events: &[A::Event],
        execution: &Execution,
    ) -> Result<Appended, ExecuteError<R>> {
        let events = events.iter().map(NewEvent::from_domain).collect::<Result<_, _>>()?;
        let mut append = Append {
            unchanged: execution.unchanged.clone(),
            claims: execution.claims.clone(),
            idempotency: execution.idempotency.clone(),
            response: execution.response.clone(),
            metadata: execution.metadata.clone(),
            ..Append::to_stream(execution.command_id, stream.clone(), Expected::Exactly(loaded.version), events)
        };
        append.streams.extend(execution.beside.iter().cloned());
        self.append(append).await.map_err(ExecuteError::Append)
    }

    fn executed<A: Aggregate + Serialize>(
        &self,
        stream: &StreamId,
        loaded: Loaded<A>,
        events: &[A::Event],
        appended: Appended,
    ) -> Executed<A> {
        let version = appended.versions.first().copied().unwrap_or(loaded.version);
        let position = Some(appended.last_position);
        let before = loaded.version;
        // A repeat, perhaps one that the writer could not tell from its own resubmission: these events are not what was
        // written on top of this state.
        if appended.replay.is_some() || version != before + events.len() as i64 {
            let replay = appended.replay.or(Some(Replay { response: None }));
            return Executed { version, position, state: None, replay };
        }
        let state = events.iter().fold(loaded.state, |state, event| state.apply(event));
        let after = Loaded { state, version };
        self.remember(stream, &after, before);
        Executed { version, position, state: Some(after.state), replay: None }
    }

    async fn find_repeat<A, R>(
        &self,
        stream: &StreamId,
        execution: &Execution,
    ) -> Result<Option<Executed<A>>, ExecuteError<R>> {
        let Some(repeat) = self.repeat_of::<R>(execution).await? else { return Ok(None) };
        let version = repeat.versions.iter().find(|(id, _)| id == stream.as_str()).map_or(0, |(_, version)| *version);
        let replay = Some(Replay { response: repeat.response });
        Ok(Some(Executed { version, position: Some(repeat.position), state: None, replay }))
    }

    /// What was done when this was executed before, under the same command id or idempotency key. What is refused or changes
    /// nothing is believed only after this: the first time may have made it so.
    pub async fn repeat_of<R>(&self, execution: &Execution) -> Result<Option<Repeat>, ExecuteError<R>> {
        let conn = self.pool.get().await.map_err(ReadError::from)?;
        let key = execution.idempotency.as_ref().map(|used| used.key);
        let found = commands::find(&conn, std::iter::once((execution.command_id, key))).await;
        let Some(recorded) = found.map_err(ReadError::from)?.pop().flatten() else { return Ok(None) };
        let own = recorded.command_id == execution.command_id;
        if !own && !recorded.has_fingerprint_of(execution.idempotency.as_ref()) {
            return Err(ExecuteError::Append(AppendError::IdempotencyMismatch));
        }
        let (position, response) = (recorded.last_position, recorded.response);
        Ok(Some(Repeat { position, response, versions: recorded.streams }))
    }
}
