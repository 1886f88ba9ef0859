//! Which user the server runs as, and where that user can keep its data.

use std::{
    fs::{self, DirBuilder},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use super::{LocalPostgresError, Result};

/// PostgreSQL refuses to run as root; these users exist for servers.
const SERVER_USERS: [&str; 2] = ["postgres", "nobody"];
/// The owner's alone, but others may pass through to what is theirs.
const PASSABLE: u32 = 0o711;
const ANYBODY_MAY_PASS: u32 = 0o001;

/// The user and group of the server's processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The same as of this process.
    Own,
    Other {
        uid: u32,
        gid: u32,
    },
}

impl Account {
    pub(super) fn for_server() -> Result<Self> {
        if own_uid() != 0 {
            return Ok(Self::Own);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        Self::named_in(&passwd).ok_or(LocalPostgresError::NoAccount)
    }

    fn named_in(passwd: &str) -> Option<Self> {
        SERVER_USERS.iter().find_map(|user| {
            let fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
            let entry = fields.into_iter().find(|fields| fields.first() == Some(user) && fields.len() > 3)?;
            Some(Self::Other { uid: entry[2].parse().ok()?, gid: entry[3].parse().ok()? })
        })
    }

    /// The directory to use for `wanted`, made if need be: itself, or one under `/var/tmp` where the server's user may
    /// not pass through one of its parents (a checkout under `/root`).
    pub(super) fn home_for(self, wanted: &Path) -> Result<PathBuf> {
        let failed = |error| LocalPostgresError::Io { action: format!("cannot make {}", wanted.display()), error };
        DirBuilder::new().recursive(true).mode(PASSABLE).create(wanted).map_err(failed)?;
        let wanted = wanted.canonicalize().map_err(failed)?;
        if self == Self::Own || wanted.ancestors().all(is_passable) {
            return Ok(wanted);
        }
        let mut hasher = DefaultHasher::new();
        wanted.hash(&mut hasher);
        let fallback = PathBuf::from(format!("/var/tmp/tidemark-{}-{:016x}", own_uid(), hasher.finish()));
        let failed = |error| LocalPostgresError::Io { action: format!("cannot make {}", fallback.display()), error };
        match DirBuilder::new().mode(PASSABLE).create(&fallback) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        // Anybody may write to /var/tmp, so somebody else may have been there first.
        let found = fs::symlink_metadata(&fallback).map_err(failed)?;
        if !found.is_dir() || found.uid() != own_uid() {
            return Err(LocalPostgresError::ForeignDirectory(fallback));
        }
        Ok(fallback)
    }

    /// Gives a file or directory to the server's user.
    pub(super) fn give(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid)),
        }
    }

    /// Makes `command` run as this account, without the groups of this process.
    pub(super) fn applied_to(self, command: &mut Command) {
        match self {
            Self::Own => {}
            Self::Other { uid, gid } => drop(command.uid(uid).gid(gid)),
        }
    }
}

fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn is_passable(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|found| found.permissions().mode() & ANYBODY_MAY_PASS != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n";

    #[test]
    fn the_server_runs_as_postgres_where_that_user_exists() {
        let passwd = format!("{PASSWD}postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n");
        assert_eq!(Account::named_in(&passwd), Some(Account::Other { uid: 101, gid: 104 }));
        assert_eq!(Account::named_in(PASSWD), Some(Account::Other { uid: 65534, gid: 65534 }));
        assert_eq!(Account::named_in("root:x:0:0\nbroken"), None);
    }

    #[test]
    fn data_moves_where_the_servers_user_can_reach_it() {
        let closed = std::env::temp_dir().join(format!("tidemark-closed-{}", uuid::Uuid::now_v7()));
        DirBuilder::new().mode(0o700).create(&closed).unwrap();
        let wanted = closed.join("postgres");
        let own = Account::Own.home_for(&wanted).unwrap();
        assert_eq!(own, wanted.canonicalize().unwrap());
        let moved = Account::Other { uid: own_uid(), gid: own_uid() }.home_for(&wanted).unwrap();
        assert!(moved.starts_with("/var/tmp") && moved.ancestors().all(is_passable), "{moved:?}");
        fs::remove_dir(&moved).unwrap();
        fs::remove_dir_all(&closed).unwrap();
    }
}
