//! How SQL reads a field as a value of its declared type; null where `expressions/stored.rs` says absent. Nothing here can
//! fail for any row, whatever it has stored.

use crate::expressions::{
    Field,
    moment::CANONICAL_PATTERN,
    schema::{Kind, Place, Type},
};

/// A field of a table, where text for it is made.
pub(super) struct Source<'a> {
    /// As a prefix, `"records".`, or nothing.
    prefix: String,
    field: &'a Field,
}

/// The expression that an index has to be on for filters and sorting by this field to use it: `CREATE INDEX … ON records
/// ((<expression>))` with btree for a single value, or `USING gin ((<expression>) jsonb_path_ops)` for `value in
/// record.list`.
pub fn index_expression(field: &Field) -> String {
    let source = Source { prefix: String::new(), field };
    match field.field_type() {
        Type::One(_) => source.value(),
        Type::ManyOf(_) => source.json(),
    }
}

/// The expression that lists are sorted by and that indexes of several fields are on: as [`index_expression`] for what is
/// in `data`, and the column itself for what is in a column.
pub fn key_expression(field: &Field) -> String {
    match field.place() {
        Place::Data => index_expression(field),
        Place::Column => Source { prefix: String::new(), field }.column(),
    }
}

impl<'a> Source<'a> {
    pub(super) fn new(table: &str, field: &'a Field) -> Self {
        Self { prefix: format!("{}.", quoted(table)), field }
    }

    /// The single value, of type `text` with the collation "C", `bigint`, `double precision` or `boolean`.
    pub(super) fn value(&self) -> String {
        match self.field.place() {
            Place::Data => typed(self.field.kind(), &self.json(), &self.text()),
            Place::Column => match self.field.kind() {
                Kind::String => format!("({} COLLATE \"C\")", self.column()),
                Kind::Id => format!("({}::text COLLATE \"C\")", self.column()),
                Kind::Timestamp => {
                    let form = "YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"";
                    format!("(to_char({} AT TIME ZONE 'UTC', '{form}') COLLATE \"C\")", self.column())
                }
                Kind::Integer | Kind::Number | Kind::Boolean => self.column(),
            },
        }
    }

    /// The column itself, if the field is one.
    pub(super) fn column(&self) -> String {
        format!("{}{}", self.prefix, quoted(&self.field.path().concat()))
    }

    /// The field as `jsonb`.
    pub(super) fn json(&self) -> String {
        let path: String = self.field.path().iter().map(|name| format!("->'{name}'")).collect();
        format!("({}\"data\"{path})", self.prefix)
    }

    /// The field as text: of a string its characters, of all else its JSON.
    fn text(&self) -> String {
        let (last, before) = self.field.path().split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
        let path: String = before.iter().map(|name| format!("->'{name}'")).collect();
        format!("({}\"data\"{path}->>'{last}')", self.prefix)
    }
}

/// An item of a list, which has the name `item`.
pub(super) fn item(kind: Kind) -> String {
    typed(kind, "item.value", "(item.value #>> '{}')")
}

fn typed(kind: Kind, json: &str, text: &str) -> String {
    // In two steps: which of two conditions in one `AND` comes first is not promised, and the casts fail for other types.
    match kind {
        Kind::String | Kind::Id => {
            format!("((CASE WHEN jsonb_typeof({json}) = 'string' THEN {text} END) COLLATE \"C\")")
        }
        Kind::Timestamp => format!(
            "((CASE WHEN jsonb_typeof({json}) = 'string' THEN \
             CASE WHEN {text} ~ '{CANONICAL_PATTERN}' THEN {text} END END) COLLATE \"C\")"
        ),
        Kind::Boolean => format!("(CASE WHEN jsonb_typeof({json}) = 'boolean' THEN {json}::boolean END)"),
        Kind::Integer => format!(
            "(CASE WHEN jsonb_typeof({json}) = 'number' THEN \
             CASE WHEN {json}::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 \
             AND {json}::numeric % 1 = 0 THEN {json}::bigint END END)"
        ),
        // The bounds are the largest and the smallest double: beyond them the cast fails.
        Kind::Number => format!(
            "(CASE WHEN jsonb_typeof({json}) = 'number' THEN \
             CASE WHEN {json}::numeric = 0 OR abs({json}::numeric) BETWEEN 5e-324 AND 1.7976931348623157e308 \
             THEN {json}::double precision END END)"
        ),
    }
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
