//! A record of a page.

use diesel::{
    Queryable,
    sql_types::{Array, BigInt, Integer, Nullable, Text},
};

use super::SortKey;
use crate::records::text::{self, TextRecord};

/// What the statements of lists answer.
pub(super) type Columns = (text::Columns, Array<Nullable<Text>>, Nullable<BigInt>, Nullable<Integer>);

#[derive(Clone, Debug, Queryable)]
pub struct ListedRecord {
    pub record: TextRecord,
    /// Of what it is sorted by, that which its columns do not say.
    pub(super) sorted_by: Vec<Option<String>>,
    /// The version of the collection at the moment of the query.
    pub collection_version: Option<i64>,
    /// Of its records, at that moment; `None` is the first.
    pub generation: Option<i32>,
}

impl ListedRecord {
    /// Where the next page begins, if this is the last record of one in the order of `keys`; `None` where those come first
    /// whose words count most.
    pub fn place(&self, keys: Option<&[SortKey]>) -> Vec<Option<String>> {
        let mut others = self.sorted_by.iter().cloned();
        match keys {
            Some(keys) => {
                keys.iter().map(|key| key.column_of(&self.record).or_else(|| others.next().flatten())).collect()
            }
            None => others.chain([Some(self.record.id.to_string())]).collect(),
        }
    }

    /// By which version of its collection, and of which generation, the record was read; `None` where the collection is gone.
    pub fn definition(&self) -> Option<(i64, i32)> {
        Some((self.collection_version?, self.generation.unwrap_or(0)))
    }
}
