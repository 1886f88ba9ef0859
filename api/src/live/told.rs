//! A change as it concerns each audience: who is given the record, from whom it is taken, and who never hears of it.

use std::sync::Arc;

use domain::collections::Data;
use uuid::Uuid;

use super::{
    Rendered,
    audience::Audience,
    source::{Before, Change, Source, SourceError},
};

#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) key: Uuid,
    pub(crate) position: i64,
    pub(crate) part: Option<Uuid>,
    /// `None` once the record is gone, or cannot be shown.
    upsert: Option<Arc<Rendered>>,
    remove: Arc<Rendered>,
    now: Option<Data>,
    /// States in which somebody may have been given the record before; `None` where that is not known yet.
    before: Option<Vec<Data>>,
}

impl Told {
    pub(crate) async fn of(source: &dyn Source, change: &Change) -> Result<Self, SourceError> {
        let upsert = Rendered::upsert(source, change).await?.map(Arc::new);
        let row = change.row.as_ref().filter(|_| upsert.is_some());
        Ok(Self {
            key: change.key,
            position: change.position,
            part: change.part,
            now: row.and_then(|row| source.seen(row)),
            upsert,
            remove: Arc::new(Rendered::remove(change)),
            before: match &change.before {
                Before::Irrelevant => Some(vec![]),
                Before::Untold => None,
                Before::Row(row) => Some(row.iter().filter_map(|row| source.seen(row)).collect()),
            },
        })
    }

    /// Adds the states of before, if they are not known.
    pub(crate) fn recall(&mut self, states: Vec<Data>) {
        self.before.get_or_insert(states);
    }

    /// What the audience is told. Those to whom the record was never there are told nothing of it, not even its key.
    pub(crate) fn to(&self, audience: &Audience) -> Option<&Arc<Rendered>> {
        let Some(part) = audience.part else { return Some(self.upsert.as_ref().unwrap_or(&self.remove)) };
        if self.part != Some(part) {
            return None;
        }
        if self.now.as_ref().is_some_and(|now| audience.sees(now)) {
            return self.upsert.as_ref();
        }
        let was_there = self.before.iter().flatten().any(|before| audience.sees(before));
        was_there.then_some(&self.remove)
    }

    /// Whether what the audience is told depends on what is not known.
    pub(crate) fn is_unsure_of(&self, audience: &Audience) -> bool {
        self.before.is_none() && audience.part.is_some() && self.to(audience).is_none()
    }
}
