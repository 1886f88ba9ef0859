//! Giving up an import: what has come of it stays, and the rest does not come.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Import, ImportEvent, NotOpen, events::Abandoned};
use crate::Command;

/// Why an import is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abandonment {
    /// Somebody wanted it.
    Asked,
    /// Nothing of it has come for a long time.
    Expired,
}

#[derive(Clone, Debug)]
pub struct AbandonImport {
    pub why: Abandonment,
    pub at: DateTime<Utc>,
}

impl Command for AbandonImport {
    type Aggregate = Import;
    type Refusal = NotOpen;

    fn decide(self, import: &Import) -> Result<Vec<ImportEvent>, NotOpen> {
        match import.open() {
            Ok(_) => Ok(vec![ImportEvent::Abandoned(Abandoned { why: self.why, at: self.at })]),
            Err(NotOpen::Abandoned) => Ok(vec![]),
            Err(refused @ (NotOpen::UnknownImport | NotOpen::Finished)) => Err(refused),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{
            Reached,
            finish::tests::finished,
            start::tests::{at, started},
        },
        *,
    };
    use crate::testing::given;

    pub(in crate::imports) fn abandoned() -> ImportEvent {
        ImportEvent::Abandoned(Abandoned { why: Abandonment::Asked, at: at(1) })
    }

    #[test]
    fn an_import_is_given_up_once_and_never_when_it_is_finished() {
        let abandon = || AbandonImport { why: Abandonment::Asked, at: at(1) };
        given([started()]).when(abandon()).then([abandoned()]);
        given([started(), abandoned()]).when(abandon()).then([]);
        given([started(), finished(Reached::default())]).when(abandon()).then_refused(NotOpen::Finished);
        given([]).when(abandon()).then_refused(NotOpen::UnknownImport);
    }
}
