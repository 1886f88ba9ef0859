//! Where log lines go and how they look: readable in development, one JSON object a line elsewhere.

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt};

use crate::config::{Log, LogFormat};

/// Sends the process's log lines to standard error. Idempotent: the first call decides, later ones change nothing, so
/// that several applications can run in one test process.
pub fn init(log: &Log) {
    // The only failure is that a subscriber is there already.
    drop(tracing::subscriber::set_global_default(subscriber(log, std::io::stderr, std::io::stderr().is_terminal())));
}

fn subscriber<W>(log: &Log, writer: W, colour: bool) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // The configuration was checked with the strict parser; this one never fails.
    let registry = tracing_subscriber::registry().with(EnvFilter::builder().parse_lossy(&log.filter));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    match log.format {
        LogFormat::Json => {
            Box::new(registry.with(lines.json().flatten_event(true).with_span_list(false).with_ansi(false)))
        }
        LogFormat::Pretty => Box::new(registry.with(lines.with_ansi(colour))),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { format, filter: filter.to_owned(), is_chosen: true };
        tracing::subscriber::with_default(subscriber(&log, move || writer.clone(), false), || {
            let _span = tracing::info_span!("users.register", position = 7).entered();
            tracing::info!(answer = 42, "done");
            tracing::debug!("detail");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn json_lines_carry_fields_and_their_span() {
        let text = logged(LogFormat::Json, "info");
        assert_eq!(text.lines().count(), 1, "the filter drops debug: {text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["level"], &line["message"], &line["answer"]), (&"INFO".into(), &"done".into(), &42.into()));
        assert_eq!((&line["span"]["name"], &line["span"]["position"]), (&"users.register".into(), &7.into()));
    }

    #[test]
    fn pretty_lines_are_text_and_follow_the_filter() {
        let text = logged(LogFormat::Pretty, "debug");
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("users.register{position=7}") && text.contains("done answer=42"), "{text}");
    }

    #[test]
    fn a_second_call_changes_nothing() {
        let log = Log { format: LogFormat::Json, filter: "error".to_owned(), is_chosen: true };
        init(&log);
        init(&Log { format: LogFormat::Pretty, filter: "trace".to_owned(), is_chosen: true });
        assert!(!tracing::enabled!(tracing::Level::TRACE));
    }
}
