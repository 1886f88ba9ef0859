//! A record that a URL names, if the caller may see it.

use domain::collections::Action;
use projections::records::{NAME, queries};

use super::{RecordView, access::Access, stream};
use crate::{
    auth::Caller,
    collections,
    error::{ApiError, ApiResult, SHORTLY},
    extract::After,
    state::AppState,
};

/// How often a record is read again because its collection has changed meanwhile.
const ATTEMPTS: usize = 4;

/// Finds a record that the collection's rule for `view` lets this caller see; any other is not there.
pub(crate) async fn visible(
    state: &AppState,
    caller: &Caller,
    name: &str,
    id: &str,
    after: After,
) -> ApiResult<RecordView> {
    let (name, id) = (collections::named(name)?, super::named(id)?);
    state.reflected(NAME, after.or_parameter(None), &[stream(id).as_str()]).await?;
    let mut told = None;
    for _ in 0..ATTEMPTS {
        let collection = state.collections.read(&name, told).await?;
        let found = queries::find(&mut *state.pool.get().await?, collection.id, id.as_uuid()).await?;
        let row = found.ok_or(ApiError::NotFound)?;
        if row.generation == collection.shape.generation() {
            let filter = Access::new(caller, state.clock.now()).allow(Action::View, &collection.shape);
            let view = RecordView::of_row(row);
            return if filter.matches(&view.seen()) { Ok(view) } else { Err(ApiError::NotFound) };
        }
        told = Some(row.generation);
    }
    Err(ApiError::Overloaded { retry_after: SHORTLY })
}
