//! `PATCH /v1/collections/{name}`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::collections::{
    ChangeCollection, ChangeId, Collection, CollectionId, Data, DefinitionPatch, FieldProblem, FindingPatch, Index,
    MOST_CONVERSIONS, ProposeChange, RelationsPatch, Retention, Upcasts, change::ChangeCollectionRefused,
    propose::ProposeChangeRefused,
};
use event_store::{AppendError, ExecuteError, Executed, Execution};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ATTEMPTS, ChangeView, CollectionView, answer_changed, change_view,
    fields::{HistoryRetention, IndexKeys, RulesPatchRequest, parse_description, parse_language},
    named, relation_claims,
    relations::{self, RelationPatchRequest, Resolved},
    stream,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json, RequestBody, present},
    idempotency::{Requester, answered},
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PATCH /v1/collections/{name}";
/// The status where records need not be looked at, and where they have to be.
const AT_ONCE: u16 = 200;
const LATER: u16 = 202;

/// A JSON Merge Patch (RFC 7396): absent members stay as they are, also those of the schema and of the rules.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCollectionRequest {
    /// `null` empties it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    description: Option<Option<String>>,
    /// Fields may be added that no record has to have, and fewer may be required.
    #[serde(default)]
    #[schema(value_type = Object, required = false, example = json!({"properties": {"subtitle": {"type": "string"}}}))]
    schema: Option<Data>,
    /// All of them; fields that are new may become unique.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 16)]
    unique: Option<Vec<String>>,
    /// By field; `null` ends the relation. Fields that are new may become relations, others keep their collection.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, RelationPatchRequest>, example = json!({"author": {"on_delete": "cascade"}, "editor": null}))]
    relations: BTreeMap<String, Option<RelationPatchRequest>>,
    #[serde(default)]
    rules: RulesPatchRequest,
    /// `null` shows all of it again.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<HistoryRetention>)]
    history: Option<Option<HistoryRetention>>,
    /// All of them.
    #[serde(default)]
    #[schema(value_type = Vec<IndexKeys>, required = false, max_items = 16)]
    indexed: Option<Vec<IndexKeys>>,
    /// All of them.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 16)]
    searchable: Option<Vec<String>>,
    /// `null` is `simple`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// For a change to which records may not keep as they are: by field of the definition that is to be, its value as an
    /// expression in CEL over `record`, which is the record as it was. `null` leaves the field out.
    #[serde(default)]
    #[schema(example = json!({"rank": "int(record.rank)", "name": null}))]
    upcast: Upcasts,
}

impl RequestBody for ChangeCollectionRequest {
    const CONTENT_TYPES: &'static [&'static str] = &["application/merge-patch+json", "application/json"];
}

