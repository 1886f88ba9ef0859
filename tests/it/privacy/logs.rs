//! What the processes of a test log, kept instead of shown.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Everything of ours in every detail, and the statements of the driver with their parameters.
const FILTER: &str = "info,api=trace,bootstrap=trace,event_store=trace,jobs=trace,messaging=trace,projections=trace,\
                      workers=trace,security=trace,tests=trace,it=trace,tokio_postgres=debug,actix_web=debug,redis=debug";

#[derive(Clone, Debug, Default)]
pub(crate) struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// From now on, in this process; before any application has begun to log.
    pub(crate) fn keep() -> Self {
        let logs = Self::default();
        let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(FILTER)).with_writer(logs.clone());
        tracing::subscriber::set_global_default(lines.finish()).expect("one test has the process for itself");
        logs
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Logs {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
