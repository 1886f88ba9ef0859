//! The refusal of one line of an import, which is the refusal of no other.

use domain::{collections::Shape, imports::LineError};

use super::{ApiError, Place};

/// Errors of one line that are told.
const MOST: usize = 10;

impl ApiError {
    /// Whether the request is at fault, not the server.
    pub(crate) fn is_refusal(&self) -> bool {
        self.appearance().status.is_client_error()
    }

    /// What an import keeps of the refusal of a line: kinds and places, and nothing that stood in the line.
    pub(crate) fn in_line(&self, line: u64, shape: &Shape) -> Vec<LineError> {
        let of = |pointer: &str, code: &str| LineError {
            line,
            pointer: shape.known_pointer(pointer),
            code: code.to_owned(),
        };
        let placed = self.errors().iter().filter_map(|error| match &error.place {
            Place::Pointer(pointer) => Some(of(pointer, error.code)),
            Place::Parameter(_) | Place::Header(_) => None,
        });
        let errors: Vec<LineError> = placed.take(MOST).collect();
        match (self, errors.is_empty()) {
            (Self::AlreadyExists, _) => vec![of("/id", self.appearance().code)],
            (_, true) => vec![of("", self.appearance().code)],
            (_, false) => errors,
        }
    }
}
