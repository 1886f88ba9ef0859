//! Which webhooks are told of which events.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use bootstrap::db::Connection;
use domain::{Aggregate, records::Record};
use event_store::RecordedEvent;
use uuid::Uuid;

use super::{
    conditions::{Condition, Conditions},
    records,
    routes::{Route, Routes},
};
use crate::reactions::ReactionError;

/// An event for a webhook.
#[derive(Clone, Copy)]
pub(super) struct Match<'e> {
    pub(super) webhook: Uuid,
    pub(super) event: &'e RecordedEvent,
}

/// What became of looking at some events.
#[derive(Default)]
pub(super) struct Matched<'e> {
    /// In the order of the events.
    pub(super) deliveries: Vec<Match<'e>>,
    /// Webhooks whose filters mean nothing any more.
    pub(super) unfit: BTreeSet<Uuid>,
}

/// Events that may be for webhooks, each with what the webhook wanted at that time.
#[derive(Default)]
pub(super) struct Candidates<'e> {
    selected: Vec<(Arc<Route>, &'e RecordedEvent)>,
}

impl<'e> Candidates<'e> {
    /// Every webhook whose selection names the event. Costs nothing where there is no webhook.
    pub(super) fn add(&mut self, routes: &Routes, event: &'e RecordedEvent) {
        let selecting = routes.iter().filter(|route| route.events.selects(&event.event_type));
        self.selected.extend(selecting.map(|route| (Arc::clone(route), event)));
    }

    /// One route that is no row of the table, for events of before.
    pub(super) fn add_for(&mut self, route: &Arc<Route>, event: &'e RecordedEvent) {
        if route.events.selects(&event.event_type) {
            self.selected.push((Arc::clone(route), event));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.selected.is_empty()
    }

    /// Looks at records where a webhook wants only some: one query for what they were, and one for each collection
    /// that a filter is about.
    pub(super) async fn judge(
        self,
        conn: &mut Connection,
        conditions: &Conditions,
    ) -> Result<Matched<'e>, ReactionError> {
        let of_records = self
            .selected
            .iter()
            .filter(|(route, event)| route.collection.is_some() && event.category == Record::CATEGORY);
        let of_records: HashMap<i64, &RecordedEvent> = of_records.map(|(_, event)| (event.position, *event)).collect();
        let records = records::at_events(conn, &of_records.into_values().collect::<Vec<_>>()).await?;
        let (mut matched, mut known) = (Matched::default(), HashMap::<Uuid, Condition>::new());
        for (route, event) in self.selected {
            let found = Match { webhook: route.webhook, event };
            let Some(collection) = route.collection else {
                matched.deliveries.push(found);
                continue;
            };
            let Some(record) = records.get(&event.position).filter(|record| record.collection == collection) else {
                continue;
            };
            let Some(filter) = &route.filter else {
                matched.deliveries.push(found);
                continue;
            };
            let condition = match known.get(&route.webhook) {
                Some(condition) => condition.clone(),
                None => conditions.of(conn, &route, (collection, filter)).await?,
            };
            match &condition {
                Condition::Filter(filter) if filter.matches(record, event.recorded_at) => {
                    matched.deliveries.push(found)
                }
                Condition::Filter(_) => {}
                Condition::Unfit => {
                    matched.unfit.insert(route.webhook);
                }
            }
            known.insert(route.webhook, condition);
        }
        Ok(matched)
    }
}
