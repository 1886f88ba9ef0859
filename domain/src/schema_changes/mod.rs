//! Looking at the records of a collection for a change of its definition: how far that has come, and what was found. An
//! aggregate for each change, under the change's id, and one for the end of a collection, under that one's.

pub mod advance;
pub mod events;
pub mod sweep;

use serde::{Deserialize, Serialize};

pub use advance::Advance;
pub use events::{FoundProblem, SchemaChangeEvent};
pub use sweep::Sweep;

use crate::Aggregate;

/// Findings after which nobody looks any further.
pub const MOST_FINDINGS: usize = 1_000;

/// What is known of the records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaChange {
    /// Records whose last change is at this position of the log or before were looked at.
    pub reached: i64,
    pub records: i64,
    /// At most [`MOST_FINDINGS`].
    pub findings: Vec<FoundProblem>,
    /// What nobody reads any more was removed up to this position.
    pub swept: i64,
}

impl SchemaChange {
    pub fn has_most_findings(&self) -> bool {
        self.findings.len() >= MOST_FINDINGS
    }
}

impl Aggregate for SchemaChange {
    type Event = SchemaChangeEvent;
    const CATEGORY: &'static str = "schema_change";
    const STATE_VERSION: i16 = 1;

    fn apply(mut self, event: &SchemaChangeEvent) -> Self {
        match event {
            SchemaChangeEvent::Advanced(advanced) => {
                self.reached = advanced.upto;
                self.records += advanced.records;
                let room = MOST_FINDINGS.saturating_sub(self.findings.len());
                self.findings.extend(advanced.findings.iter().take(room).cloned());
                self
            }
            SchemaChangeEvent::Swept(swept) => Self { swept: swept.upto, ..self },
        }
    }
}
