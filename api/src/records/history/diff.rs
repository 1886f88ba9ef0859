//! `GET /v1/collections/{name}/records/{id}/history/diff`.

use actix_web::{HttpResponse, web};
use domain::{
    collections::Data,
    records::{Difference, difference},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Moment, Past, RecordView};
use crate::{
    auth::Caller,
    collections,
    error::{ApiError, ApiResult, FieldError},
    extract::Query,
    records::{self, Access},
    state::State,
};

/// What is different between two versions.
#[derive(Serialize, ToSchema)]
pub struct DiffView {
    from: i64,
    to: i64,
    /// A JSON Merge Patch (RFC 7396) that leads from the one to the other. A field that became `null` looks like one that is
    /// gone; `changed` has both.
    #[schema(value_type = Object, example = json!({"title": "B", "rank": null}))]
    patch: Data,
    /// JSON Pointers of the places that are different.
    #[schema(example = json!(["/rank", "/title"]))]
    changed: Vec<String>,
}

/// Compare two versions of a record
///
/// Both have to be shown to the caller: see the list of versions.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records/{id}/history/diff", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("from" = i64, Query, description = "A version", minimum = 1),
        ("to" = i64, Query, description = "Another one, older or newer", minimum = 1),
    ),
    responses((status = 200, description = "The difference", body = DiffView))
)]
pub async fn diff_versions(
    state: State,
    caller: Caller,
    path: web::Path<(String, String)>,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let (from, to) = (required(&mut query, "from"), required(&mut query, "to"));
    query.finish()?;
    let (name, id) = (collections::named(&path.0)?, records::named(&path.1)?);
    let collection = state.collections.find(&name).await?;
    let past = Past::open(&state, Access::new(&caller, state.clock.now()), &collection, id).await?;
    let (before, after) = (shown(&past, "from", from).await?, shown(&past, "to", to).await?);
    let Difference { patch, changed } = difference(&before.fields, &after.fields);
    Ok(HttpResponse::Ok().json(DiffView { from, to, patch, changed }))
}

fn required(query: &mut Query, name: &'static str) -> i64 {
    let text = query.text(name).unwrap_or_default();
    let version = text.parse().ok().filter(|version| *version >= 1);
    version.unwrap_or_else(|| {
        query.refuse(name, "malformed", "must be a version".to_owned());
        0
    })
}

async fn shown(past: &Past<'_>, parameter: &str, version: i64) -> ApiResult<RecordView> {
    let unknown = || {
        let detail = "is no version that is shown, or one in which the record was deleted";
        ApiError::BadRequest(vec![FieldError::parameter(parameter, "unknown_version", detail)])
    };
    past.at(Moment::Version(version)).await?.ok_or_else(unknown)
}
