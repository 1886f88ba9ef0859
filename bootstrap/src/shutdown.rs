//! The one signal by which every part of a process learns that it should stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// A cheap handle to the process's stop signal. Clones see the same signal; a child can be stopped on its own.
#[derive(Clone, Debug, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks everything that holds this handle, or a child of it, to stop. Idempotent.
    pub fn request(&self) {
        self.0.cancel();
    }

    pub fn is_requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Resolves once a stop was requested; at once if it was already.
    pub async fn requested(&self) {
        self.0.cancelled().await;
    }

    /// A signal that follows this one, and can also be requested alone.
    pub fn child(&self) -> Self {
        Self(self.0.child_token())
    }

    /// Waits, but no longer than until a stop is requested. True when the full time has passed.
    pub async fn sleep(&self, duration: Duration) -> bool {
        self.run_until(tokio::time::sleep(duration)).await.is_some()
    }

    /// Runs `future` unless a stop is requested first, in which case it is dropped and the result is `None`.
    pub async fn run_until<F: Future>(&self, future: F) -> Option<F::Output> {
        self.0.run_until_cancelled(future).await
    }
}
