//! A record of a page.

use diesel::{
    Queryable,
    sql_types::{Array, BigInt, Integer, Nullable, Text},
};

use crate::records::text::{self, TextRecord};

/// What the statements of lists answer.
pub(super) type Columns = (text::Columns, Array<Nullable<Text>>, Nullable<BigInt>, Nullable<Integer>);

#[derive(Clone, Debug, Queryable)]
pub struct ListedRecord {
    pub record: TextRecord,
    /// The values of the keys by which the list is sorted: where the next page begins, if this is the last record.
    pub place: Vec<Option<String>>,
    /// The version of the collection at the moment of the query.
    pub collection_version: Option<i64>,
    /// Of its records, at that moment; `None` is the first.
    pub generation: Option<i32>,
}

impl ListedRecord {
    /// By which version of its collection, and of which generation, the record was read; `None` where the collection is gone.
    pub fn definition(&self) -> Option<(i64, i32)> {
        Some((self.collection_version?, self.generation.unwrap_or(0)))
    }
}
