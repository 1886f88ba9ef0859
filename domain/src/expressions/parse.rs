//! Text to the `cel` crate's tree, with the place of every node.

use cel::{
    common::ast::{IdedExpr, SourceInfo},
    parser::Parser,
};

use super::{ExpressionError, Position, Problem, limits};

pub(super) struct Parsed {
    pub(super) root: IdedExpr,
    source: String,
    places: SourceInfo,
}

pub(super) fn parse(source: &str) -> Result<Parsed, ExpressionError> {
    limits::check_source(source)?;
    match Parser::new().parse_with_source_info(source) {
        Ok((root, places)) => Ok(Parsed { root, source: source.to_owned(), places }),
        Err(errors) => {
            let first = errors.errors.first();
            let (line, column) = first.map_or((1, 1), |error| error.pos);
            let position = Position {
                line: usize::try_from(line).unwrap_or(1).max(1),
                column: usize::try_from(column).unwrap_or(1).max(1),
            };
            let message = first.map_or_else(|| "cannot be read".to_owned(), |error| shortened(&error.msg));
            Err(Problem::Syntax(message).at(within(source, position)))
        }
    }
}

impl Parsed {
    /// Where a node is: its operator, its literal, or the dot or bracket after a name.
    pub(super) fn position(&self, node: &IdedExpr) -> Position {
        Position::of(&self.source, self.byte(node))
    }

    /// Where the name of a field begins, which follows its dot.
    pub(super) fn position_of_field(&self, node: &IdedExpr, name: &str) -> Position {
        let dot = self.byte(node);
        let found = self.source.get(dot..).and_then(|rest| rest.find(name));
        Position::of(&self.source, dot + found.unwrap_or(0))
    }

    /// Where the name of a function begins, which is before its bracket.
    pub(super) fn position_of_function(&self, node: &IdedExpr, name: &str) -> Position {
        let bracket = self.byte(node);
        let found = self.source.get(..bracket).and_then(|before| before.rfind(name));
        Position::of(&self.source, found.unwrap_or(bracket))
    }

    fn byte(&self, node: &IdedExpr) -> usize {
        self.places.offset_for(node.id).map_or(0, |(start, _)| usize::try_from(start).unwrap_or(0))
    }
}

/// The parser's message in plain words, without its list of all that could follow.
fn shortened(message: &str) -> String {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let message = message.split(" expecting ").next().unwrap_or(message);
    let unexpected =
        ["mismatched input ", "extraneous input ", "no viable alternative at input ", "token recognition error at: "];
    let found = unexpected.iter().find_map(|words| message.strip_prefix(words));
    let message = found.map_or_else(|| message.to_owned(), |found| format!("unexpected {found}"));
    message.replace("'<EOF>'", "end of the expression").replace("<EOF>", "end of the expression")
}

/// The parser counts the end of the text as one further than it is.
fn within(source: &str, position: Position) -> Position {
    let end = source.lines().nth(position.line - 1).map_or(0, |line| line.chars().count()) + 1;
    Position { line: position.line, column: position.column.min(end) }
}
