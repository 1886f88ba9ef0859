//! A record that a URL names, if the caller may see it.

use domain::collections::Action;
use projections::records::{NAME, queries};

use super::{RecordView, access::Access, stream};
use crate::{
    auth::Caller,
    collections,
    error::{ApiError, ApiResult},
    extract::After,
    state::AppState,
};

/// Finds a record that the collection's rule for `view` lets this caller see; any other is not there.
pub(crate) async fn visible(
    state: &AppState,
    caller: &Caller,
    name: &str,
    id: &str,
    after: After,
) -> ApiResult<RecordView> {
    let (name, id) = (collections::named(name)?, super::named(id)?);
    let collection = state.collections.find(&name).await?;
    let filter = Access::new(caller, state.clock.now()).allow(Action::View, &collection.shape);
    state.reflected(NAME, after.or_parameter(None), &[stream(id).as_str()]).await?;
    let found = queries::find(&mut *state.pool.get().await?, collection.id, id.as_uuid()).await?;
    let view = RecordView::of_row(found.ok_or(ApiError::NotFound)?);
    if filter.matches(&view.seen()) { Ok(view) } else { Err(ApiError::NotFound) }
}
