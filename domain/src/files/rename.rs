//! Giving a file another name.

use chrono::{DateTime, Utc};

use super::{File, FileEvent, events::Renamed};
use crate::{Command, Sealed};

#[derive(Clone, Debug)]
pub struct RenameFile {
    /// The one that is there already, where the name is the same: two ciphertexts cannot be compared.
    pub name: Sealed,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenameFileRefused {
    #[error("there is no such file")]
    UnknownFile,
}

impl Command for RenameFile {
    type Aggregate = File;
    type Refusal = RenameFileRefused;

    fn decide(self, file: &File) -> Result<Vec<FileEvent>, RenameFileRefused> {
        let kept = file.kept().ok_or(RenameFileRefused::UnknownFile)?;
        if kept.name == self.name {
            return Ok(vec![]);
        }
        Ok(vec![FileEvent::Renamed(Renamed { name: self.name, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::create::tests::{at, created, sealed},
        *,
    };
    use crate::testing::given;

    #[test]
    fn a_file_that_is_there_gets_another_name() {
        let rename = |name: &str| RenameFile { name: sealed(name), at: at(1) };
        let renamed = FileEvent::Renamed(Renamed { name: sealed("b.png"), at: at(1) });
        given([created(false)]).when(rename("b.png")).then([renamed]);
        given([created(false)]).when(rename("a.png")).then([]);
        given([]).when(rename("b.png")).then_refused(RenameFileRefused::UnknownFile);
    }
}
