//! The end of the content.

use chrono::{DateTime, Utc};

use super::{Import, ImportEvent, NotOpen, events::Finished};
use crate::Command;

#[derive(Clone, Debug)]
pub struct FinishImport {
    pub at: DateTime<Utc>,
}

impl Command for FinishImport {
    type Aggregate = Import;
    type Refusal = NotOpen;

    fn decide(self, import: &Import) -> Result<Vec<ImportEvent>, NotOpen> {
        match import.open() {
            Ok(progress) => Ok(vec![ImportEvent::Finished(Finished { reached: progress.reached, at: self.at })]),
            Err(NotOpen::Finished) => Ok(vec![]),
            Err(refused @ (NotOpen::UnknownImport | NotOpen::Abandoned)) => Err(refused),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{
            AbandonImport, Abandonment, Reached,
            advance::tests::advanced,
            start::tests::{at, started},
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    pub(in crate::imports) fn finished(reached: Reached) -> ImportEvent {
        ImportEvent::Finished(Finished { reached, at: at(2) })
    }

    #[test]
    fn an_import_is_finished_once_with_what_it_has_come_to() {
        let finish = || FinishImport { at: at(2) };
        let reached = Reached { bytes: 100, lines: 10, created: 8, refused: 2 };
        given([started(), advanced(1, vec![])]).when(finish()).then([finished(reached)]);
        given([started(), finished(Reached::default())]).when(finish()).then([]);
        given([]).when(finish()).then_refused(NotOpen::UnknownImport);
        let abandon = AbandonImport { why: Abandonment::Asked, at: at(1) };
        let abandoned = abandon.decide(&Import::default().apply(&started())).unwrap().remove(0);
        given([started(), abandoned]).when(finish()).then_refused(NotOpen::Abandoned);
    }
}
