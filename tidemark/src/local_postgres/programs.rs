//! Finds the installed PostgreSQL programs: the newest, or those that made the data.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{LocalPostgresError, Result, read_trimmed};

/// The oldest version that the schema is written for; `bootstrap`'s preflight refuses the same.
const OLDEST_MAJOR: u32 = 15;
/// Where packages put versions side by side: Debian and Ubuntu, Red Hat, Homebrew.
const VERSIONED: [(&str, &str); 3] = [("/usr/lib/postgresql", "bin"), ("/usr", "bin"), ("/opt/homebrew/opt", "bin")];

/// One installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) directory: PathBuf,
    pub(super) major: u32,
}

impl Programs {
    /// The newest installation, or the one of the same major version as the data that is there already.
    pub(super) fn find(data: &Path) -> Result<Self> {
        Self::find_in(candidates(), data)
    }

    fn find_in(directories: impl IntoIterator<Item = PathBuf>, data: &Path) -> Result<Self> {
        let mut found: Vec<_> = directories.into_iter().filter_map(Self::inspect).collect();
        found.retain(|programs| programs.major >= OLDEST_MAJOR);
        found.sort_by_key(|programs| programs.major);
        let made_by = read_trimmed(&data.join("PG_VERSION")).and_then(|text| text.parse().ok());
        match made_by {
            Some(major) => found
                .into_iter()
                .rfind(|programs| programs.major == major)
                .ok_or_else(|| LocalPostgresError::OtherVersion { data: data.to_owned(), major }),
            None => found.pop().ok_or(LocalPostgresError::NoPrograms),
        }
    }

    /// All of the server's programs are there, and they say which version they are.
    fn inspect(directory: PathBuf) -> Option<Self> {
        // Links in /usr/local/bin lead to an installation; the programs look for each other beside their real place.
        let directory = directory.join("initdb").canonicalize().ok()?.parent()?.to_owned();
        let complete = ["initdb", "pg_ctl", "postgres"].iter().all(|program| directory.join(program).is_file());
        let output = complete.then(|| Command::new(directory.join("postgres")).arg("--version").output().ok())??;
        let major = major_of(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { directory, major })
    }
}

/// Every directory that may hold the programs: PATH, what `pg_config` says, and where packages put them.
fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/bin:/bin"));
    let mut directories: Vec<_> = std::env::split_paths(&path).collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        directories.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    for (parent, below) in VERSIONED {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        directories.extend(entries.map(|entry| entry.path().join(below)));
    }
    directories
}

/// `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)` is 15; `17beta1` is 17.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split(' ').nth(2)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// An installation that only knows its version.
    fn install(parent: &Path, version: &str) -> PathBuf {
        let directory = parent.join(version).join("bin");
        fs::create_dir_all(&directory).unwrap();
        for program in ["initdb", "pg_ctl", "postgres"] {
            let path = directory.join(program);
            fs::write(&path, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        directory
    }

    #[test]
    fn the_newest_or_the_matching_installation_is_used() {
        let root = std::env::temp_dir().join(format!("tidemark-programs-{}", uuid::Uuid::now_v7()));
        let installed: Vec<_> = ["14.2", "17beta1", "16.4"].map(|version| install(&root, version)).into();
        let data = root.join("data");
        fs::create_dir_all(&data).unwrap();
        assert_eq!(Programs::find_in(installed.clone(), &data).unwrap().major, 17);
        fs::write(data.join("PG_VERSION"), "16\n").unwrap();
        assert_eq!(Programs::find_in(installed.clone(), &data).unwrap().major, 16);
        fs::write(data.join("PG_VERSION"), "15\n").unwrap();
        let missing = Programs::find_in(installed, &data).unwrap_err().to_string();
        assert!(missing.ends_with(
            "is of PostgreSQL 15, whose programs are not installed (Debian: apt-get install postgresql-15)"
        ));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn no_programs_are_one_sentence_that_says_what_to_install() {
        let refused = Programs::find_in([PathBuf::from("/nowhere")], Path::new("/nowhere/data")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "no PostgreSQL programs were found: install PostgreSQL 15 or newer (Debian: apt-get install postgresql) or set DATABASE_URL"
        );
    }

    #[test]
    fn versions_are_read_as_packages_write_them() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 18rc1"), Some(18));
        assert_eq!(major_of("something else"), None);
    }
}