/// Change a collection
///
/// In ways that leave every record valid that there is: at once. Any other change is accepted (202), and made once all records
/// were looked at and are valid under it, as they are or as `upcast` makes them; `GET /v1/collections/{name}/change` tells.
#[utoipa::path(
    patch, path = "/v1/collections/{name}", tag = "collections",
    request_body(content((ChangeCollectionRequest = "application/merge-patch+json"), (ChangeCollectionRequest = "application/json"))),
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses(
        (status = 200, description = "The collection as it is now", body = CollectionView),
        (status = 202, description = "The change, for which records are being looked at", body = ChangeView),
    )
)]
pub async fn change_collection(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    name: web::Path<String>,
    seen: IfMatch,
    body: Json<ChangeCollectionRequest>,
) -> ApiResult<HttpResponse> {
    let (user, name) = (caller.user_id, named(&name)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let mut body = body.value;
    let (relations, upcasts) = (std::mem::take(&mut body.relations), std::mem::take(&mut body.upcast));
    let ChangeCollection { patch, at } = body.parse(state.clock.now())?;
    let propose = ProposeChange { change: ChangeId::from_uuid(Uuid::now_v7()), patch, upcasts, at };
    let id = state.collections.id_of(&name).await?;
    let metadata = || context.metadata(Some(user));
    let executions = [begun.execution(metadata(), AT_ONCE)?, begun.execution(metadata(), LATER)?];
    let (done, status) = execute(&state, id, seen, &propose, &relations, &executions).await?;
    match answered(done.replay.as_ref(), status)? {
        LATER => change_view::answer(&state, id, &name, true).await,
        _ => answer_changed(&state, id, done, HttpResponse::Ok()).await,
    }
}

/// Changes the collection as it is, or proposes to, again when that or a collection to which a relation leads was changed
/// meanwhile: which relations begin and end depends on it, and whether records have to be looked at. Says which it was.
async fn execute(
    state: &State,
    id: CollectionId,
    seen: IfMatch,
    command: &ProposeChange,
    relations: &BTreeMap<String, Option<RelationPatchRequest>>,
    [at_once, later]: &[Execution; 2],
) -> ApiResult<(Executed<Collection>, u16)> {
    let stream = stream(id);
    for _ in 0..ATTEMPTS {
        let Resolved { relations, rests_on } = relations::resolve_patch(&state.collections, id, relations).await?;
        let mut command = command.clone();
        command.patch.relations = relations;
        let loaded = state.events.load::<Collection>(&stream).await?;
        let before = loaded.state.defined().map(|defined| defined.definition.clone()).unwrap_or_default();
        let after = before.clone().patched(command.patch.clone());
        // What cannot be patched is refused by the decision.
        let is_compatible = command.upcasts.is_empty() && after.as_ref().map_or(true, |after| before.leads_to(after));
        let after = after.map(|after| after.relations).unwrap_or_default();
        let expected = seen.0.or(Some(loaded.version));
        let done = if is_compatible {
            let claims = relation_claims::between(id, &before.relations, &after);
            let execution = Execution { expected, claims, unchanged: rests_on, ..at_once.clone() };
            let command = ChangeCollection { patch: command.patch, at: command.at };
            again(state.events.execute(&stream, command, execution).await, seen)?.map(|done| (done, AT_ONCE))
        } else {
            let execution = Execution { expected, unchanged: rests_on, ..later.clone() };
            again(state.events.execute(&stream, command, execution).await, seen)?.map(|done| (done, LATER))
        };
        if let Some(done) = done {
            return Ok(done);
        }
    }
    Err(AppendError::Overloaded.into())
}

/// What was done; `None` when it has to be decided anew.
fn again<R: Into<ApiError>>(
    done: Result<Executed<Collection>, ExecuteError<R>>,
    seen: IfMatch,
) -> ApiResult<Option<Executed<Collection>>>
where
    ApiError: From<ExecuteError<R>>,
{
    match done {
        Err(ExecuteError::VersionMismatch { .. }) if seen.0.is_none() => Ok(None),
        Err(ExecuteError::Append(AppendError::Conflict { .. })) => Ok(None),
        done => Ok(Some(done?)),
    }
}

impl ChangeCollectionRequest {
    fn parse(self, at: DateTime<Utc>) -> ApiResult<ChangeCollection> {
        let mut errors = vec![];
        let description = self.description.map(Option::unwrap_or_default);
        let description = description.and_then(|text| parse_description(&text, &mut errors));
        let language = self.language.and_then(|text| parse_language(text.as_deref(), &mut errors));
        if !errors.is_empty() {
            return Err(ApiError::Invalid(errors));
        }
        let history = self.history.map(|history| history.map(Retention::from));
        let indexed = self.indexed.map(|indexes| indexes.into_iter().map(Index::from).collect());
        let finding = FindingPatch { indexed, searchable: self.searchable, language };
        let (schema, unique, rules) = (self.schema, self.unique, self.rules.into());
        let relations = RelationsPatch::default();
        let patch = DefinitionPatch { description, schema, unique, relations, rules, history, finding };
        Ok(ChangeCollection { patch, at })
    }
}

impl From<ChangeCollectionRefused> for ApiError {
    fn from(refused: ChangeCollectionRefused) -> Self {
        match refused {
            ChangeCollectionRefused::UnknownCollection => Self::NotFound,
            ChangeCollectionRefused::Pending => Self::ChangePending,
            ChangeCollectionRefused::Invalid(problems) => {
                Self::Invalid(problems.into_iter().map(FieldError::from).collect())
            }
            ChangeCollectionRefused::Incompatible(problems) => {
                Self::IncompatibleChange(problems.into_iter().map(FieldError::from).collect())
            }
        }
    }
}

impl From<ProposeChangeRefused> for ApiError {
    fn from(refused: ProposeChangeRefused) -> Self {
        let errors = |problems: Vec<FieldProblem>| problems.into_iter().map(FieldError::from).collect();
        match refused {
            ProposeChangeRefused::UnknownCollection => Self::NotFound,
            ProposeChangeRefused::Pending => Self::ChangePending,
            ProposeChangeRefused::Invalid(problems) => Self::Invalid(errors(problems)),
            ProposeChangeRefused::Incompatible(problems) => Self::IncompatibleChange(errors(problems)),
            ProposeChangeRefused::TooManyConversions => {
                Self::LimitReached { limit: MOST_CONVERSIONS, of: "conversions of the records of a collection" }
            }
        }
    }
}
