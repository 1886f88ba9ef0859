//! Statistics of what indexes are on. PostgreSQL takes none from an index on a part of a table: without these the planner
//! would take a range of values for one record in two hundred, and choose indexes by that.

use domain::{
    collections::{CollectionId, Shape},
    expressions::{Place, key_expression},
};

use super::{STATISTICS_PREFIX, hashed};

/// The statistics of one expression among the records of all collections, and of how it goes with the collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordStatistics {
    name: String,
    expression: String,
}

/// Those that help to choose among the indexes of a collection. Columns have statistics anyway.
pub fn wanted(collection: CollectionId, shapes: &[Shape]) -> Vec<RecordStatistics> {
    let indexes = shapes.iter().flat_map(Shape::indexes).filter(|index| !index.hashed);
    let keys = indexes.flat_map(|index| &index.keys);
    let mut wanted: Vec<RecordStatistics> = vec![];
    for key in keys {
        if key.field.place() == Place::Column {
            continue;
        }
        let expression = key_expression(&key.field);
        let statistics = RecordStatistics { name: hashed(STATISTICS_PREFIX, collection, &expression), expression };
        if !wanted.contains(&statistics) {
            wanted.push(statistics);
        }
    }
    wanted
}

impl RecordStatistics {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn statement(&self) -> String {
        let Self { name, expression } = self;
        format!("CREATE STATISTICS public.{name} ON collection, ({expression}) FROM public.records")
    }
}
