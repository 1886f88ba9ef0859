//! The body of an answer that is an error (RFC 9457).

use std::borrow::Cow;

use actix_web::http::header::HeaderName;
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    #[serde(flatten)]
    pub place: Place,
    /// Stable, for programs.
    #[schema(value_type = String, example = "too_short")]
    pub code: &'static str,
    #[schema(value_type = String, example = "must have at least 15 characters")]
    pub detail: Cow<'static, str>,
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A JSON Pointer (RFC 6901) into the body.
    Pointer(String),
    /// A parameter of the query.
    Parameter(String),
    Header(String),
}

impl FieldError {
    /// At a member of the body, given as a JSON Pointer.
    pub fn at(pointer: impl Into<String>, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Pointer(pointer.into()), code, detail: detail.into() }
    }

    /// The same where the body that is meant stands at this pointer.
    pub(super) fn below(&self, pointer: &str) -> Self {
        let place = match &self.place {
            Place::Pointer(rest) => Place::Pointer(format!("{pointer}{rest}")),
            place @ (Place::Parameter(_) | Place::Header(_)) => place.clone(),
        };
        Self { place, ..self.clone() }
    }

    pub fn parameter(name: impl Into<String>, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Parameter(name.into()), code, detail: detail.into() }
    }

    pub fn header(name: &HeaderName, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Header(name.as_str().to_owned()), code, detail: detail.into() }
    }
}

/// A kind of problem that an extension has beside those of every route.
#[derive(Debug)]
pub struct ProblemKind {
    /// Of HTTP.
    pub status: u16,
    /// Stable, for programs; no other kind has it.
    pub code: &'static str,
    /// The same for every problem of the kind.
    pub title: &'static str,
}

/// The body of every answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; leads to its description.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "/docs#problem-validation_failed")]
    pub(super) kind: String,
    #[schema(value_type = String)]
    pub(super) title: &'static str,
    #[schema(example = 422)]
    pub(super) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) detail: Option<Cow<'static, str>>,
    /// Stable, for programs.
    #[schema(value_type = String, example = "validation_failed")]
    pub(super) code: &'static str,
    /// As in the `X-Request-Id` header.
    pub(super) request_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<FieldError>,
}
