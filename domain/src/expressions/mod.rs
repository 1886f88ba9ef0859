//! Conditions that people write in CEL: checked against declared fields, evaluated in memory and as SQL, with equal results.
//!
//! Every condition is true or false, never unknown. A field that is missing, null or of another type than declared is
//! *absent*: it compares with nothing, so each comparison with it is false and the negation of that is true; only
//! `== null` and `has()` see it. Why: docs/decisions/0017.

mod bind;
mod check;
mod distance;
mod duration;
mod error;
mod evaluate;
mod limits;
mod moment;
mod parse;
mod schema;
mod sql;
mod stored;
mod tree;
mod upcast;

pub use bind::Request;
pub use error::{ExpressionError, Position, Problem};
pub use evaluate::Record;
pub use limits::{MAX_BRACKETS, MAX_BYTES, MAX_DEPTH, MAX_LIST_ITEMS, MAX_PREDICATES, MAX_SIGNS};
pub use moment::{canonical_timestamp, canonical_timestamp_of};
pub use schema::{Field, InvalidField, Kind, Place, Schema, Type};
pub use sql::{Piece, Sql, SqlValue, index_expression, key_expression};
pub use upcast::{Upcast, fits};

use tree::{Bound, Open, Predicate, Uses};

/// A condition over a record, its caller and the time, well typed and within the limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    predicate: Predicate<Open>,
    uses: Uses,
}

/// A condition over records only: an [`Expression`] for one caller at one time, or several at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Of rules, which say the same of every list.
    standing: Predicate<Bound>,
    /// Of what somebody asks for.
    asked: Predicate<Bound>,
}

impl Expression {
    /// Reads a condition, whose fields have to be declared by `schema`.
    pub fn parse(source: &str, schema: &Schema) -> Result<Self, ExpressionError> {
        let parsed = parse::parse(source)?;
        let predicate = check::check(&parsed, schema)?;
        Ok(Self { uses: Uses::of(&predicate), predicate })
    }

    /// Whether the answer changes by itself as time goes by.
    pub fn uses_now(&self) -> bool {
        self.uses.now
    }

    /// Whether it is the same condition for everybody, at any time.
    pub fn is_universal(&self) -> bool {
        self.uses == Uses::default()
    }

    /// Puts in what is known of the request; what is decided by that alone is decided here.
    pub fn bind(&self, request: &Request<'_>) -> Filter {
        Filter::asked(bind::predicate(&self.predicate, request))
    }

    /// The same for a rule. In SQL its numbers are written out: there are as few of them as there are rules, and a server
    /// that keeps the statement plans it for those.
    pub fn bind_rule(&self, request: &Request<'_>) -> Filter {
        Filter { standing: bind::predicate(&self.predicate, request), asked: Predicate::Constant(true) }
    }
}

impl Filter {
    fn asked(predicate: Predicate<Bound>) -> Self {
        Self { standing: Predicate::Constant(true), asked: predicate }
    }

    /// Holds for every record, or for none.
    pub fn constantly(value: bool) -> Self {
        Self { standing: Predicate::Constant(value), asked: Predicate::Constant(true) }
    }

    /// Whether it holds for every record, or for none; `None` when that depends on the record.
    pub fn constant(&self) -> Option<bool> {
        match (self.standing.constant(), self.asked.constant()) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            (None, _) | (_, None) => None,
        }
    }

    /// Both filters at once: a list's filter under an access rule.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            standing: Predicate::all(vec![self.standing, other.standing]),
            asked: Predicate::all(vec![self.asked, other.asked]),
        }
    }

    pub fn matches(&self, record: &impl Record) -> bool {
        evaluate::predicate(&self.standing, record) && evaluate::predicate(&self.asked, record)
    }

    /// The same condition for a row of `table`, which has the record's content in a `jsonb` column `data` and the
    /// fields that are declared as columns under their names. The text is true exactly where [`Self::matches`] is; it is
    /// false or null elsewhere, so that it can stand in `WHERE`, alone or in `AND` and `OR`, but not under `NOT`.
    pub fn to_sql(&self, table: &str) -> Sql {
        sql::condition(&self.standing, &self.asked, table)
    }
}

#[cfg(test)]
mod tests;
