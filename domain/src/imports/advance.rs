//! Some lines more.

use chrono::{DateTime, Utc};

use super::{Import, ImportEvent, LineError, MOST_ERRORS, NotOpen, Reached, events::Advanced};
use crate::Command;

/// That some lines are done, in the append that creates the records that they made.
#[derive(Clone, Debug)]
pub struct AdvanceImport {
    /// What this step adds.
    pub step: Reached,
    /// What the first line of a CSV says, if this step has read it.
    pub columns: Option<Vec<String>>,
    /// In the order of lines.
    pub errors: Vec<LineError>,
    pub at: DateTime<Utc>,
}

impl Command for AdvanceImport {
    type Aggregate = Import;
    type Refusal = NotOpen;

    fn decide(self, import: &Import) -> Result<Vec<ImportEvent>, NotOpen> {
        let (progress, mut errors) = (import.open()?, self.errors);
        if self.step == Reached::default() {
            return Ok(vec![]);
        }
        errors.truncate(usize::try_from(MOST_ERRORS.saturating_sub(progress.told)).unwrap_or_default());
        let (before, step) = (progress.reached, self.step);
        let reached = Reached {
            bytes: before.bytes + step.bytes,
            lines: before.lines + step.lines,
            created: before.created + step.created,
            refused: before.refused + step.refused,
        };
        Ok(vec![ImportEvent::Advanced(Advanced { reached, columns: self.columns, errors, at: self.at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::start::tests::{at, started},
        *,
    };
    use crate::{Aggregate, imports::finish::FinishImport, testing::given};

    const STEP: Reached = Reached { bytes: 100, lines: 10, created: 8, refused: 2 };

    fn errors(from: u64, count: u64) -> Vec<LineError> {
        let error = |line| LineError { line, pointer: "/title".to_owned(), code: "too_long".to_owned() };
        (from..from + count).map(error).collect()
    }

    fn advance(errors: Vec<LineError>) -> AdvanceImport {
        AdvanceImport { step: STEP, columns: None, errors, at: at(1) }
    }

    pub(in crate::imports) fn advanced(times: u64, errors: Vec<LineError>) -> ImportEvent {
        let reached = Reached { bytes: 100 * times, lines: 10 * times, created: 8 * times, refused: 2 * times };
        ImportEvent::Advanced(Advanced { reached, columns: None, errors, at: at(1) })
    }

    #[test]
    fn what_is_done_adds_up() {
        given([started()]).when(advance(errors(3, 2))).then([advanced(1, errors(3, 2))]);
        given([started(), advanced(1, errors(3, 2))]).when(advance(vec![])).then([advanced(2, vec![])]);
        let nothing = AdvanceImport { step: Reached::default(), ..advance(vec![]) };
        given([started()]).when(nothing).then([]);
    }

    #[test]
    fn a_thousand_errors_are_told_and_no_more() {
        let most = given([started(), advanced(1, errors(1, MOST_ERRORS - 1))]).when(advance(errors(2000, 5)));
        most.then([advanced(2, errors(2000, 1))]);
        given([started(), advanced(1, errors(1, MOST_ERRORS))])
            .when(advance(errors(2000, 5)))
            .then([advanced(2, vec![])]);
    }

    #[test]
    fn columns_are_known_once_they_were_read() {
        let columns = Some(vec!["title".to_owned()]);
        let read = AdvanceImport { columns: columns.clone(), ..advance(vec![]) };
        let import = Import::default().apply(&started());
        let events = read.decide(&import).unwrap();
        let import = events.iter().fold(import, Import::apply).apply(&advanced(2, vec![]));
        assert_eq!(import.open().unwrap().columns, columns);
    }

    #[test]
    fn nothing_is_added_to_an_import_that_is_not_open() {
        given([]).when(advance(vec![])).then_refused(NotOpen::UnknownImport);
        let finished = FinishImport { at: at(2) }.decide(&Import::default().apply(&started())).unwrap().remove(0);
        given([started(), finished]).when(advance(vec![])).then_refused(NotOpen::Finished);
    }
}
