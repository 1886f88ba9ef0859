//! Filters of webhooks, read against the collections that they are about, and remembered for as long as those stay the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use domain::{
    Aggregate,
    collections::{Collection, CollectionId, Conversion, Data, Defined, Shape},
    expressions::{Expression, Request},
};
use event_store::{StreamId, log};
use uuid::Uuid;

use super::{records::RecordThen, routes::Route};
use crate::reactions::ReactionError;

/// Events of a collection read at a time.
const PAGE: i64 = 500;

/// What was read of filters, by webhook. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Conditions(Arc<Mutex<HashMap<Uuid, Known>>>);

#[derive(Clone, Debug)]
struct Known {
    collection: CollectionId,
    /// Of the collection's stream.
    version: i64,
    filter: String,
    condition: Condition,
}

/// Which records a webhook wants.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Filter(Arc<Fitting>),
    /// The filter means nothing for the collection as it is now.
    Unfit,
}

/// A filter that makes sense, and what makes records of long ago such that it can be asked about them.
#[derive(Debug)]
pub(super) struct Fitting {
    expression: Expression,
    /// In their order, each with the generation that it leads to.
    steps: Vec<(i32, Conversion)>,
}

impl Conditions {
    /// The filter of a route that has one, as the collection is now.
    pub(super) async fn of(
        &self,
        conn: &mut Connection,
        route: &Route,
        (collection, filter): (CollectionId, &str),
    ) -> Result<Condition, ReactionError> {
        let stream = StreamId::new(Collection::CATEGORY, collection.as_uuid());
        let version = log::stream_version(conn, stream.as_str()).await?;
        let is_current =
            |known: &&Known| known.collection == collection && known.version == version && known.filter == filter;
        if let Some(known) = self.lock().get(&route.webhook).filter(is_current) {
            return Ok(known.condition.clone());
        }
        let condition = match collection_of(conn, &stream).await?.defined() {
            Some(defined) => {
                Fitting::of(defined, filter).map_or(Condition::Unfit, |fitting| Condition::Filter(Arc::new(fitting)))
            }
            None => Condition::Unfit,
        };
        let known = Known { collection, version, filter: filter.to_owned(), condition: condition.clone() };
        self.lock().insert(route.webhook, known);
        Ok(condition)
    }

    pub(super) fn forget(&self, webhook: Uuid) {
        self.lock().remove(&webhook);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fitting {
    /// `None` where it does not fit the collection.
    fn of(defined: &Defined, filter: &str) -> Option<Self> {
        let expression = Shape::of(&defined.definition).ok()?.filter(filter).ok()?;
        let steps = defined.evolution.steps.iter().map(|step| {
            let proposal = &step.proposal;
            let conversion = Conversion::of(&proposal.before, &proposal.definition, &proposal.upcasts).ok()?;
            Some((proposal.generation, conversion))
        });
        Some(Self { expression, steps: steps.collect::<Option<_>>()? })
    }

    /// Whether a record is wanted. `now` is when its event was stored, so that the answer is the same at any time.
    pub(super) fn matches(&self, record: &RecordThen, now: DateTime<Utc>) -> bool {
        let request = Request { user_id: None, user_roles: &[], now };
        // What cannot be brought to the collection's definition of now is none of its records.
        let current = self.current(&record.data, record.generation);
        current.is_some_and(|data| self.expression.bind(&request).matches(&record.seen(data)))
    }

    fn current(&self, content: &Data, generation: i32) -> Option<Data> {
        let later = self.steps.iter().filter(|(leads_to, _)| *leads_to > generation);
        later.map(|(_, step)| step).try_fold(content.clone(), |content, step| step.convert(&content)).ok()
    }
}

async fn collection_of(conn: &mut Connection, stream: &StreamId) -> Result<Collection, ReactionError> {
    let (mut collection, mut version) = (Collection::default(), 0);
    loop {
        let events = log::stream(conn, stream.as_str(), version, PAGE).await?;
        for event in &events {
            collection = collection.apply(&event.decode()?);
            version = event.stream_version;
        }
        if (events.len() as i64) < PAGE {
            return Ok(collection);
        }
    }
}
