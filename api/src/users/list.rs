//! `GET /v1/users`.

use actix_web::{HttpResponse, http::header};
use bootstrap::db::Connection;
use domain::{expressions::Request, users::Email};
use projections::users::{NAME, UserRow, queries};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{UserView, list_query::ListQuery};
use crate::{
    answer::POSITION,
    auth::Caller,
    error::ApiResult,
    extract::{After, Query},
    state::{AppState, State},
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page of users.
#[derive(Serialize, ToSchema)]
pub struct UserPage {
    items: Vec<UserView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List users
///
/// Needs `users:read:all`. The newest comes first, unless `sort` says otherwise.
#[utoipa::path(
    get, path = "/v1/users", tag = "users",
    params(
        ("status" = Option<String>, Query, description = "Only those who are", pattern = "^(active|suspended)$"),
        ("role" = Option<String>, Query, description = "Only those who have this role", pattern = "^[a-z][a-z0-9_-]{0,39}$"),
        ("search" = Option<String>, Query, description = "Only the one with this e-mail address; parts of it find nothing", max_length = 254),
        ("filter" = Option<String>, Query, max_length = 4096, example = "record.status == \"active\" && record.created_at > now - duration(\"24h\")", description = "A condition in CEL over `id`, `status`, `locale`, `email_verified`, `totp`, `version`, `created_at` and `updated_at`: see docs/expressions.md"),
        ("sort" = Option<String>, Query, description = "By the time of registration; `-created_at` by default", pattern = "^-?created_at$"),
        ("limit" = Option<i64>, Query, description = "Users in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 32, description = "`next_cursor` of the page before, which had the same other parameters"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of users", body = UserPage))
)]
pub async fn list(state: State, caller: Caller, after: After, mut query: Query) -> ApiResult<HttpResponse> {
    let wanted = ListQuery::take(&mut query);
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let (canonical, bound) = (wanted.canonical(), format!("users {}", wanted.canonical()));
    let last: Option<Uuid> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let now = state.clock.now();
    let request = Request { user_id: Some(caller.user_id.as_uuid()), user_roles: caller.roles(), now };
    // One more than asked for tells whether there is another page.
    let find = async |conn: &mut Connection| find(&state, conn, &wanted, &request, last, limit + 1).await;
    let (mut rows, position) = state.read(NAME, (after, &[]), find).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.id).filter(|_| more);
    let next_cursor = last.map(|id| state.cursors.write(&bound, &id)).transpose()?;
    let mut items = UserView::open_all(rows, &state.keys).await?;
    if let Some(searched) = &wanted.search {
        items.retain(|view| has_address(view, searched));
    }

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let filter = if canonical.is_empty() { canonical } else { canonical + "&" };
        let next = format!("</v1/users?{filter}limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(UserPage { items, next_cursor }))
}

async fn find(
    state: &AppState,
    conn: &mut Connection,
    wanted: &ListQuery,
    request: &Request<'_>,
    last: Option<Uuid>,
    limit: i64,
) -> ApiResult<Vec<UserRow>> {
    let ListQuery { status, role, search, filter, order } = wanted;
    let condition = filter.as_ref().map(|written| written.expression.bind(request));
    let mut filter = queries::Filter { id: None, status: *status, role: role.clone(), condition };
    if let Some(email) = search {
        // Addresses are sealed: only whose an address is can be asked for, by its blind index.
        let Some(owner) = state.email_claims.owner(&state.events, email).await? else { return Ok(vec![]) };
        filter.id = Some(owner.id());
    }
    Ok(queries::list(conn, &filter, *order, last, limit).await?)
}

/// Former addresses are claimed as long as there is a way back to them, but do not lead to the user any more.
fn has_address(view: &UserView, searched: &Email) -> bool {
    Email::parse(&view.email).is_ok_and(|email| email.canonical() == searched.canonical())
}
