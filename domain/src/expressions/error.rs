//! What can be wrong with an expression, and where.

use std::fmt;

use super::limits::{MAX_BRACKETS, MAX_BYTES, MAX_DEPTH, MAX_LIST_ITEMS, MAX_PREDICATES, MAX_SIGNS};

/// The first thing that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {problem}", position.line, position.column)]
pub struct ExpressionError {
    pub position: Position,
    pub problem: Problem,
}

/// A place in the source. Both count from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("{0}")]
    Syntax(String),
    #[error("an expression has at most {MAX_BYTES} bytes")]
    TooLong,
    #[error("an expression has at most {MAX_BRACKETS} opening brackets")]
    TooManyBrackets,
    #[error("an expression has at most {MAX_SIGNS} of the signs + - * / % < > =")]
    TooManySigns,
    #[error("an expression has at most {MAX_PREDICATES} comparisons and tests")]
    TooManyPredicates,
    #[error("operators and functions are at most {MAX_DEPTH} deep in each other")]
    TooDeep,
    #[error("a list has at most {MAX_LIST_ITEMS} items")]
    ListTooLong,
    #[error("there is no field \"{name}\"{}", Suggestion(suggestion))]
    UnknownField { name: String, suggestion: Option<String> },
    #[error("there is no \"{name}\"{}", Suggestion(suggestion))]
    UnknownName { name: String, suggestion: Option<String> },
    #[error("there is no function {name}(){}", Suggestion(suggestion))]
    UnknownFunction { name: String, suggestion: Option<String> },
    #[error("{0}")]
    Unsupported(&'static str),
    #[error("{0}")]
    TypeMismatch(String),
    #[error("{0}")]
    InvalidValue(String),
}

/// The words that offer another name, if there is one.
struct Suggestion<'a>(&'a Option<String>);

impl Position {
    pub const START: Self = Self { line: 1, column: 1 };

    /// Of a byte of the source.
    pub(super) fn of(source: &str, byte: usize) -> Self {
        let before: String = source.char_indices().take_while(|(at, _)| *at < byte).map(|(_, char)| char).collect();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }
}

impl Problem {
    pub(super) fn at(self, position: Position) -> ExpressionError {
        ExpressionError { position, problem: self }
    }

    /// For programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "expression_syntax",
            Self::TooLong
            | Self::TooManyBrackets
            | Self::TooManySigns
            | Self::TooManyPredicates
            | Self::TooDeep
            | Self::ListTooLong => "expression_too_complex",
            Self::UnknownField { .. } => "expression_unknown_field",
            Self::UnknownName { .. } => "expression_unknown_name",
            Self::UnknownFunction { .. } => "expression_unknown_function",
            Self::Unsupported(_) => "expression_unsupported",
            Self::TypeMismatch(_) => "expression_type_mismatch",
            Self::InvalidValue(_) => "expression_invalid_value",
        }
    }
}

impl fmt::Display for Suggestion<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(formatter, "; did you mean \"{name}\"?"),
            None => Ok(()),
        }
    }
}
