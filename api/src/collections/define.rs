//! `POST /v1/collections`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::header};
use chrono::{DateTime, Utc};
use domain::collections::{
    Collection, CollectionId, CollectionName, Data, DefineCollection, Definition, Finding, Index, Retention,
    define::DefineCollectionRefused, name::InvalidCollectionName,
};
use event_store::{AppendError, ExecuteError, Executed, Execution};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ATTEMPTS, CollectionView, answer_changed,
    fields::{HistoryRetention, IndexKeys, RulesRequest, parse_description, parse_language},
    name_claim, relation_claims,
    relations::{self, RelationRequest, Resolved},
    stream,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::{Requester, made},
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/collections";

/// The collection to define.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineCollectionRequest {
    #[schema(pattern = "^[a-z][a-z0-9_]{0,62}$", example = "posts")]
    name: String,
    /// No personal data belongs here.
    #[serde(default)]
    #[schema(max_length = 500, example = "What is written")]
    description: String,
    /// JSON Schema 2020-12 of a record: an object with `properties`. Other members than these are refused, so
    /// `additionalProperties` can be left out, or be `false`. References lead to places in the schema itself.
    #[schema(value_type = Object, example = json!({
        "type": "object", "required": ["title"],
        "properties": {"title": {"type": "string", "maxLength": 200}, "slug": {"type": "string"}},
    }))]
    schema: Data,
    /// Fields of which no two records have the same value: strings, integers, timestamps, ids.
    #[serde(default)]
    #[schema(max_items = 16, example = json!(["slug"]))]
    unique: Vec<String>,
    /// By field: the collection to whose records its ids refer. Fields of strings with `"format": "uuid"`, or of arrays
    /// of them.
    #[serde(default)]
    #[schema(example = json!({"author": {"collection": "people", "on_delete": "restrict"}}))]
    relations: BTreeMap<String, RelationRequest>,
    #[serde(default)]
    rules: RulesRequest,
    /// Without it, all of the history of records is shown.
    #[serde(default)]
    history: Option<HistoryRetention>,
    /// Indexes for filters and sorting. They are made in the background.
    #[serde(default)]
    #[schema(max_items = 16)]
    indexed: Vec<IndexKeys>,
    /// Fields of texts for `search`, those first whose words count most.
    #[serde(default)]
    #[schema(max_items = 16, example = json!(["title"]))]
    searchable: Vec<String>,
    /// Of these texts; `simple` takes words as they are.
    #[schema(example = "english")]
    language: Option<String>,
}

impl RequestBody for DefineCollectionRequest {}

/// Define a collection
#[utoipa::path(
    post, path = "/v1/collections", tag = "collections", request_body = DefineCollectionRequest,
    params(("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not")),
    responses((status = 201, description = "The collection", body = CollectionView))
)]
pub async fn define_collection(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    body: Json<DefineCollectionRequest>,
) -> ApiResult<HttpResponse> {
    let user = caller.user_id;
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &body.bytes)?;
    let (mut body, id) = (body.value, Uuid::now_v7());
    let relations = std::mem::take(&mut body.relations);
    let command = body.parse(state.clock.now())?;
    let (name, itself) = (command.name.clone(), CollectionId::from_uuid(id));
    let execution = begun.execution_making(context.metadata(Some(user)), id)?;
    let done = execute(&state, itself, &command, &relations, &execution).await?;
    let id = CollectionId::from_uuid(made(done.replay.as_ref(), id)?);
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/collections/{name}")));
    answer_changed(&state, id, done, response).await
}

/// Executes the command, again when a collection to which a relation leads was changed meanwhile.
async fn execute(
    state: &State,
    id: CollectionId,
    command: &DefineCollection,
    relations: &BTreeMap<String, RelationRequest>,
    execution: &Execution,
) -> ApiResult<Executed<Collection>> {
    let (stream, itself) = (stream(id), (id, command.name.clone()));
    for _ in 0..ATTEMPTS {
        let Resolved { relations, rests_on } = relations::resolve(&state.collections, &itself, relations).await?;
        let mut claims = relation_claims::between(id, &BTreeMap::new(), &relations);
        claims.push(name_claim::take(&command.name, &stream));
        let execution = Execution { claims, unchanged: rests_on, ..execution.clone() };
        let mut command = command.clone();
        command.definition.relations = relations;
        match state.events.execute(&stream, command, execution).await {
            Err(ExecuteError::Append(AppendError::ClaimTaken { .. })) => return Err(ApiError::CollectionExists),
            Err(ExecuteError::Append(AppendError::Conflict { .. })) => {}
            done => return Ok(done?),
        }
    }
    Err(AppendError::Overloaded.into())
}

impl DefineCollectionRequest {
    fn parse(self, at: DateTime<Utc>) -> ApiResult<DefineCollection> {
        let mut errors = vec![];
        let name_error = |error: InvalidCollectionName| FieldError::at("/name", "malformed", error.to_string());
        let name = CollectionName::parse(&self.name).map_err(|error| errors.push(name_error(error))).ok();
        let description = parse_description(&self.description, &mut errors);
        let language = parse_language(self.language.as_deref(), &mut errors);
        match (name, description, language) {
            (Some(name), Some(description), Some(language)) => {
                let (schema, unique, rules) = (self.schema, self.unique, self.rules.into());
                let history = self.history.map(Retention::from);
                let indexed = self.indexed.into_iter().map(Index::from).collect();
                let finding = Finding::new(indexed, self.searchable, language);
                let relations = BTreeMap::new();
                let definition = Definition { description, schema, unique, relations, rules, history, finding };
                Ok(DefineCollection { name, definition: definition.normalised(), at })
            }
            _ => Err(ApiError::Invalid(errors)),
        }
    }
}

impl From<DefineCollectionRefused> for ApiError {
    fn from(refused: DefineCollectionRefused) -> Self {
        match refused {
            DefineCollectionRefused::AlreadyDefined => Self::Conflict,
            DefineCollectionRefused::Invalid(problems) => {
                Self::Invalid(problems.into_iter().map(FieldError::from).collect())
            }
        }
    }
}
