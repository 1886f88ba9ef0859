//! Making a file of content that is in the object store.

use chrono::{DateTime, Utc};

use super::{ContentType, Digest, File, FileEvent, events::Created};
use crate::{Command, Sealed, users::UserId};

/// Whether there is room for it, the owner's [`super::FileSpace`] says, in the same append.
#[derive(Clone, Debug)]
pub struct CreateFile {
    pub owner: UserId,
    pub name: Sealed,
    pub content_type: ContentType,
    pub size: u64,
    pub sha256: Digest,
    pub key: String,
    pub temporary: bool,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateFileRefused {
    #[error("there is this file already")]
    AlreadyCreated,
}

impl Command for CreateFile {
    type Aggregate = File;
    type Refusal = CreateFileRefused;

    fn decide(self, file: &File) -> Result<Vec<FileEvent>, CreateFileRefused> {
        match file {
            File::Unknown => {}
            File::Present(_) | File::Deleted => return Err(CreateFileRefused::AlreadyCreated),
        }
        let Self { owner, name, content_type, size, sha256, key, temporary, at } = self;
        Ok(vec![FileEvent::Created(Created { owner, name, content_type, size, sha256, key, temporary, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::given;

    pub(in crate::files) fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap()
    }

    pub(in crate::files) fn sealed(text: &str) -> Sealed {
        Sealed::from_ciphertext(text.to_owned())
    }

    pub(in crate::files) fn create(temporary: bool) -> CreateFile {
        CreateFile {
            owner: UserId::from_uuid(Uuid::from_u128(1)),
            name: sealed("a.png"),
            content_type: ContentType::parse("image/png").unwrap(),
            size: 67,
            sha256: Digest::from_bytes([7; 32]),
            key: "content/a".to_owned(),
            temporary,
            at: at(0),
        }
    }

    pub(in crate::files) fn created(temporary: bool) -> FileEvent {
        create(temporary).decide(&File::Unknown).unwrap().remove(0)
    }

    #[test]
    fn a_file_is_created_once() {
        given([]).when(create(false)).then([created(false)]);
        given([created(false)]).when(create(false)).then_refused(CreateFileRefused::AlreadyCreated);
    }
}
