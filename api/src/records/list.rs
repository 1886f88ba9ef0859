//! `GET /v1/collections/{name}/records`.

use actix_web::{HttpResponse, web};
use utoipa::ToSchema;

use super::{RecordView, list_page, list_query::ListQuery};
use crate::{
    auth::Caller,
    collections::named,
    error::{ApiResult, Problem},
    extract::{After, IfNoneMatch, Query},
    state::State,
};

/// A page of records.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document: pages are written from the text that the database has")]
pub struct RecordPage {
    items: Vec<RecordView>,
    /// For the next page; `null` on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// Where `total=exact` asks for it; `null` when counting took longer than a second.
    total: Option<i64>,
}

/// List records
///
/// Those for which the collection's rule for `list` holds, and `filter` too. The newest comes first, or what `search` finds
/// best, unless `sort` says otherwise.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("filter" = Option<String>, Query, description = "A condition in CEL, such as `record.status == \"open\"`", max_length = 4096),
        ("search" = Option<String>, Query, description = "Words in the searchable fields, \"phrases in quotes\", `or` between words, `-` before what must not be there", max_length = 500),
        ("sort" = Option<String>, Query, description = "Up to four fields, `-` before those whose values fall, such as `-rank,created_at`; `-created_at` by default"),
        ("fields" = Option<String>, Query, description = "Members that the records are shown with, such as `title,rank`; `id` always is"),
        ("expand" = Option<String>, Query, description = "Up to ten relations whose records come too, in the member `expand`, as far as the caller may view them; after a dot those of their records, such as `author,post.author`"),
        ("total" = Option<String>, Query, description = "`exact` counts what the list has in all", pattern = "^exact$"),
        ("limit" = Option<i64>, Query, description = "Records in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 24, description = "`next_cursor` of the page before, which had the same other parameters"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses(
        (status = 200, description = "A page of records", body = RecordPage),
        (status = 304, description = "The caller has this page"),
        (status = 422, description = "The list takes too long", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_records(
    state: State,
    caller: Caller,
    name: web::Path<String>,
    after: After,
    cached: IfNoneMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let wanted = ListQuery::take(&mut query);
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    list_page::answer(&state, &caller, &named(&name)?, &wanted, (after, Some(&cached))).await
}
