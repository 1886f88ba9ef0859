//! Batches on their way, one over each connection.

use std::time::Instant;

use ::metrics::{counter, histogram};
use bootstrap::db::Connection;
use futures::{
    FutureExt, StreamExt,
    future::{self, BoxFuture},
    stream::FuturesUnordered,
};
use tracing::warn;

use super::{
    batch::{Batch, Touched},
    connection::{CALL_TIMEOUT, CONNECTIONS},
    failure::Failure,
    statement::{self, Committed},
    work::Work,
};
use crate::{
    AppendError, Head,
    metrics::{BATCH_SECONDS, BATCH_SIZE, BATCHES},
};

/// An append that the server refuses alone, for reasons unknown, is tried this often.
const MAX_REJECTIONS: u32 = 3;
/// With fewer, a batch beside one that is on its way costs the server more than it saves: what a batch costs beside its
/// appends is that of ten to fifteen of them.
const WORTH_A_BATCH: usize = 24;

/// How the connections' use ended.
pub(super) struct Ended {
    /// Whether a batch was committed.
    pub(super) progress: bool,
    /// `None` when the process stops and nothing waits any more.
    pub(super) failure: Option<Failure>,
}

/// What came of a batch, and the index of the connection that it went over.
type Landing = (usize, Result<Committed, Failure>);

struct Pipeline<'c> {
    connections: &'c [Connection; CONNECTIONS],
    calls: FuturesUnordered<BoxFuture<'c, Landing>>,
    /// By connection: what it is busy with.
    flying: [Option<Flying>; CONNECTIONS],
    progress: bool,
}

struct Flying {
    batch: Batch,
    since: Instant,
}

/// Submits batches until a connection fails, or until the process stops and nothing waits any more.
///
/// What is not answered then is handed back to `work`. Submitting it again is always safe: a command that was committed is
/// found by its id, and while a transaction that wrote it still runs, the second submission waits for its outcome.
pub(super) async fn run(connections: &[Connection; CONNECTIONS], work: &mut Work, head: &Head) -> Ended {
    let flying = [const { None }; CONNECTIONS];
    let mut pipeline = Pipeline { connections, calls: FuturesUnordered::new(), flying, progress: false };
    let failure = loop {
        pipeline.send(work).await;
        if pipeline.calls.is_empty() {
            if work.arrives().await {
                continue;
            }
            break None;
        }
        let step = tokio::select! {
            biased;
            Some((connection, result)) = pipeline.calls.next() => pipeline.landed(connection, result, work, head).await,
            () = work.tick() => pipeline.check(),
        };
        if let Err(failure) = step {
            break Some(failure);
        }
    };
    let Pipeline { flying, progress, .. } = pipeline;
    work.again(flying.into_iter().flatten().map(|mut flying| {
        flying.batch.iter_mut().for_each(|pending| pending.maybe_written = true);
        flying.batch
    }));
    Ended { progress, failure }
}

impl Pipeline<'_> {
    /// Gives what waits to the connections that are free. A few appends wait for the batch that is on its way.
    async fn send(&mut self, work: &mut Work) {
        while let Some(index) = self.flying.iter().position(Option::is_none) {
            let is_first = self.flying.iter().all(Option::is_none);
            let at_least = if is_first { 1 } else { WORTH_A_BATCH };
            let Some(batch) = work.next_batch(at_least, || self.touched()) else { return };
            let call = statement::append(&self.connections[index], &batch);
            let mut call = call.map(move |result| (index, result)).boxed();
            // Polled once, so that it is on its way before anything else is done.
            let call = match futures::poll!(&mut call) {
                std::task::Poll::Ready(landing) => future::ready(landing).boxed(),
                std::task::Poll::Pending => call,
            };
            self.calls.push(call);
            self.flying[index] = Some(Flying { batch, since: Instant::now() });
        }
    }

    /// All that the batches touch that are on their way.
    fn touched(&self) -> Touched {
        let mut touched = Touched::default();
        for pending in self.flying.iter().flatten().flat_map(|flying| &flying.batch) {
            touched.add(pending);
        }
        touched
    }

    /// Deals with an answer. What waits is sent before the callers learn of it, so that the server does not idle meanwhile.
    async fn landed(
        &mut self,
        connection: usize,
        result: Result<Committed, Failure>,
        work: &mut Work,
        head: &Head,
    ) -> Result<(), Failure> {
        let Some(Flying { mut batch, since }) = self.flying[connection].take() else { return Ok(()) };
        match result {
            Ok(committed) => {
                self.progress = true;
                self.send(work).await;
                if let Some(position) = committed.head {
                    head.observe(position);
                }
                counter!(BATCHES).increment(1);
                histogram!(BATCH_SIZE).record(batch.len() as f64);
                histogram!(BATCH_SECONDS).record(since.elapsed().as_secs_f64());
                batch.iter_mut().zip(committed.results).for_each(|(pending, result)| pending.answer(result));
                Ok(())
            }
            Err(failure @ Failure::Open(_)) => {
                self.flying[connection] = Some(Flying { batch, since });
                Err(failure)
            }
            Err(failure) => {
                refused(batch, &failure, work);
                Ok(())
            }
        }
    }

    /// Answers those whose time is over; fails when a connection has been silent for too long.
    fn check(&mut self) -> Result<(), Failure> {
        let now = Instant::now();
        self.flying
            .iter_mut()
            .flatten()
            .flat_map(|flying| &mut flying.batch)
            .for_each(|pending| pending.expire(now, true));
        if self.flying.iter().flatten().any(|flying| now - flying.since > CALL_TIMEOUT) {
            return Err(Failure::open("the server does not answer"));
        }
        Ok(())
    }
}

/// One append spoils a batch: it is found by submitting each alone.
fn refused(mut batch: Batch, failure: &Failure, work: &mut Work) {
    if batch.len() > 1 {
        warn!(error = %failure, appends = batch.len(), "a batch was refused, submitting its appends one by one");
        return work.again(batch.into_iter().map(|pending| vec![pending]));
    }
    let Some(mut pending) = batch.pop() else { return };
    pending.rejections += 1;
    match failure {
        Failure::Refused(reason) => pending.answer(Err(AppendError::Invalid(reason.clone()))),
        Failure::Rejected(_) | Failure::Open(_) if pending.rejections < MAX_REJECTIONS => {
            pending.maybe_written = true;
            work.again_alone(pending);
        }
        Failure::Rejected(_) | Failure::Open(_) => pending.answer(Err(AppendError::OutcomeUnknown)),
    }
}
