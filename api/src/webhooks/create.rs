//! `POST /v1/webhooks`.

use actix_web::{HttpResponse, http::header};
use bootstrap::NetworkGuard;
use domain::{
    collections::CollectionName,
    webhooks::{
        CreateWebhook, Definition, EventSelection, OfCollection, URL_PURPOSE, Webhook, WebhookDescription,
        WebhookFilter, WebhookId, WebhookUrl, create::CreateWebhookRefused,
    },
};
use event_store::{AppendError, ExecuteError, Executed, Execution, SubjectKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    WebhookView,
    fields::{definition_error, parse_collection, parse_description, parse_events, parse_filter, parse_url},
    left, resolve, slots, stream,
    view::new_secret,
};
use crate::{
    answer,
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult},
    extract::{Json, RequestBody},
    middleware::context::RequestContext,
    state::{AppState, State},
};

/// How often another claim is tried because somebody else was faster.
const ATTEMPTS: usize = 20;

/// Where to send what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookRequest {
    /// `https`, without user name, password and fragment.
    #[schema(max_length = 2000, example = "https://example.com/hooks/tidemark")]
    url: String,
    /// Types of events, families such as `record.*`, or `*` for all but those of webhooks.
    #[schema(min_items = 1, max_items = 50, example = json!(["record.*"]))]
    events: Vec<String>,
    /// The collection whose records only are sent; `events` are of records then.
    #[schema(example = "posts")]
    collection: Option<String>,
    /// Which of these records only are sent: a condition in CEL over `record`, as in lists. Needs a `collection`.
    #[schema(max_length = 4096, example = "record.rank > 3")]
    filter: Option<String>,
    /// No personal data belongs here.
    #[serde(default)]
    #[schema(max_length = 200, example = "Tells the shop")]
    description: String,
}

impl RequestBody for CreateWebhookRequest {}

/// The new webhook. Its secret is shown here and never again.
#[derive(Serialize, ToSchema)]
pub struct CreatedWebhook {
    /// What deliveries are signed with, as Standard Webhooks writes it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…")]
    secret: String,
    #[serde(flatten)]
    webhook: WebhookView,
}

/// Create a webhook
///
/// What happens from then on is sent. Whoever reads there sees what happens to everybody, so it needs a recent
/// authentication. There are at most 100. `Idempotency-Key` has no meaning here: the answer holds a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", request_body = CreateWebhookRequest,
    responses((status = 201, description = "The webhook, with its secret", body = CreatedWebhook))
)]
pub async fn create_webhook(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<CreateWebhookRequest>,
) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    let (by, id) = (caller.user_id, WebhookId::from_uuid(Uuid::now_v7()));
    let mut wanted = body.value.parse(&state.network_guard)?;
    let collection = match wanted.collection.take() {
        Some(name) => Some(resolve::named(&state, &name, wanted.filter.as_ref()).await?),
        None => None,
    };
    // Durable before anything is sealed under it.
    let key = state.keys.create(id.as_uuid()).await?;
    let (secret, sealed) = new_secret(&key);
    let definition = wanted.definition(&key, collection)?;
    let command = CreateWebhook { definition, secret: sealed, by, at: state.clock.now() };
    let execution = Execution { metadata: context.metadata(Some(by)), ..Execution::new(Uuid::now_v7()) };
    let done = execute(&state, id, command, execution).await?;
    let found = left(&state, id, &done).await?;
    let webhook = WebhookView::open_with(&found, &key)?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/webhooks/{id}")));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(answer::changed(response, &CreatedWebhook { secret, webhook }, found.version, done.position))
}

/// Takes a claim that is free; another one where somebody else was faster.
async fn execute(
    state: &AppState,
    id: WebhookId,
    command: CreateWebhook,
    execution: Execution,
) -> ApiResult<Executed<Webhook>> {
    for _ in 0..ATTEMPTS {
        let claim = slots::free(state, &stream(id)).await?;
        let execution = Execution { claims: vec![claim], ..execution.clone() };
        match state.events.execute(&stream(id), command.clone(), execution).await {
            Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) => {}
            done => return Ok(done?),
        }
    }
    Err(AppendError::Overloaded.into())
}

/// A request whose every field is valid by itself.
struct Wanted {
    url: WebhookUrl,
    events: EventSelection,
    collection: Option<CollectionName>,
    filter: Option<WebhookFilter>,
    description: WebhookDescription,
}

impl CreateWebhookRequest {
    fn parse(self, guard: &NetworkGuard) -> ApiResult<Wanted> {
        let mut errors = vec![];
        let url = parse_url(&self.url, guard, &mut errors);
        let events = parse_events(&self.events, &mut errors);
        let collection = self.collection.and_then(|name| parse_collection(&name, &mut errors));
        let filter = self.filter.and_then(|text| parse_filter(&text, &mut errors));
        let description = parse_description(&self.description, &mut errors);
        match (url, events, description) {
            (Some(url), Some(events), Some(description)) if errors.is_empty() => {
                Ok(Wanted { url, events, collection, filter, description })
            }
            _ => Err(ApiError::Invalid(errors)),
        }
    }
}

impl Wanted {
    fn definition(self, key: &SubjectKey, collection: Option<OfCollection>) -> ApiResult<Definition> {
        let url = key.seal(URL_PURPOSE, self.url.as_str());
        let definition = Definition::new(url, self.events, collection, self.filter, self.description);
        definition.map_err(|error| ApiError::Invalid(vec![definition_error(error)]))
    }
}

impl From<CreateWebhookRefused> for ApiError {
    fn from(refused: CreateWebhookRefused) -> Self {
        match refused {
            CreateWebhookRefused::AlreadyCreated => Self::Conflict,
        }
    }
}
