//! Removing an import that is too old to be shown.

use chrono::{DateTime, Utc};

use super::{Import, ImportEvent, events::Removed};
use crate::Command;

#[derive(Clone, Debug)]
pub struct RemoveImport {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoveImportRefused {
    #[error("there is no such import")]
    UnknownImport,
    #[error("the import goes on")]
    StillOpen,
}

impl Command for RemoveImport {
    type Aggregate = Import;
    type Refusal = RemoveImportRefused;

    fn decide(self, import: &Import) -> Result<Vec<ImportEvent>, RemoveImportRefused> {
        match import {
            Import::Finished(_) | Import::Abandoned(_) => Ok(vec![ImportEvent::Removed(Removed { at: self.at })]),
            Import::Removed => Ok(vec![]),
            Import::Open(_) => Err(RemoveImportRefused::StillOpen),
            Import::Unknown => Err(RemoveImportRefused::UnknownImport),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Reached,
            abandon::tests::abandoned,
            finish::tests::finished,
            start::tests::{at, started},
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    #[test]
    fn only_an_import_that_is_over_is_removed() {
        let (remove, removed) = (|| RemoveImport { at: at(3) }, ImportEvent::Removed(Removed { at: at(3) }));
        given([started(), finished(Reached::default())]).when(remove()).then([removed.clone()]);
        given([started(), abandoned()]).when(remove()).then([removed.clone()]);
        given([started(), abandoned(), removed.clone()]).when(remove()).then([]);
        given([started()]).when(remove()).then_refused(RemoveImportRefused::StillOpen);
        given([]).when(remove()).then_refused(RemoveImportRefused::UnknownImport);
        let import = [started(), abandoned(), removed].iter().fold(Import::default(), Import::apply);
        assert_eq!((import.progress(), import.state()), (None, None));
    }
}
