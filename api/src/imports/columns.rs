//! The first line of a CSV: which member of a record each cell is.

use domain::collections::{RESERVED, Shape};

use super::lines::{Line, LineText};
use crate::error::{ApiError, ApiResult, FieldError};

/// Characters of a name that are shown back.
const SHOWN: usize = 64;

/// The names, if the collection has all of them, each once. A column that it does not have would refuse every line.
pub(super) fn read(line: &Line, shape: &Shape) -> ApiResult<Vec<String>> {
    let refused = |code, detail: &'static str| Err(ApiError::Invalid(vec![FieldError::at("", code, detail)]));
    let cells = match &line.text {
        LineText::Cells(cells) => cells,
        LineText::TooLong => return refused("too_large", "the first line is too long"),
        LineText::Json(_) => return refused("wrong_type", "must be a line of names"),
    };
    let (mut names, mut errors): (Vec<String>, Vec<FieldError>) = (vec![], vec![]);
    for cell in cells.iter() {
        let name = String::from_utf8_lossy(cell).trim().to_owned();
        let wrong = if names.contains(&name) {
            Some(("repeated", "stands there twice"))
        } else if !RESERVED.contains(&name.as_str()) && !shape.has_member(&name) {
            Some(("unknown_field", "is not known here"))
        } else {
            None
        };
        if let Some((code, detail)) = wrong {
            let shown: String = name.chars().take(SHOWN).collect();
            let pointer = format!("/{}", shown.replace('~', "~0").replace('/', "~1"));
            errors.push(FieldError::at(pointer, code, detail));
        }
        names.push(name);
    }
    if errors.is_empty() { Ok(names) } else { Err(ApiError::Invalid(errors)) }
}
