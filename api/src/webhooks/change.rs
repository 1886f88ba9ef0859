//! `PATCH /v1/webhooks/{id}`.

use actix_web::{HttpResponse, web};
use bootstrap::NetworkGuard;
use domain::{
    collections::CollectionName,
    webhooks::{
        ChangeWebhook, Definition, EventSelection, URL_PURPOSE, UnknownWebhook, Webhook, WebhookDescription,
        WebhookFilter, WebhookId, WebhookUrl,
    },
};
use event_store::{AppendError, ExecuteError, Executed, Execution};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    WebhookView, answer_changed,
    fields::{definition_error, parse_collection, parse_description, parse_events, parse_filter, parse_url},
    find, named, resolve, stream,
};
use crate::{
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json, RequestBody, present},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::{AppState, State},
};

const ROUTE: &str = "PATCH /v1/webhooks/{id}";
/// How often a change is planned anew because somebody else was faster.
const ATTEMPTS: usize = 20;

/// A JSON Merge Patch (RFC 7396): absent members stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWebhookRequest {
    /// Cannot be removed.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, max_length = 2000, example = "https://example.com/hooks/tidemark")]
    url: Option<Option<String>>,
    /// All that is sent from now on. Cannot be removed.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, required = false, min_items = 1, max_items = 50, example = json!(["record.*"]))]
    events: Option<Option<Vec<String>>>,
    /// `null`: of all collections. A filter has to be removed with it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "posts")]
    collection: Option<Option<String>>,
    /// `null`: all records of the collection.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096, example = "record.rank > 3")]
    filter: Option<Option<String>>,
    /// `null` empties it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 200, example = "Tells the shop")]
    description: Option<Option<String>>,
}

impl RequestBody for ChangeWebhookRequest {
    const CONTENT_TYPES: &'static [&'static str] = &["application/merge-patch+json", "application/json"];
}

/// Change a webhook
///
/// What happens from then on is sent as it says; what happened before, and is still on its way, goes to the new address. Whoever
/// changes more than the description says who sees what happens to everybody, so that needs a recent authentication.
#[utoipa::path(
    patch, path = "/v1/webhooks/{id}", tag = "webhooks",
    request_body(content((ChangeWebhookRequest = "application/merge-patch+json"), (ChangeWebhookRequest = "application/json"))),
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The webhook as it is now", body = WebhookView))
)]
pub async fn change_webhook(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    seen: IfMatch,
    body: Json<ChangeWebhookRequest>,
) -> ApiResult<HttpResponse> {
    let (user, id) = (caller.user_id, named(&id)?);
    let fingerprint = [id.as_uuid().as_bytes(), &body.bytes[..]].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let patch = body.value.parse(&state.network_guard)?;
    if patch.says_who_sees_what() {
        require_recent(&state, &caller).await?;
    }
    let execution = begun.execution(context.metadata(Some(user)), 200)?;
    let done = execute(&state, id, seen, &patch, &execution).await?;
    answer_changed(&state, id, &done).await
}

/// Changes the webhook as it is, again when that was changed meanwhile.
async fn execute(
    state: &AppState,
    id: WebhookId,
    seen: IfMatch,
    patch: &Patch,
    execution: &Execution,
) -> ApiResult<Executed<Webhook>> {
    for _ in 0..ATTEMPTS {
        let found = find(state, id).await?;
        let definition = patch.applied(state, id, found.endpoint.definition).await?;
        let execution = Execution { expected: seen.0.or(Some(found.version)), ..execution.clone() };
        let command = ChangeWebhook { definition, at: state.clock.now() };
        match state.events.execute(&stream(id), command, execution).await {
            Err(ExecuteError::<UnknownWebhook>::VersionMismatch { .. }) if seen.0.is_none() => {}
            done => return Ok(done?),
        }
    }
    Err(AppendError::Overloaded.into())
}

/// What is to be another way than it is; `None` stays.
struct Patch {
    url: Option<WebhookUrl>,
    events: Option<EventSelection>,
    collection: Option<Option<CollectionName>>,
    filter: Option<Option<WebhookFilter>>,
    description: Option<WebhookDescription>,
}

impl ChangeWebhookRequest {
    fn parse(self, guard: &NetworkGuard) -> ApiResult<Patch> {
        let mut errors = vec![];
        let url = given(self.url, "/url", "must be a string", &mut errors);
        let url = url.and_then(|text| parse_url(&text, guard, &mut errors));
        let events = given(self.events, "/events", "must be an array", &mut errors);
        let events = events.and_then(|entries| parse_events(&entries, &mut errors));
        let collection = self.collection.map(|name| name.and_then(|name| parse_collection(&name, &mut errors)));
        let filter = self.filter.map(|text| text.and_then(|text| parse_filter(&text, &mut errors)));
        let description = self.description.map(Option::unwrap_or_default);
        let description = description.and_then(|text| parse_description(&text, &mut errors));
        if !errors.is_empty() {
            return Err(ApiError::Invalid(errors));
        }
        Ok(Patch { url, events, collection, filter, description })
    }
}

/// A member that cannot be removed.
fn given<T>(
    member: Option<Option<T>>,
    pointer: &'static str,
    detail: &'static str,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    if let Some(None) = member {
        errors.push(FieldError::at(pointer, "wrong_type", detail));
    }
    member.flatten()
}

impl Patch {
    /// Whether others may be told, or told of something else, than whoever has made the webhook meant.
    fn says_who_sees_what(&self) -> bool {
        self.url.is_some() || self.events.is_some() || self.collection.is_some() || self.filter.is_some()
    }

    async fn applied(&self, state: &AppState, id: WebhookId, before: Definition) -> ApiResult<Definition> {
        // An address that is there keeps its ciphertext, which no decision could tell from another's.
        let url = match &self.url {
            Some(url) => {
                let key = state.keys.get(id.as_uuid()).await?;
                let is_same = key.open(URL_PURPOSE, &before.url)? == url.as_str();
                if is_same { before.url } else { key.seal(URL_PURPOSE, url.as_str()) }
            }
            None => before.url,
        };
        let filter = self.filter.clone().unwrap_or(before.filter);
        let collection = match (&self.collection, before.collection) {
            (Some(Some(name)), _) => Some(resolve::named(state, name, filter.as_ref()).await?),
            (Some(None), _) => None,
            (None, Some(of)) if self.filter.is_some() => {
                resolve::known(state, &of, filter.as_ref()).await?;
                Some(of)
            }
            (None, before) => before,
        };
        let events = self.events.clone().unwrap_or(before.events);
        let description = self.description.clone().unwrap_or(before.description);
        let definition = Definition::new(url, events, collection, filter, description);
        definition.map_err(|error| ApiError::Invalid(vec![definition_error(error)]))
    }
}
