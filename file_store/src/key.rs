//! Names of what lies in the object store. They are made of ids only: nothing that a person chose is in them.

use std::fmt;

use object_store::path::Path;
use uuid::Uuid;

/// Where something lies. Directories are for file systems: none has more than a 256th of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// Content of files.
    pub const CONTENT: &'static str = "content";
    pub const THUMBNAILS: &'static str = "thumbnails";
    /// Parts of uploads that are not complete.
    pub const UPLOADS: &'static str = "uploads";

    pub fn content(file: Uuid) -> Self {
        Self(format!("{}/{}/{file}", Self::CONTENT, directory(file)))
    }

    /// A picture of the file with this longest side.
    pub fn thumbnail(file: Uuid, size: u32) -> Self {
        Self(format!("{}/{}/{file}-{size}", Self::THUMBNAILS, directory(file)))
    }

    /// The bytes of an upload from `start` on; `attempt` tells it from what an earlier attempt has left there.
    pub fn part(upload: Uuid, start: u64, attempt: Uuid) -> Self {
        Self(format!("{}/{}/{upload}-{start}-{}", Self::UPLOADS, directory(upload), attempt.simple()))
    }

    /// As an event names it.
    pub fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file or upload that it belongs to.
    pub fn owner(&self) -> Option<Uuid> {
        let name = self.0.rsplit('/').next()?;
        Uuid::try_parse(name.get(..36)?).ok()
    }

    pub(crate) fn path(&self) -> Path {
        Path::from(self.0.as_str())
    }

    pub(crate) fn of_path(path: &Path) -> Self {
        Self(path.as_ref().to_owned())
    }
}

/// The last digits of an id are random.
fn directory(id: Uuid) -> String {
    format!("{:02x}", id.as_bytes()[15])
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_says_whose_it_is() {
        let id = Uuid::now_v7();
        for key in [Key::content(id), Key::thumbnail(id, 320), Key::part(id, 5, Uuid::now_v7())] {
            assert_eq!(key.owner(), Some(id), "{key}");
            assert_eq!(Key::of_path(&key.path()), key);
        }
        assert_eq!(Key::from_stored("content/ab/other").owner(), None);
    }
}
