//! The refusal of one operation of a batch, which is the refusal of all.

use super::{ApiError, Appearance, FieldError};

impl ApiError {
    /// The same refusal of one operation of a batch: its places are places in that. What is wrong with the server is wrong with
    /// no operation.
    #[must_use]
    pub(crate) fn in_operation(self, operation: Option<usize>) -> Self {
        let Appearance { status, code, title } = self.appearance();
        let Some(operation) = operation.filter(|_| status.is_client_error()) else { return self };
        if let Self::InOperation { .. } = self {
            return self;
        }
        let at = format!("/operations/{operation}");
        let mut errors: Vec<FieldError> =
            self.errors().iter().map(|error| error.below(&format!("{at}/data"))).collect();
        if errors.is_empty() {
            errors.push(FieldError::at(at, code, self.detail().unwrap_or(title.into())));
        }
        Self::InOperation { error: Box::new(self), errors }
    }
}
