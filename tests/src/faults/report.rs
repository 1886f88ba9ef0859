//! What a run showed, for people.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use super::{
    check::Violations,
    history::{Operation, Outcome},
};

/// Violations shown of each checker; the others are counted.
const SHOWN: usize = 10;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    pub seed: u64,
    pub notes: Vec<String>,
    /// What each checker found, by name; those that found nothing are here too.
    pub findings: Vec<(&'static str, Violations)>,
    /// Where the logs of the processes are kept when something was found.
    pub logs: Option<PathBuf>,
}

impl Report {
    pub fn find(&mut self, checker: &'static str, violations: Violations) {
        self.findings.push((checker, violations));
    }

    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|(_, violations)| violations.is_empty())
    }

    pub(super) fn describe(&mut self, history: &[Operation]) {
        let count = |wanted: fn(&Outcome) -> bool| history.iter().filter(|done| wanted(&done.outcome)).count();
        let done = count(|outcome| matches!(outcome, Outcome::Ok(_)));
        let refused = count(|outcome| matches!(outcome, Outcome::Fail(_)));
        let repeated = history.iter().filter(|operation| operation.attempts > 1).count();
        let total = history.len();
        self.note(format!("{total} operations: {done} done, {refused} refused; {repeated} had to be repeated"));
        self.describe_times(history);
    }

    fn describe_times(&mut self, history: &[Operation]) {
        let took = |operation: &Operation| (operation.complete - operation.invoke) / 1000;
        let mut longest: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for operation in history {
            longest.entry(operation.request.name()).or_default().push(took(operation));
        }
        for (name, mut times) in longest {
            times.sort_unstable();
            let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
            self.note(format!("{} × {name}: median {median} ms, longest {most} ms", times.len()));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "run of seed {} (TIDEMARK_FAULT_SEED={0} repeats it)", self.seed)?;
        for note in &self.notes {
            writeln!(formatter, "  {note}")?;
        }
        for (checker, violations) in &self.findings {
            let verdict = if violations.is_empty() { "holds".to_owned() } else { format!("{} ×", violations.len()) };
            writeln!(formatter, "  {checker}: {verdict}")?;
            for violation in violations.iter().take(SHOWN) {
                writeln!(formatter, "      {violation}")?;
            }
        }
        if let Some(logs) = &self.logs {
            writeln!(formatter, "  logs of the processes: {}", logs.display())?;
        }
        Ok(())
    }
}
