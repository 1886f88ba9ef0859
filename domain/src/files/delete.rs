//! Deleting a file, for one reason or another.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{File, FileEvent, events::Deleted};
use crate::Command;

#[derive(Clone, Debug)]
pub struct DeleteFile {
    pub why: Deletion,
    pub at: DateTime<Utc>,
}

/// Why a file is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// Somebody wants it.
    Asked,
    /// It was temporary, no record names it, and its time is over.
    Expired,
    /// Its owner was erased.
    OwnerErased,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteFileRefused {
    #[error("there is no such file")]
    UnknownFile,
    /// It is not, or at the moment not, of those that go by themselves.
    #[error("the file is not temporary")]
    NotTemporary,
}

impl Command for DeleteFile {
    type Aggregate = File;
    type Refusal = DeleteFileRefused;

    fn decide(self, file: &File) -> Result<Vec<FileEvent>, DeleteFileRefused> {
        let kept = file.kept().ok_or(DeleteFileRefused::UnknownFile)?;
        match self.why {
            Deletion::Expired if !kept.goes_by_itself() => return Err(DeleteFileRefused::NotTemporary),
            Deletion::Asked | Deletion::Expired | Deletion::OwnerErased => {}
        }
        Ok(vec![FileEvent::Deleted(Deleted { why: self.why, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            create::tests::{at, created},
            link::tests::{linked, unlinked},
        },
        *,
    };
    use crate::testing::given;

    fn delete(why: Deletion) -> DeleteFile {
        DeleteFile { why, at: at(1) }
    }

    fn deleted(why: Deletion) -> FileEvent {
        FileEvent::Deleted(Deleted { why, at: at(1) })
    }

    #[test]
    fn a_file_is_deleted_once() {
        for why in [Deletion::Asked, Deletion::OwnerErased] {
            given([created(false)]).when(delete(why)).then([deleted(why)]);
            given([created(false), deleted(why)]).when(delete(why)).then_refused(DeleteFileRefused::UnknownFile);
        }
        given([]).when(delete(Deletion::Asked)).then_refused(DeleteFileRefused::UnknownFile);
    }

    #[test]
    fn only_temporary_files_go_by_themselves() {
        let expired = Deletion::Expired;
        given([created(true)]).when(delete(expired)).then([deleted(expired)]);
        given([created(false)]).when(delete(expired)).then_refused(DeleteFileRefused::NotTemporary);
        let named = [created(true), linked(1)];
        given(named.clone()).when(delete(expired)).then_refused(DeleteFileRefused::NotTemporary);
        given(named).when(delete(Deletion::Asked)).then([deleted(Deletion::Asked)]);
        given([created(true), linked(1), unlinked(1)]).when(delete(expired)).then([deleted(expired)]);
    }
}
