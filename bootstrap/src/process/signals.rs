//! Signals: the first asks the process to stop, the second ends it.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::Shutdown;

/// Watches SIGTERM and SIGINT for the rest of the process's life.
pub(super) fn watch(shutdown: &Shutdown) -> io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        loop {
            let number = tokio::select! {
                _ = terminate.recv() => SignalKind::terminate().as_raw_value(),
                _ = interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            };
            if shutdown.is_requested() {
                warn!(signal = number, "asked to stop again: ending at once");
                // What a shell reports for a process that the signal killed.
                std::process::exit(128 + number);
            }
            info!(signal = number, "asked to stop: finishing what was begun");
            shutdown.request();
        }
    });
    Ok(())
}
