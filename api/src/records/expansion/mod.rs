//! `expand`: with a record come those to which it refers, as far as the caller may view them.

mod load;
mod paths;

pub(super) use load::Expanded;
pub(super) use paths::Paths;

use domain::collections::{RelationField, Shape};

use super::list_query::Fault;
use crate::{
    collections::Found,
    error::{ApiError, ApiResult, FieldError},
    state::AppState,
};

/// How well the rules of other collections are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// As of a second ago, which a query finds out about.
    Lately,
    /// Of now, after a query has found out.
    Anew,
}

/// The relations that are followed from the records of one collection.
#[derive(Debug, Default)]
pub(super) struct Expansion(Vec<Branch>);

#[derive(Debug)]
struct Branch {
    field: RelationField,
    target: Found,
    inner: Expansion,
}

impl Expansion {
    /// The relations that paths name; what is none is told.
    pub(super) async fn of(
        paths: &Paths,
        shape: &Shape,
        (state, rules): (&AppState, Rules),
    ) -> ApiResult<Result<Self, Vec<Fault>>> {
        let mut faults = vec![];
        let expansion = Box::pin(Self::follow(paths, shape, (state, rules), &mut faults)).await?;
        Ok(if faults.is_empty() { Ok(expansion) } else { Err(faults) })
    }

    async fn follow(
        paths: &Paths,
        shape: &Shape,
        (state, rules): (&AppState, Rules),
        faults: &mut Vec<Fault>,
    ) -> ApiResult<Self> {
        let mut branches = vec![];
        for (name, inner) in paths.branches() {
            let Some(field) = shape.relations().iter().find(|field| field.name == name) else {
                let shown: String = name.chars().take(64).collect();
                let detail = format!("{shown} is no relation");
                faults.push(Fault { parameter: "expand", code: "not_a_relation", detail });
                continue;
            };
            let target = match rules {
                Rules::Lately => state.collections.lately(&field.collection).await?,
                Rules::Anew => state.collections.read(&field.collection, None).await?,
            };
            let inner = Box::pin(Self::follow(inner, &target.shape, (state, rules), faults)).await?;
            branches.push(Branch { field: field.clone(), target, inner });
        }
        Ok(Self(branches))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What answers where the parameter names what is no relation.
pub(super) fn refused(faults: Vec<Fault>) -> ApiError {
    let errors = faults.into_iter().map(|fault| FieldError::parameter(fault.parameter, fault.code, fault.detail));
    ApiError::BadRequest(errors.collect())
}
