//! The directory in which an all-in-one process keeps what it was not told to keep elsewhere.

use std::path::{Path, PathBuf};

/// `./.tidemark`: private database, generated secrets, mails of development.
#[derive(Clone, Debug)]
pub(crate) struct Workspace(PathBuf);

impl Workspace {
    pub(crate) fn here() -> Self {
        Self(PathBuf::from(".tidemark"))
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.0.join("postgres")
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.0.join("secrets.toml")
    }

    pub(crate) fn create(&self) -> std::io::Result<&Path> {
        use std::os::unix::fs::DirBuilderExt;
        // The private database may run as another user, who must reach its own directory in here.
        std::fs::DirBuilder::new().recursive(true).mode(0o711).create(&self.0)?;
        Ok(&self.0)
    }
}
