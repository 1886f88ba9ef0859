//! Who was erased: kept outside of both databases, so that a backup of either which is restored does not bring anybody
//! back.
//!
//! A directory with a small file for each person, under the person's id. An entry is made, and durable, before anything
//! is erased: whoever is in the ledger will be erased, even if nobody ever answered that it was done.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const EXTENSION: &str = "json";

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the erasure ledger in {}: {error}", directory.display())]
pub struct LedgerError {
    directory: PathBuf,
    error: io::Error,
}

/// What the ledger has about one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub subject: Uuid,
    pub begun_at: DateTime<Utc>,
    /// `None` until the last trace was removed.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Clones share the directory, which is made on first use.
#[derive(Clone, Debug)]
pub struct ErasureLedger(Arc<Path>);

impl ErasureLedger {
    pub fn new(directory: &Path) -> Self {
        Self(directory.into())
    }

    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// Enters a person, durably before this returns. An entry that is there stays as it is.
    pub async fn begin(&self, subject: Uuid, at: DateTime<Utc>) -> Result<(), LedgerError> {
        let entry = LedgerEntry { subject, begun_at: at.trunc_subsecs(3), finished_at: None };
        self.blocking(move |directory| begin(directory, &entry)).await
    }

    /// Notes that nothing of the person is left. It can be repeated.
    pub async fn finish(&self, subject: Uuid, at: DateTime<Utc>) -> Result<(), LedgerError> {
        let at = at.trunc_subsecs(3);
        self.blocking(move |directory| {
            let begun = match read(directory, subject) {
                Ok(entry) if entry.finished_at.is_some() => return Ok(()),
                Ok(entry) => entry,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    LedgerEntry { subject, begun_at: at, finished_at: None }
                }
                Err(error) => return Err(error),
            };
            replace(directory, &LedgerEntry { finished_at: Some(at), ..begun })
        })
        .await
    }

    /// All entries, in the order of ids.
    pub async fn entries(&self) -> Result<Vec<LedgerEntry>, LedgerError> {
        self.blocking(entries).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let directory = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&directory)).await;
        let done = done.unwrap_or_else(|_| Err(io::Error::other("the process is stopping")));
        done.map_err(|error| LedgerError { directory: self.0.to_path_buf(), error })
    }
}

fn begin(directory: &Path, entry: &LedgerEntry) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let path = path_of(directory, entry.subject);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(file) => write(file, entry)?,
        // Whoever made it may have been cut off before it was durable.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::open(&path)?.sync_all()?,
        Err(error) => return Err(error),
    }
    sync(directory)
}

/// Complete under another name first, so that a crash leaves the former entry.
fn replace(directory: &Path, entry: &LedgerEntry) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let unfinished = directory.join(format!("{}.{}.new", entry.subject, Uuid::now_v7().simple()));
    write(OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?, entry)?;
    fs::rename(&unfinished, path_of(directory, entry.subject))?;
    sync(directory)
}

fn write(mut file: File, entry: &LedgerEntry) -> io::Result<()> {
    file.write_all(serde_json::to_string(entry)?.as_bytes())?;
    file.sync_all()
}

/// Names in a directory last only once the directory does.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()?;
    match directory.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn entries(directory: &Path) -> io::Result<Vec<LedgerEntry>> {
    let files = match fs::read_dir(directory) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(error),
    };
    let mut subjects = vec![];
    for file in files {
        let path = file?.path();
        let is_entry = path.extension().is_some_and(|extension| extension == EXTENSION);
        let name = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_entry);
        subjects.extend(name.and_then(|name| Uuid::try_parse(name).ok()));
    }
    subjects.sort_unstable();
    subjects.into_iter().map(|subject| read(directory, subject)).collect()
}

/// The file's name says who it is; a crash may have left it without a text.
fn read(directory: &Path, subject: Uuid) -> io::Result<LedgerEntry> {
    let path = path_of(directory, subject);
    let text = fs::read(&path)?;
    match serde_json::from_slice::<LedgerEntry>(&text) {
        Ok(entry) => Ok(LedgerEntry { subject, ..entry }),
        Err(_) => Ok(LedgerEntry { subject, begun_at: fs::metadata(&path)?.modified()?.into(), finished_at: None }),
    }
}

fn path_of(directory: &Path, subject: Uuid) -> PathBuf {
    directory.join(format!("{subject}.{EXTENSION}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    fn new_ledger() -> ErasureLedger {
        ErasureLedger::new(&std::env::temp_dir().join(format!("tidemark-erasures-{}", Uuid::now_v7())))
    }

    #[tokio::test]
    async fn an_entry_is_made_once_and_finished_once() {
        let (ledger, ada) = (new_ledger(), Uuid::from_u128(1));
        assert_eq!(ledger.entries().await.unwrap(), []);
        ledger.begin(ada, at(1)).await.unwrap();
        ledger.begin(ada, at(2)).await.unwrap();
        let begun = LedgerEntry { subject: ada, begun_at: at(1), finished_at: None };
        assert_eq!(ledger.entries().await.unwrap(), [begun]);
        ledger.finish(ada, at(3)).await.unwrap();
        ledger.finish(ada, at(4)).await.unwrap();
        ledger.begin(ada, at(5)).await.unwrap();
        assert_eq!(ledger.entries().await.unwrap(), [LedgerEntry { finished_at: Some(at(3)), ..begun }]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(ledger.directory()), mode(&path_of(ledger.directory(), ada))), (0o700, 0o600));
        fs::remove_dir_all(ledger.directory()).unwrap();
    }

    #[tokio::test]
    async fn an_entry_that_a_crash_left_empty_counts_and_other_files_do_not() {
        let (ledger, ada) = (new_ledger(), Uuid::from_u128(1));
        ledger.begin(ada, at(1)).await.unwrap();
        fs::write(path_of(ledger.directory(), ada), "").unwrap();
        fs::write(ledger.directory().join("README.json"), "{}").unwrap();
        fs::write(ledger.directory().join(format!("{}.x.new", Uuid::from_u128(2))), "{}").unwrap();
        let entries = ledger.entries().await.unwrap();
        assert_eq!(entries.iter().map(|entry| (entry.subject, entry.finished_at)).collect::<Vec<_>>(), [(ada, None)]);
        ledger.finish(ada, at(9)).await.unwrap();
        assert_eq!(ledger.entries().await.unwrap()[0].finished_at, Some(at(9)));
        fs::remove_dir_all(ledger.directory()).unwrap();
    }

    #[tokio::test]
    async fn a_ledger_that_cannot_be_written_is_an_error() {
        let ledger = ErasureLedger::new(Path::new("/dev/null/erasures"));
        assert!(ledger.begin(Uuid::from_u128(1), at(1)).await.is_err());
    }
}
