//! Webhooks: where events are sent to, and what came of that. A worker sends them (workers/src/webhooks).

pub mod change;
pub mod create;
pub mod delete;
pub mod deliveries;
pub mod disable;
pub mod enable;
mod fields;
pub mod list;
mod resolve;
pub mod rotate_secret;
pub mod show;
mod slots;
pub mod test;
mod view;

use actix_web::HttpResponse;
use domain::{
    Aggregate,
    webhooks::{Endpoint, UnknownWebhook, Webhook, WebhookId},
};
use event_store::{Executed, StreamId};
use uuid::Uuid;

pub use view::WebhookView;

use crate::{
    answer,
    error::{ApiError, ApiResult},
    state::AppState,
};

/// The webhook that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<WebhookId> {
    Uuid::try_parse(text).map(WebhookId::from_uuid).map_err(|_| ApiError::NotFound)
}

fn stream(id: WebhookId) -> StreamId {
    StreamId::new(Webhook::CATEGORY, id.as_uuid())
}

/// A webhook that is there, as the log has it now.
struct Found {
    id: WebhookId,
    endpoint: Endpoint,
    version: i64,
}

async fn find(state: &AppState, id: WebhookId) -> ApiResult<Found> {
    let loaded = state.events.load::<Webhook>(&stream(id)).await?;
    let endpoint = loaded.state.endpoint()?.clone();
    Ok(Found { id, endpoint, version: loaded.version })
}

/// The webhook as a command left it, or as it is by now when the command was a repeat.
async fn left(state: &AppState, id: WebhookId, done: &Executed<Webhook>) -> ApiResult<Found> {
    match &done.state {
        Some(webhook) => Ok(Found { id, endpoint: webhook.endpoint()?.clone(), version: done.version }),
        None => find(state, id).await,
    }
}

async fn answer_changed(state: &AppState, id: WebhookId, done: &Executed<Webhook>) -> ApiResult<HttpResponse> {
    let found = left(state, id, done).await?;
    let view = WebhookView::open(&found, &state.keys).await?;
    let position = done.position.unwrap_or_else(|| state.events.head().position());
    Ok(answer::changed(HttpResponse::Ok(), &view, found.version, Some(position)))
}

/// What is asked for is going to be done, by a worker.
fn accepted(done: &Executed<Webhook>) -> HttpResponse {
    let mut response = HttpResponse::Accepted();
    if let Some(position) = done.position {
        response.insert_header((answer::POSITION, position));
    }
    response.json(view::Requested::new())
}

impl From<UnknownWebhook> for ApiError {
    fn from(UnknownWebhook: UnknownWebhook) -> Self {
        Self::NotFound
    }
}
