//! Exports: a copy of all data about a person, for that person. A worker builds it (workers/src/users/build_export.rs).

pub mod download;
pub mod list;
pub mod request;
pub mod show;
mod store;
mod view;

use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

pub use view::ExportView;

/// What the content of an export is: part of what it was sealed with, so it never changes.
pub(crate) const EXPORT: &str = "user.export";

/// Nothing but a UUID names an export.
fn parse_id(id: &str) -> ApiResult<Uuid> {
    Uuid::try_parse(id).map_err(|_| ApiError::NotFound)
}
