//! Batches on their way over one connection.

use std::{collections::VecDeque, time::Instant};

use ::metrics::{counter, histogram};
use bootstrap::db::Connection;
use futures::{
    FutureExt, StreamExt,
    future::{self, BoxFuture},
    stream::FuturesOrdered,
};
use tracing::warn;

use super::{
    batch::Batch,
    connection::CALL_TIMEOUT,
    failure::Failure,
    statement::{self, Committed},
    work::Work,
};
use crate::{
    AppendError, Head,
    metrics::{BATCH_SECONDS, BATCH_SIZE, BATCHES},
};

/// Batches that may be on their way at once; the connection keeps their order.
const MAX_IN_FLIGHT: usize = 2;
/// An append that the server refuses alone, for reasons unknown, is tried this often.
const MAX_REJECTIONS: u32 = 3;

/// How a connection's use ended.
pub(super) struct Ended {
    /// Whether a batch was committed.
    pub(super) progress: bool,
    /// `None` when the process stops and nothing waits any more.
    pub(super) failure: Option<Failure>,
}

struct Pipeline<'c> {
    conn: &'c Connection,
    calls: FuturesOrdered<BoxFuture<'c, Result<Committed, Failure>>>,
    /// One for each call, in order.
    flying: VecDeque<Flying>,
    /// When the connection last answered, or was given something to answer.
    heard: Instant,
    progress: bool,
}

struct Flying {
    batch: Batch,
    since: Instant,
}

/// Submits batches until the connection fails, or until the process stops and nothing waits any more.
///
/// What is not answered then is handed back to `work`. Submitting it again is always safe: the function knows each command
/// id that has been committed, and a transaction that still runs holds the head's lock, so the second submission waits
/// for its outcome.
pub(super) async fn run(conn: &Connection, work: &mut Work, head: &Head) -> Ended {
    let (calls, heard) = (FuturesOrdered::new(), Instant::now());
    let mut pipeline = Pipeline { conn, calls, flying: VecDeque::new(), heard, progress: false };
    let failure = loop {
        pipeline.send(work).await;
        if pipeline.flying.is_empty() {
            if work.arrives().await {
                continue;
            }
            break None;
        }
        let step = tokio::select! {
            biased;
            Some(result) = pipeline.calls.next() => pipeline.landed(result, work, head).await,
            () = work.tick() => pipeline.check(),
        };
        if let Err(failure) = step {
            break Some(failure);
        }
    };
    let Pipeline { flying, progress, .. } = pipeline;
    work.again(flying.into_iter().map(|mut flying| {
        flying.batch.iter_mut().for_each(|pending| pending.maybe_written = true);
        flying.batch
    }));
    Ended { progress, failure }
}

impl Pipeline<'_> {
    /// Fills the connection with what waits.
    async fn send(&mut self, work: &mut Work) {
        while self.flying.len() < MAX_IN_FLIGHT {
            let Some(batch) = work.next_batch() else { return };
            let mut call = statement::append(self.conn, &batch);
            // Polled once, so that it is on its way before anything else is done.
            let call = match futures::poll!(&mut call) {
                std::task::Poll::Ready(result) => future::ready(result).boxed(),
                std::task::Poll::Pending => call,
            };
            self.calls.push_back(call);
            let now = Instant::now();
            if self.flying.is_empty() {
                self.heard = now;
            }
            self.flying.push_back(Flying { batch, since: now });
        }
    }

    /// Deals with the answer to the oldest call. What waits is sent before the callers learn of it, so that the server
    /// does not idle meanwhile.
    async fn landed(
        &mut self,
        result: Result<Committed, Failure>,
        work: &mut Work,
        head: &Head,
    ) -> Result<(), Failure> {
        self.heard = Instant::now();
        let Some(Flying { mut batch, since }) = self.flying.pop_front() else { return Ok(()) };
        match result {
            Ok(committed) => {
                self.progress = true;
                self.send(work).await;
                if let Some(position) = committed.head {
                    head.observe(position);
                }
                counter!(BATCHES).increment(1);
                histogram!(BATCH_SIZE).record(batch.len() as f64);
                histogram!(BATCH_SECONDS).record((self.heard - since).as_secs_f64());
                batch.iter_mut().zip(committed.results).for_each(|(pending, result)| pending.answer(result));
                Ok(())
            }
            Err(failure @ Failure::Open(_)) => {
                self.flying.push_front(Flying { batch, since });
                Err(failure)
            }
            Err(failure) => {
                refused(batch, &failure, work);
                Ok(())
            }
        }
    }

    /// Answers those whose time is over; fails when the connection has been silent for too long.
    fn check(&mut self) -> Result<(), Failure> {
        let now = Instant::now();
        self.flying.iter_mut().flat_map(|flying| &mut flying.batch).for_each(|pending| pending.expire(now, true));
        if now - self.heard > CALL_TIMEOUT {
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
