//! Starting an import.

use chrono::{DateTime, Utc};

use super::{Import, ImportEvent, ImportFormat, events::Started};
use crate::{
    Command,
    collections::{CollectionId, CollectionName},
    users::UserId,
};

/// That somebody has not too many open at once, claims say.
#[derive(Clone, Debug)]
pub struct StartImport {
    pub collection: CollectionId,
    pub collection_name: CollectionName,
    pub format: ImportFormat,
    /// Whose records they are going to be.
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartImportRefused {
    #[error("there is this import already")]
    AlreadyStarted,
}

impl Command for StartImport {
    type Aggregate = Import;
    type Refusal = StartImportRefused;

    fn decide(self, import: &Import) -> Result<Vec<ImportEvent>, StartImportRefused> {
        match import {
            Import::Unknown => {}
            Import::Open(_) | Import::Finished(_) | Import::Abandoned(_) | Import::Removed => {
                return Err(StartImportRefused::AlreadyStarted);
            }
        }
        let Self { collection, collection_name, format, by, at } = self;
        Ok(vec![ImportEvent::Started(Started { collection, collection_name, format, by, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::given;

    pub(in crate::imports) fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap()
    }

    fn start() -> StartImport {
        StartImport {
            collection: CollectionId::from_uuid(Uuid::from_u128(2)),
            collection_name: CollectionName::parse("posts").unwrap(),
            format: ImportFormat::Csv,
            by: UserId::from_uuid(Uuid::from_u128(1)),
            at: at(0),
        }
    }

    pub(in crate::imports) fn started() -> ImportEvent {
        start().decide(&Import::Unknown).unwrap().remove(0)
    }

    #[test]
    fn an_import_is_started_once() {
        given([]).when(start()).then([started()]);
        given([started()]).when(start()).then_refused(StartImportRefused::AlreadyStarted);
    }
}
