//! How large and how deep an expression may be.

use super::{ExpressionError, Position, Problem};

/// Of the source.
pub const MAX_BYTES: usize = 4096;
/// Opening brackets in the source, those in texts too: this bounds how deep the parser recurses, whatever the text is.
pub const MAX_BRACKETS: usize = 64;
/// Of the characters `+ - * / % < > =` in the source, those in texts too, for the same reason: a chain of 512 of them takes
/// the parser half a megabyte of stack. A hundred ids in a list have 400.
pub const MAX_SIGNS: usize = 512;
/// Comparisons, tests of membership and tests of texts.
pub const MAX_PREDICATES: usize = 32;
/// Operators and functions in each other; a chain of the same `&&` or `||` counts once.
pub const MAX_DEPTH: usize = 8;
/// Of one list that is written out.
pub const MAX_LIST_ITEMS: usize = 100;

/// Counts predicates.
#[derive(Debug, Default)]
pub(super) struct Budget {
    predicates: usize,
}

impl Budget {
    pub(super) fn take(&mut self, at: Position) -> Result<(), ExpressionError> {
        self.predicates += 1;
        if self.predicates > MAX_PREDICATES { Err(Problem::TooManyPredicates.at(at)) } else { Ok(()) }
    }
}

/// Refuses what the parser need not even see.
pub(super) fn check_source(source: &str) -> Result<(), ExpressionError> {
    if source.len() > MAX_BYTES {
        return Err(Problem::TooLong.at(Position::START));
    }
    let brackets = source.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    if brackets > MAX_BRACKETS {
        return Err(Problem::TooManyBrackets.at(Position::START));
    }
    let is_sign = |byte: &u8| matches!(byte, b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'=');
    if source.bytes().filter(is_sign).count() > MAX_SIGNS {
        return Err(Problem::TooManySigns.at(Position::START));
    }
    Ok(())
}
