//! `PATCH /v1/collections/{name}/records/{id}`.

use actix_web::{HttpResponse, web};
use domain::{
    collections::Action,
    records::{ChangeRecord, Record, change::ChangeRecordRefused},
};

use super::{Plan, RecordContent, RecordView, access::Access, stream, unique::UniqueClaims};
use crate::{
    answer,
    auth::Caller,
    collections,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, IfMatch, Json},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "PATCH /v1/collections/{name}/records/{id}";

/// Change a record
///
/// A JSON Merge Patch (RFC 7396) of its fields: absent members stay as they are, `null` removes. The collection's rule for
/// `update` has to hold for the record before and after.
#[utoipa::path(
    patch, path = "/v1/collections/{name}/records/{id}", tag = "records",
    request_body(content((RecordContent = "application/merge-patch+json"), (RecordContent = "application/json"))),
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The record as it is now", body = RecordView))
)]
pub async fn change_record(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    seen: IfMatch,
    body: Json<RecordContent>,
) -> ApiResult<HttpResponse> {
    let (user, now) = (caller.user_id, state.clock.now());
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let fingerprint = [name.as_str().as_bytes(), b" ", id.as_uuid().as_bytes(), &body.bytes].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let collection = state.collections.find(&name).await?;
    let access = Access::new(&caller, now);
    let command = ChangeRecord {
        id,
        collection: collection.id,
        patch: body.value.0,
        shape: collection.shape.clone(),
        visible: access.allow(Action::View, &collection.shape),
        allowed: access.allow(Action::Update, &collection.shape),
        by: user,
        at: now,
    };
    let done = super::execute(&state, id, seen, |record| {
        let contents = record.of(collection.id);
        Ok(Plan {
            claims: claims(&command, record),
            is_visible: contents.is_some_and(|contents| command.visible.matches(&contents.seen(id))),
            command: command.clone(),
            execution: begun.execution(context.metadata(Some(user)), 200)?,
        })
    })
    .await?;
    let (record, version) = match done.state {
        Some(record) => (record, done.version),
        // A repeat: the record as it is by now, if the caller may still know of it.
        None => {
            let loaded = state.events.load::<Record>(&stream(id)).await?;
            let visible = loaded.state.of(collection.id).is_some_and(|now| command.visible.matches(&now.seen(id)));
            if !visible {
                return Err(ApiError::NotFound);
            }
            (loaded.state, loaded.version)
        }
    };
    let contents = record.of(collection.id).ok_or(ApiError::NotFound)?.clone();
    let position = done.position.unwrap_or_else(|| state.events.head().position());
    Ok(answer::changed(HttpResponse::Ok(), &RecordView::of(id, version, contents), version, Some(position)))
}

/// What is not valid takes nothing: the decision refuses it.
fn claims(command: &ChangeRecord, record: &Record) -> UniqueClaims {
    let ChangeRecord { collection, shape, .. } = command;
    let Some(before) = record.of(*collection).filter(|_| shape.has_unique_fields()) else {
        return UniqueClaims::default();
    };
    match command.changed(before) {
        Ok(after) => UniqueClaims::between(*collection, shape, Some(&before.data), Some(&after)),
        Err(_) => UniqueClaims::default(),
    }
}

impl From<ChangeRecordRefused> for ApiError {
    fn from(refused: ChangeRecordRefused) -> Self {
        match refused {
            ChangeRecordRefused::UnknownRecord => Self::NotFound,
            ChangeRecordRefused::Forbidden => Self::Forbidden,
            ChangeRecordRefused::Invalid(problems) => {
                Self::Invalid(problems.into_iter().map(FieldError::from).collect())
            }
        }
    }
}
