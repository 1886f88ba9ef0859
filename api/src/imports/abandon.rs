//! `DELETE /v1/imports/{id}`.

use actix_web::{HttpResponse, web};
use domain::imports::{AbandonImport, Abandonment};
use event_store::Execution;
use uuid::Uuid;

use super::{find, named, slots, stream};
use crate::{
    answer, auth::Caller, error::ApiResult, extract::Query, middleware::context::RequestContext, state::State,
};

/// Give up an import
///
/// The records that it has made stay; the rest of the content is not taken any more.
#[utoipa::path(
    delete, path = "/v1/imports/{id}", tag = "imports",
    params(("id" = Uuid, Path, description = "The import's id")),
    responses(
        (status = 204, description = "Nothing more comes of it"),
        (status = 409, description = "It is finished", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn abandon_import(
    state: State,
    caller: Caller,
    context: RequestContext,
    id: web::Path<String>,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let id = named(&id)?;
    find(&state, &caller, id).await?;
    let (claims, metadata) = (slots::releases(&state, &stream(id)).await?, context.metadata(Some(caller.user_id)));
    let execution = Execution { claims, metadata, ..Execution::new(Uuid::now_v7()) };
    let command = AbandonImport { why: Abandonment::Asked, at: state.clock.now() };
    let done = state.events.execute(&stream(id), command, execution).await?;
    Ok(answer::done(done.position))
}
