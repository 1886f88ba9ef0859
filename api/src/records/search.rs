//! `POST /v1/collections/{name}/records/search`.

use actix_web::{HttpResponse, web};

use super::{
    list::RecordPage,
    list_page,
    list_query::{ListQuery, RecordSearch},
};
use crate::{
    auth::Caller,
    collections::named,
    error::ApiResult,
    extract::{After, Json, Query},
    state::State,
};

/// Search records
///
/// The list of records, asked for by a body instead of parameters. It changes nothing.
#[utoipa::path(
    post, path = "/v1/collections/{name}/records/search", tag = "records", request_body = RecordSearch,
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of records", body = RecordPage))
)]
pub async fn search_records(
    state: State,
    caller: Caller,
    name: web::Path<String>,
    after: After,
    mut query: Query,
    body: Json<RecordSearch>,
) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let wanted = ListQuery::of_body(body.value)?;
    list_page::answer(&state, &caller, &named(&name)?, &wanted, (after, None)).await
}
