//! Uploads that can be resumed: the protocol tus 1.0.0 (tus.io) with the extensions creation, expiration, checksum and
//! termination.

pub mod append;
mod checksum;
pub mod create;
mod headers;
mod metadata;
pub mod options;
pub mod show;
pub mod terminate;

pub(super) use checksum::Checksum;

use chrono::{DateTime, TimeDelta, Utc};
use domain::users::UserId;
use event_store::Execution;
use file_store::uploads::{DiscardError, FinishError, LeaseError, Upload, finish};
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    middleware::context::RequestContext,
    state::AppState,
};

/// The upload that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<Uuid> {
    Uuid::try_parse(text).map_err(|_| ApiError::NotFound)
}

/// Until when an upload is kept that is gone on with now.
fn expires_at(state: &AppState, now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::hours(state.files.settings.upload_hours.into())
}

/// Makes the file of an upload that is complete. Where that breaks off, the sender asks again, or a worker goes on.
async fn complete(state: &AppState, context: &RequestContext, upload: &Upload) -> ApiResult<Option<i64>> {
    let (files, owner) = (&state.files, UserId::from_uuid(upload.owner));
    let execution = Execution { metadata: context.metadata(Some(owner)), ..Execution::new(Uuid::now_v7()) };
    let made = finish(&state.events, &files.storage, &files.settings, upload, state.clock.now(), execution).await;
    Ok(made?)
}

impl From<FinishError> for ApiError {
    fn from(error: FinishError) -> Self {
        match error {
            FinishError::TypeRefused(content_type) => Self::FileTypeRefused { content_type },
            FinishError::Execute(error) => error.into(),
            FinishError::Read(error) => error.into(),
            FinishError::Storage(error) => error.into(),
            FinishError::Pool(error) => error.into(),
            FinishError::Query(error) => error.into(),
            FinishError::Incomplete => Self::Internal(error.into()),
        }
    }
}

impl From<LeaseError> for ApiError {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Pool(error) => error.into(),
            LeaseError::Query(error) => error.into(),
            LeaseError::Lost => Self::UploadBusy,
        }
    }
}

impl From<DiscardError> for ApiError {
    fn from(error: DiscardError) -> Self {
        match error {
            DiscardError::Pool(error) => error.into(),
            DiscardError::Query(error) => error.into(),
            DiscardError::Storage(error) => error.into(),
        }
    }
}
