//! Which records of a collection a subscription shows: those that the collection's rule opens to the user and, where the
//! client asks for less, for which its filter holds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    collections::{Action, CollectionId, Shape},
    expressions::{Expression, Filter, Request},
    roles::Scope,
};

use super::{audience::Audience, protocol::FilterProblem, topic::Rights};

/// A rule and a filter, as they are for the life of a subscription.
#[derive(Clone, Debug)]
pub(crate) struct RecordsRule {
    pub(crate) collection: CollectionId,
    pub(super) shape: Arc<Shape>,
    action: Action,
    filter: Option<Wanted>,
    /// What `now` is: a subscription that asks for it lasts a minute, and then begins anew.
    at: DateTime<Utc>,
}

/// A filter as the client wrote it, and as it is understood.
#[derive(Clone, Debug)]
struct Wanted {
    text: Arc<str>,
    expression: Arc<Expression>,
}

impl RecordsRule {
    pub(crate) fn new(collection: CollectionId, shape: Arc<Shape>, action: Action, at: DateTime<Utc>) -> Self {
        Self { collection, shape, action, filter: None, at }
    }

    /// The same with a filter, which has to make sense for the collection.
    pub(crate) fn filtered(self, text: &str) -> Result<Self, FilterProblem> {
        let filter = Wanted::parse(text.into(), &self.shape)?;
        Ok(Self { filter: Some(filter), ..self })
    }

    /// The same after the collection was changed; `None` when the filter makes no sense any more.
    pub(crate) fn redefined(&self, shape: Arc<Shape>) -> Option<Self> {
        let parse = |wanted: &Wanted| Wanted::parse(Arc::clone(&wanted.text), &shape);
        let filter = self.filter.as_ref().map(parse).transpose().ok()?;
        Some(Self { shape, filter, ..self.clone() })
    }

    /// Who sees the same; `None` when nothing can be there for a user with these rights.
    pub(crate) fn audience(&self, rights: &Rights) -> Option<Audience> {
        let request = Request { user_id: Some(rights.user_id), user_roles: &rights.roles, now: self.at };
        let allowed = self.allowed(rights, &request)?;
        let wanted = match &self.filter {
            Some(wanted) => allowed.and(wanted.expression.bind(&request)),
            None => allowed,
        };
        Some(Audience::of_part(self.collection.as_uuid(), wanted).of_generation(self.shape.generation()))
    }

    /// Whether what it shows changes by itself as time goes by.
    pub(crate) fn is_by_time(&self) -> bool {
        self.shape.allows_by_time(self.action)
            || self.filter.as_ref().is_some_and(|wanted| wanted.expression.uses_now())
    }

    /// As for requests (api/src/records/access.rs): rules do not bind whoever may read everybody's records.
    fn allowed(&self, rights: &Rights, request: &Request<'_>) -> Option<Filter> {
        if rights.may_read_records(Scope::All) {
            return Some(Filter::constantly(true));
        }
        let allowed = self.shape.allow(self.action, request);
        (rights.may_read_records(Scope::Own) && allowed.constant() != Some(false)).then_some(allowed)
    }
}

impl Wanted {
    fn parse(text: Arc<str>, shape: &Shape) -> Result<Self, FilterProblem> {
        let expression = Arc::new(shape.filter(&text).map_err(FilterProblem::from)?);
        Ok(Self { text, expression })
    }
}
