//! What is wrong with a value, and where.

use jsonschema::{ValidationError, error::ValidationErrorKind};

use super::{RESERVED, fields::EXPAND};

/// Problems that are told at once.
pub(super) const MOST: usize = 50;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// A JSON Pointer (RFC 6901).
    pub pointer: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// What would be right. Does not repeat the value.
    pub detail: String,
}

impl FieldProblem {
    pub(super) fn at(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }

    /// What a schema says of a value that stands at `base`.
    pub(super) fn of_schema(base: &str, error: &ValidationError<'_>) -> Vec<Self> {
        let pointer = format!("{base}{}", error.instance_path().as_str());
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                vec![Self::at(member(&pointer, name), "missing_field", "is required")]
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                unexpected.iter().map(|name| unknown(&pointer, name)).collect()
            }
            kind => vec![Self::at(pointer, code(kind.keyword()), error.masked().to_string())],
        }
    }
}

/// One step further of a JSON Pointer.
pub(crate) fn member(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn unknown(pointer: &str, name: &str) -> FieldProblem {
    let at = member(pointer, name);
    if pointer.is_empty() && (name == EXPAND || RESERVED.contains(&name)) {
        return FieldProblem::at(at, "read_only", "is set by the server");
    }
    FieldProblem::at(at, "unknown_field", "is not known here")
}

fn code(keyword: &str) -> &'static str {
    match keyword {
        "type" => "wrong_type",
        "minLength" | "minItems" | "minProperties" => "too_short",
        "maxLength" | "maxItems" | "maxProperties" => "too_long",
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => "out_of_range",
        "enum" | "const" => "unknown_value",
        "format" | "pattern" => "malformed",
        // What else there is in JSON Schema.
        _ => "invalid_value",
    }
}
