//! Deleting a collection.

use chrono::{DateTime, Utc};

use super::{Collection, CollectionEvent, events::Deleted};
use crate::Command;

/// Its records are not touched: without the collection nobody reaches them.
#[derive(Clone, Debug)]
pub struct DeleteCollection {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteCollectionRefused {
    #[error("there is no such collection")]
    UnknownCollection,
}

impl Command for DeleteCollection {
    type Aggregate = Collection;
    type Refusal = DeleteCollectionRefused;

    fn decide(self, collection: &Collection) -> Result<Vec<CollectionEvent>, DeleteCollectionRefused> {
        match collection {
            Collection::Defined(_) => Ok(vec![CollectionEvent::Deleted(Deleted { at: self.at })]),
            Collection::Unknown | Collection::Deleted => Err(DeleteCollectionRefused::UnknownCollection),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::define::tests::defined, *};
    use crate::testing::given;

    #[test]
    fn a_collection_is_deleted_once() {
        let delete = || DeleteCollection { at: DateTime::UNIX_EPOCH };
        let deleted = CollectionEvent::Deleted(Deleted { at: DateTime::UNIX_EPOCH });
        given([defined()]).when(delete()).then([deleted.clone()]);
        given([defined(), deleted]).when(delete()).then_refused(DeleteCollectionRefused::UnknownCollection);
        given([]).when(delete()).then_refused(DeleteCollectionRefused::UnknownCollection);
    }
}
