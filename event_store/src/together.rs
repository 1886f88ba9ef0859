//! Appending what was decided on several aggregates of one kind: all of it or nothing.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use domain::Aggregate;
use serde::Serialize;
use tokio::sync::OwnedMutexGuard;

use crate::{
    Append, AppendError, Appended, EventStore, ExecuteError, Execution, Expected, NewEvent, Replay, StreamAppend,
    StreamId, aggregates::Loaded,
};

/// How long may be waited for those who are at work on the same streams.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What was decided on one aggregate.
#[derive(Clone, Debug)]
pub struct Decided<A: Aggregate> {
    pub stream: StreamId,
    /// What it was decided on.
    pub before: Loaded<A>,
    /// At least one.
    pub events: Vec<A::Event>,
}

/// What was appended.
#[derive(Clone, Debug)]
pub struct Together<A> {
    /// The last one.
    pub position: i64,
    /// The aggregates after, in order; `None` when this was a repeat.
    pub after: Option<Vec<Loaded<A>>>,
    pub replay: Option<Replay>,
}

/// Streams on which nobody else in this process works until this is dropped.
#[derive(Debug)]
pub struct Turns {
    _held: Vec<OwnedMutexGuard<()>>,
}

impl EventStore {
    /// Waits for one's turn on all of these streams. Whoever appends without it risks a conflict only.
    pub async fn turns(&self, streams: BTreeSet<StreamId>) -> Result<Turns, AppendError> {
        // In the order of names, so that no two wait for each other.
        let all = async {
            let mut held = Vec::with_capacity(streams.len());
            for stream in &streams {
                held.push(self.aggregates.lock(stream).await);
            }
            Turns { _held: held }
        };
        tokio::time::timeout(LONGEST_WAIT, all).await.map_err(|_| AppendError::Overloaded)
    }

    /// Appends what was decided, if every aggregate still is as it was. Conflicts are the caller's to decide anew;
    /// `execution.expected` says nothing here.
    pub async fn append_together<A>(
        &self,
        decided: Vec<Decided<A>>,
        execution: Execution,
    ) -> Result<Together<A>, ExecuteError<Infallible>>
    where
        A: Aggregate + Serialize,
    {
        let appended = match self.append(append_of(&decided, execution)?).await {
            Ok(appended) => appended,
            Err(error) => {
                decided.iter().for_each(|part| self.aggregates.forget(&part.stream));
                return Err(ExecuteError::Append(error));
            }
        };
        let expected = decided.iter().map(|part| part.before.version + part.events.len() as i64);
        // A repeat, perhaps one that the writer could not tell from its own resubmission: see `execute`.
        let versions = appended.versions.iter().copied().take(decided.len());
        if appended.replay.is_some() || !expected.eq(versions) {
            decided.iter().for_each(|part| self.aggregates.forget(&part.stream));
            let replay = appended.replay.or(Some(Replay { response: None }));
            return Ok(Together { position: appended.last_position, after: None, replay });
        }
        let after = decided.into_iter().zip(appended.versions).map(|(part, version)| {
            let state = part.events.iter().fold(part.before.state, |state, event| state.apply(event));
            let after = Loaded { state, version };
            self.remember(&part.stream, &after, part.before.version);
            after
        });
        Ok(Together { position: appended.last_position, after: Some(after.collect()), replay: None })
    }

    /// The same for many aggregates of which nobody is going to ask soon: they are not remembered, since they would drive
    /// out of memory what is asked for.
    pub async fn append_unremembered<A: Aggregate>(
        &self,
        decided: Vec<Decided<A>>,
        execution: Execution,
    ) -> Result<Appended, ExecuteError<Infallible>> {
        let append = append_of(&decided, execution)?;
        drop(decided);
        self.append(append).await.map_err(ExecuteError::Append)
    }
}

/// With what is appended beside.
fn append_of<A: Aggregate>(decided: &[Decided<A>], execution: Execution) -> Result<Append, serde_json::Error> {
    let streams = decided.iter().map(|part| {
        let events = part.events.iter().map(NewEvent::from_domain).collect::<Result<_, _>>()?;
        let expected = Expected::Exactly(part.before.version);
        Ok(StreamAppend { stream: part.stream.clone(), expected, events })
    });
    let mut streams = streams.collect::<Result<Vec<_>, serde_json::Error>>()?;
    streams.extend(execution.beside);
    Ok(Append {
        command_id: execution.command_id,
        streams,
        unchanged: execution.unchanged,
        claims: execution.claims,
        idempotency: execution.idempotency,
        response: execution.response,
        metadata: execution.metadata,
    })
}
