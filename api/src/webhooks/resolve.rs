//! The collection that a webhook is about, found by its name, and its filter held against it.

use domain::{
    collections::{CollectionName, Shape},
    webhooks::{OfCollection, WebhookFilter},
};

use super::fields::unknown_collection;
use crate::{
    collections::Sight,
    error::{ApiError, ApiResult, FieldError},
    state::AppState,
};

/// The collection of this name, as the log has it now, if the filter fits it.
pub(super) async fn named(
    state: &AppState,
    name: &CollectionName,
    filter: Option<&WebhookFilter>,
) -> ApiResult<OfCollection> {
    match state.collections.find(name).await {
        Ok(found) => {
            check(filter, &found.shape)?;
            Ok(OfCollection { id: found.id, name: found.name })
        }
        Err(ApiError::NotFound) => Err(ApiError::Invalid(vec![unknown_collection()])),
        Err(error) => Err(error),
    }
}

/// Refuses a filter that does not fit a collection that was named earlier.
pub(super) async fn known(state: &AppState, of: &OfCollection, filter: Option<&WebhookFilter>) -> ApiResult<()> {
    let Some(filter) = filter else { return Ok(()) };
    let found = state.collections.by_id(of.id, Sight::Current).await?;
    let found = found.ok_or_else(|| ApiError::Invalid(vec![unknown_collection()]))?;
    check(Some(filter), &found.shape)
}

fn check(filter: Option<&WebhookFilter>, shape: &Shape) -> ApiResult<()> {
    let Some(filter) = filter else { return Ok(()) };
    let error = match shape.filter(filter.as_str()) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    Err(ApiError::Invalid(vec![FieldError::at("/filter", error.problem.code(), error.to_string())]))
}
