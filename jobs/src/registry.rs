//! The kinds of job a process can run.

use std::{collections::HashMap, fmt, time::Duration};

use futures::future::BoxFuture;

use crate::{Backoff, Job, JobContext, JobError, JobResult, held::Held};

/// The handlers of a process by kind, each with the state its jobs need.
#[derive(Default)]
pub struct Registry {
    handlers: HashMap<&'static str, Handler>,
}

pub(crate) struct Handler {
    pub(crate) kind: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) timeout: Duration,
    pub(crate) backoff: Backoff,
    pub(crate) global_limit: Option<u32>,
    run: Box<dyn Fn(Held) -> (Held, BoxFuture<'static, JobResult>) + Send + Sync>,
}

impl Registry {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the handler of `J`. A second one of the same kind replaces the first.
    pub fn with<J: Job>(mut self, state: J::State) -> Self {
        let run = move |mut held: Held| {
            let context = JobContext::new(state.clone(), &held);
            let args = std::mem::take(&mut held.args);
            let run = async move {
                // serde's message quotes what it could not read, so it is neither stored nor logged.
                let job: J = serde_json::from_str(&args).map_err(|_| JobError::discarded("bad_payload"))?;
                job.run(context).await
            };
            (held, Box::pin(run) as BoxFuture<'static, JobResult>)
        };
        let handler = Handler {
            kind: J::KIND,
            queue: J::QUEUE,
            timeout: J::TIMEOUT,
            backoff: J::BACKOFF,
            global_limit: J::GLOBAL_LIMIT,
            run: Box::new(run),
        };
        self.handlers.insert(J::KIND, handler);
        self
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&Handler> {
        self.handlers.get(kind)
    }

    /// Kinds of `queue` that have a limit over all processes, and the limit.
    pub(crate) fn gates(&self, queue: &str) -> Vec<(&'static str, u32)> {
        let of_queue = self.handlers.values().filter(|handler| handler.queue == queue);
        of_queue.filter_map(|handler| Some((handler.kind, handler.global_limit?))).collect()
    }

    /// Queues of registered kinds, each once.
    pub fn queues(&self) -> Vec<&'static str> {
        let mut queues: Vec<_> = self.handlers.values().map(|handler| handler.queue).collect();
        queues.sort_unstable();
        queues.dedup();
        queues
    }
}

impl Handler {
    pub(crate) fn start(&self, held: Held) -> (Held, BoxFuture<'static, JobResult>) {
        (self.run)(held)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.handlers.keys()).finish()
    }
}
