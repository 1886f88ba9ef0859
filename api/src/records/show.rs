//! `GET /v1/collections/{name}/records/{id}`.

use actix_web::{HttpResponse, web};
use domain::collections::Action;
use projections::records::{NAME, show};

use super::{RecordView, access::Access, record_text, stream};
use crate::{
    answer,
    auth::Caller,
    collections,
    error::{ApiError, ApiResult, SHORTLY},
    extract::{After, IfNoneMatch, Query},
    state::State,
};

/// How often a record is read again because its collection has changed meanwhile.
const ATTEMPTS: usize = 4;

/// Show a record
///
/// One for which the collection's rule for `view` does not hold is not there.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records/{id}", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
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
    query.finish()?;
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let access = Access::new(&caller, state.clock.now());
    let position = state.reflected(NAME, after, &[stream(id).as_str()]).await?;
    let mut collection = state.collections.recent(&name).await?;
    for _ in 0..ATTEMPTS {
        let visible = access.allow(Action::View, &collection.shape);
        let shown = show::show(&mut *state.pool.get().await?, collection.id, id.as_uuid(), &visible).await?;
        // Otherwise it was asked for under rules of before.
        if shown.collection_version == Some(collection.version) {
            let (record, last) = shown.record.ok_or(ApiError::NotFound)?;
            return answer::resource_text(record.version, position.max(last), &cached, |out| {
                record_text::write(out, &record)
            });
        }
        collection = state.collections.find(&name).await?;
    }
    Err(ApiError::Overloaded { retry_after: SHORTLY })
}
