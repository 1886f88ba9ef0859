//! What a list was asked for, held against the collection that it is of.

use std::sync::Arc;

use domain::{
    collections::{RESERVED, Searched, Shape},
    expressions::Expression,
};
use projections::records::list::SortKey;

use super::list_query::{Fault, ListQuery};
use crate::{collections::Found, error::ApiResult, state::AppState};

const MOST_KEYS: usize = 4;
const MOST_FIELDS: usize = 50;

/// A list that can be read.
#[derive(Clone, Debug)]
pub(super) struct ListPlan {
    pub(super) filter: Option<Arc<Expression>>,
    pub(super) words: Option<(Searched, String)>,
    /// The keys, of which the last one is the id; `None` where those come first whose words count most.
    pub(super) keys: Option<Vec<SortKey>>,
    /// The members that are shown; `None` is all.
    pub(super) fields: Option<Vec<String>>,
}

impl ListPlan {
    /// Tells everything that does not fit.
    pub(super) fn of(query: &ListQuery, collection: &Found, state: &AppState) -> ApiResult<Self> {
        let (shape, mut faults) = (&*collection.shape, vec![]);
        let filter = query.filter.as_deref().and_then(|text| {
            let parsed = state.filters.parse(collection, text);
            let fault = |error: domain::expressions::ExpressionError| {
                faults.push(Fault { parameter: "filter", code: error.problem.code(), detail: error.to_string() });
            };
            parsed.map_err(fault).ok()
        });
        let words = query.search.as_ref().and_then(|text| match shape.searched() {
            Some(searched) => Some((searched.clone(), text.clone())),
            None => {
                let detail = "the collection has no searchable fields".to_owned();
                faults.push(Fault { parameter: "search", code: "not_searchable", detail });
                None
            }
        });
        let keys = match (query.sort.as_slice(), &words) {
            ([], Some(_)) => None,
            ([], None) => Some(vec![SortKey::created_at(true), SortKey::id(true)]),
            (names, _) => Some(keys(names, shape, &mut faults)),
        };
        let fields = (!query.fields.is_empty()).then(|| shown(&query.fields, shape, &mut faults));
        if faults.is_empty() { Ok(Self { filter, words, keys, fields }) } else { Err(query.refused(faults)) }
    }
}

fn keys(names: &[String], shape: &Shape, faults: &mut Vec<Fault>) -> Vec<SortKey> {
    let (mut keys, mut seen): (Vec<SortKey>, Vec<&str>) = (vec![], vec![]);
    let mut wrong = |code, detail: String| faults.push(Fault { parameter: "sort", code, detail });
    if names.len() > MOST_KEYS {
        wrong("too_many", format!("must have at most {MOST_KEYS} fields"));
        return keys;
    }
    for name in names {
        let (name, descending) = name.strip_prefix('-').map_or((name.as_str(), false), |name| (name, true));
        // Shown back at a bounded length.
        let shown: String = name.chars().take(64).collect();
        if seen.contains(&name) {
            wrong("repeated", format!("{shown} is there twice"));
        }
        seen.push(name);
        match shape.sort_field(name) {
            Some(field) => keys.push(SortKey::new(field, descending)),
            None => wrong("unknown_sort", format!("{shown} is no field of one value that records are sorted by")),
        }
    }
    // After the id nothing is equal.
    match keys.iter().position(SortKey::is_id) {
        Some(at) => keys.truncate(at + 1),
        None => keys.push(SortKey::id(keys.last().is_some_and(SortKey::descending))),
    }
    keys
}

fn shown(names: &[String], shape: &Shape, faults: &mut Vec<Fault>) -> Vec<String> {
    if names.len() > MOST_FIELDS {
        let detail = format!("must have at most {MOST_FIELDS}");
        faults.push(Fault { parameter: "fields", code: "too_many", detail });
        return vec![];
    }
    for name in names.iter().filter(|name| !RESERVED.contains(&name.as_str()) && !shape.has_member(name)) {
        let shown: String = name.chars().take(64).collect();
        let detail = format!("records have no member {shown}");
        faults.push(Fault { parameter: "fields", code: "unknown_field", detail });
    }
    names.to_vec()
}
