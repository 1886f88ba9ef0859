//! What the processes of all tests of this binary have written to the security log.

use std::{
    io,
    sync::{Mutex, OnceLock, PoisonError},
};

use serde_json::Value;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt};

static LINES: Mutex<Vec<Value>> = Mutex::new(Vec::new());

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let entry = serde_json::from_slice(line).expect("one object a line");
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes the place of the process's own subscriber, which is no other once there is this one.
pub(crate) fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let shown = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_filter(EnvFilter::new("warn"));
        let kept = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(|| Lines);
        let subscriber = tracing_subscriber::registry().with(shown).with(kept.with_filter(EnvFilter::new("security")));
        tracing::subscriber::set_global_default(subscriber).expect("no other was there before");
    });
}

/// The entries in which this field has this value, in their order.
pub(crate) fn entries(field: &str, value: &str) -> Vec<Value> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|entry| entry[field] == value).cloned().collect()
}
