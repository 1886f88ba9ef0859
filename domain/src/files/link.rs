//! Records that name a file: as long as one does, a temporary file does not go by itself.

use chrono::{DateTime, Utc};

use super::{
    File, FileEvent,
    events::{Linked, Unlinked},
};
use crate::{Command, records::RecordId, users::UserId};

/// Records that name one file and count.
const MOST_RECORDS: usize = 1_000;

/// A record names the file now.
#[derive(Clone, Debug)]
pub struct LinkFile {
    pub record: RecordId,
    /// Who wrote the file's id into the record: the records of others do not keep it.
    pub by: UserId,
    pub at: DateTime<Utc>,
}

/// A record does not name the file any more.
#[derive(Clone, Debug)]
pub struct UnlinkFile {
    pub record: RecordId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkFileRefused {
    #[error("there is no such file of this person")]
    UnknownFile,
    #[error("too many records name the file")]
    TooManyRecords,
}

impl Command for LinkFile {
    type Aggregate = File;
    type Refusal = LinkFileRefused;

    fn decide(self, file: &File) -> Result<Vec<FileEvent>, LinkFileRefused> {
        let kept = file.kept().filter(|kept| kept.owner == self.by).ok_or(LinkFileRefused::UnknownFile)?;
        if kept.records.contains(&self.record) {
            return Ok(vec![]);
        }
        if kept.records.len() >= MOST_RECORDS {
            return Err(LinkFileRefused::TooManyRecords);
        }
        Ok(vec![FileEvent::Linked(Linked { record: self.record, at: self.at })])
    }
}

impl Command for UnlinkFile {
    type Aggregate = File;
    type Refusal = std::convert::Infallible;

    fn decide(self, file: &File) -> Result<Vec<FileEvent>, Self::Refusal> {
        let is_linked = file.kept().is_some_and(|kept| kept.records.contains(&self.record));
        let unlinked = || FileEvent::Unlinked(Unlinked { record: self.record, at: self.at });
        Ok(is_linked.then(unlinked).into_iter().collect())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use uuid::Uuid;

    use super::{
        super::create::tests::{at, created},
        *,
    };
    use crate::{Aggregate, testing::given};

    pub(crate) fn linked(number: u128) -> FileEvent {
        FileEvent::Linked(Linked { record: record(number), at: at(1) })
    }

    pub(crate) fn unlinked(number: u128) -> FileEvent {
        FileEvent::Unlinked(Unlinked { record: record(number), at: at(2) })
    }

    fn record(number: u128) -> RecordId {
        RecordId::from_uuid(Uuid::from_u128(number))
    }

    fn owner() -> UserId {
        File::default().apply(&created(true)).kept().unwrap().owner
    }

    fn link(number: u128, by: UserId) -> LinkFile {
        LinkFile { record: record(number), by, at: at(1) }
    }

    fn unlink(number: u128) -> UnlinkFile {
        UnlinkFile { record: record(number), at: at(2) }
    }

    #[test]
    fn a_record_of_the_owner_keeps_a_file_once() {
        given([created(true)]).when(link(1, owner())).then([linked(1)]);
        given([created(true), linked(1)]).when(link(1, owner())).then([]);
        given([created(true), linked(1)]).when(link(2, owner())).then([linked(2)]);
        let stranger = UserId::from_uuid(Uuid::from_u128(99));
        given([created(true)]).when(link(1, stranger)).then_refused(LinkFileRefused::UnknownFile);
        given([]).when(link(1, owner())).then_refused(LinkFileRefused::UnknownFile);
        let many = (0..MOST_RECORDS as u128).map(linked);
        let given = given(std::iter::once(created(true)).chain(many));
        given.when(link(5_000, owner())).then_refused(LinkFileRefused::TooManyRecords);
    }

    #[test]
    fn what_a_record_lets_go_counts_as_new_from_then_on() {
        given([created(true), linked(1)]).when(unlink(1)).then([unlinked(1)]);
        given([created(true), linked(1)]).when(unlink(2)).then([]);
        given([]).when(unlink(1)).then([]);
        let state = |events: &[FileEvent]| events.iter().fold(File::default(), Aggregate::apply);
        let kept = state(&[created(true), linked(1)]);
        assert!(!kept.kept().unwrap().goes_by_itself());
        let let_go = state(&[created(true), linked(1), unlinked(1)]);
        assert!(let_go.kept().unwrap().goes_by_itself());
        assert_eq!(let_go.kept().unwrap().unnamed_since, at(2));
    }
}
