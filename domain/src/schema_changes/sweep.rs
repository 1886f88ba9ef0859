//! Noting that what nobody reads any more can go, for some more records.

use chrono::{DateTime, Utc};

use super::{SchemaChange, SchemaChangeEvent, advance::AdvanceRefused, events::Swept};
use crate::{Command, collections::CollectionId};

#[derive(Clone, Debug)]
pub struct Sweep {
    pub collection: CollectionId,
    /// What had been swept when this was begun.
    pub after: i64,
    pub upto: i64,
    /// The collection is deleted.
    pub everything: bool,
    pub at: DateTime<Utc>,
}

impl Command for Sweep {
    type Aggregate = SchemaChange;
    type Refusal = AdvanceRefused;

    fn decide(self, change: &SchemaChange) -> Result<Vec<SchemaChangeEvent>, AdvanceRefused> {
        if change.swept != self.after {
            return Err(AdvanceRefused::Overtaken);
        }
        let Self { collection, after, upto, everything, at } = self;
        Ok(vec![SchemaChangeEvent::Swept(Swept { collection, after, upto, everything, at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{super::advance::tests::collection, *};
    use crate::testing::given;

    #[test]
    fn each_part_is_swept_once() {
        let (collection, everything, at) = (collection(), false, DateTime::UNIX_EPOCH);
        let sweep = |after, upto| Sweep { collection, after, upto, everything, at };
        let swept = |after, upto| SchemaChangeEvent::Swept(Swept { collection, after, upto, everything, at });
        given([]).when(sweep(0, 9)).then([swept(0, 9)]);
        given([swept(0, 9)]).when(sweep(9, 12)).then([swept(9, 12)]);
        given([swept(0, 9)]).when(sweep(0, 9)).then_refused(AdvanceRefused::Overtaken);
    }
}
