//! What the tasks of one worker process share.

use std::{collections::HashMap, sync::Arc};

use bootstrap::Shutdown;
use tokio::sync::{Mutex, Notify, Semaphore, mpsc};

use crate::{
    Crons, JobsHealth, Registry, WorkerConfig,
    held::{Held, HeldSet},
    settler::Settlement,
    store::Store,
};

/// Outcomes waiting to be written. Beyond this, finished runs wait with their slot, so nothing more is taken.
const SETTLEMENTS: usize = 8_192;

#[derive(Debug)]
pub(crate) struct Runtime {
    pub(crate) config: WorkerConfig,
    pub(crate) registry: Registry,
    pub(crate) crons: Crons,
    pub(crate) store: Store,
    pub(crate) health: JobsHealth,
    pub(crate) held: HeldSet,
    pub(crate) queues: HashMap<String, Arc<Queue>>,
    /// Asks for a look at the queue before the poll interval is over.
    pub(crate) look: Notify,
    pub(crate) settlements: mpsc::Sender<Settlement>,
    pub(crate) settling: Mutex<mpsc::Receiver<Settlement>>,
    /// Stop taking.
    pub(crate) shutdown: Shutdown,
    /// Nothing is held any more: stop keeping, settling and listening too.
    pub(crate) drained: Shutdown,
}

/// One served queue of the process.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    /// There may be work.
    pub(crate) wake: Notify,
    /// Jobs that may still start here.
    pub(crate) slots: Arc<Semaphore>,
    /// Kinds with a limit over all processes, and the limit.
    pub(crate) gates: Vec<(&'static str, u32)>,
    /// From the taker to the executor; bounded by the slots.
    pub(crate) taken: mpsc::Sender<Held>,
    pub(crate) unstarted: Mutex<mpsc::Receiver<Held>>,
}

impl Queue {
    fn new(name: &str, concurrency: usize, gates: Vec<(&'static str, u32)>) -> Self {
        let concurrency = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let (taken, unstarted) = mpsc::channel(concurrency);
        Self {
            name: name.to_owned(),
            wake: Notify::new(),
            slots: Arc::new(Semaphore::new(concurrency)),
            gates,
            taken,
            unstarted: Mutex::new(unstarted),
        }
    }
}

impl Runtime {
    pub(crate) fn new(
        config: WorkerConfig,
        registry: Registry,
        crons: Crons,
        store: Store,
        health: JobsHealth,
        shutdown: Shutdown,
    ) -> Self {
        let queue = |(name, concurrency): &(String, usize)| {
            (name.clone(), Arc::new(Queue::new(name, *concurrency, registry.gates(name))))
        };
        let (settlements, settling) = mpsc::channel(SETTLEMENTS);
        Self {
            queues: config.queues.iter().map(queue).collect(),
            held: HeldSet::new(health.clone()),
            look: Notify::new(),
            drained: Shutdown::new(),
            settling: Mutex::new(settling),
            config,
            registry,
            crons,
            store,
            health,
            settlements,
            shutdown,
        }
    }

    pub(crate) fn wake(&self, queue: &str) {
        if let Some(queue) = self.queues.get(queue) {
            queue.wake.notify_one();
        }
    }

    pub(crate) fn wake_all(&self) {
        self.queues.values().for_each(|queue| queue.wake.notify_one());
    }

    /// Gives a job back that was taken and not started, without charging an attempt.
    pub(crate) async fn release(&self, held: &Held) {
        self.settle(Settlement::released(held)).await;
    }

    pub(crate) async fn settle(&self, settlement: Settlement) {
        // The receiver lives in this very struct, so the channel is never closed. What finds it full until the process
        // ends is left to the end of its lease.
        let _ = self.drained.run_until(self.settlements.send(settlement)).await;
    }
}
