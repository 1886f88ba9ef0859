//! `GET /v1/collections/{name}/records/{id}`.

use actix_web::{HttpResponse, web};
use domain::collections::Action;
use projections::records::{NAME, queries};

use super::{
    RecordView,
    access::Access,
    history::{self, Moment},
    stream,
};
use crate::{
    answer,
    auth::Caller,
    collections,
    error::{ApiError, ApiResult},
    extract::{After, IfNoneMatch, Query},
    state::State,
};

/// Show a record
///
/// One for which the collection's rule for `view` does not hold is not there. With `at` it is shown as it was, if it was not
/// deleted then, as far as the collection shows history; the rule has to hold for that, and for the record as it is, or was
/// last.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records/{id}", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("at" = Option<String>, Query, description = "As it was then: a version, or a time (RFC 3339)", example = "2026-11-25T18:29:26Z"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The record", body = RecordView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_record(
    state: State,
    caller: Caller,
    path: web::Path<(String, String)>,
    after: After,
    cached: IfNoneMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    let moment = query.parsed("at", "malformed", Moment::parse);
    query.finish()?;
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let collection = state.collections.find(&name).await?;
    let access = Access::new(&caller, state.clock.now());
    if let Some(moment) = moment {
        return history::show_at(&state, access, &collection, id, moment, &cached).await;
    }
    let visible = access.allow(Action::View, &collection.shape);
    let position = state.reflected(NAME, after, &[stream(id).as_str()]).await?;
    let found = queries::find(&mut *state.pool.get().await?, collection.id, id.as_uuid()).await?;
    let row = found.ok_or(ApiError::NotFound)?;
    let position = position.max(row.position);
    let view = RecordView::of_row(row);
    if !visible.matches(&view.seen()) {
        return Err(ApiError::NotFound);
    }
    Ok(answer::resource(&view, view.version, position, &cached))
}
