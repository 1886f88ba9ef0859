//! What a process that was killed has left of content in the middle of writing it to a directory. A bucket has rules of its own
//! for that.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// As `object_store` marks what is not yet under its name; no key of ours has it.
const MARK: char = '#';

/// Removes what was last written to before this time; says how much.
pub(super) fn remove(directory: &Path, before: SystemTime) -> io::Result<usize> {
    let (mut removed, mut open) = (0, vec![directory.to_owned()]);
    while let Some(directory) = open.pop() {
        for entry in entries(&directory)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else if entry.file_name().to_string_lossy().contains(MARK) {
                removed += usize::from(remove_one(&entry.path(), before)?);
            }
        }
    }
    Ok(removed)
}

/// None where nothing was ever written.
fn entries(directory: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>> + use<>> {
    match fs::read_dir(directory) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// Its writer may finish at any time: then it is not there, and that is well.
fn remove_one(path: &PathBuf, before: SystemTime) -> io::Result<bool> {
    let removed = fs::metadata(path).and_then(|metadata| metadata.modified()).and_then(|modified| {
        let is_old = modified < before;
        if is_old {
            fs::remove_file(path)?;
        }
        Ok(is_old)
    });
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_what_is_half_written_and_old_is_removed() {
        let directory = std::env::temp_dir().join(format!("tidemark-half-{}", Uuid::now_v7()));
        assert_eq!(remove(&directory, SystemTime::now()).unwrap(), 0, "there is nothing yet");
        fs::create_dir_all(directory.join("content/00")).unwrap();
        for name in ["whole", "old#1", "new#2"] {
            fs::write(directory.join("content/00").join(name), "x").unwrap();
        }
        let before = SystemTime::now() - Duration::from_secs(60);
        for name in ["whole", "old#1"] {
            let file = fs::File::options().write(true).open(directory.join("content/00").join(name)).unwrap();
            file.set_modified(before - Duration::from_secs(1)).unwrap();
        }
        assert_eq!(remove(&directory, before).unwrap(), 1);
        let left: Vec<_> =
            fs::read_dir(directory.join("content/00")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.len() == 2 && !left.contains(&"old#1".into()), "{left:?}");
        fs::remove_dir_all(directory).unwrap();
    }
}
