//! Checks what a definition says of how records are found, and makes of it what the database needs.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Data, FieldProblem, Finding, Index, IndexKey, Language, problem};
use crate::expressions::{Field, Kind, Place, Schema, Type};

/// Indexes of one collection: each is work for every change.
const MOST_INDEXES: usize = 16;
const MOST_KEYS: usize = 4;
const MOST_SEARCHABLE: usize = 16;
/// Bytes of the keys of an entry. PostgreSQL takes 2,704 with all that belongs to them.
const MOST_BYTES: usize = 2_400;
/// Characters of a text that stands in an index.
const LONGEST_TEXT: u64 = 250;

/// An index, with its fields as the schema has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedIndex {
    /// Never empty.
    pub keys: Vec<CheckedKey>,
    /// For equality only: the values may be too long for any order.
    pub hashed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedKey {
    pub field: Arc<Field>,
    pub descending: bool,
}

/// The texts that are searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    /// Never empty.
    pub fields: Vec<Arc<Field>>,
    pub language: Language,
}

/// A field to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortField {
    pub field: Arc<Field>,
    /// Whether the schema keeps it short enough for an index and for a cursor.
    pub is_short: bool,
}

/// How the records of a collection are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookup {
    pub(super) indexes: Vec<CheckedIndex>,
    pub(super) searched: Option<Searched>,
    /// Every field of one value, by its name.
    pub(super) sorted: BTreeMap<String, SortField>,
    /// The members of the first level.
    pub(super) members: Vec<String>,
}

impl Lookup {
    pub(super) fn check(
        (finding, unique): (&Finding, &[String]),
        schema: &Data,
        known: &Schema,
        problems: &mut Vec<FieldProblem>,
    ) -> Self {
        if finding.indexed.len() > MOST_INDEXES {
            problems.push(FieldProblem::at("/indexed", "too_many", format!("must have at most {MOST_INDEXES}")));
            return Self::default();
        }
        let declared = finding.indexed.iter().enumerate();
        let mut indexes: Vec<_> =
            declared.filter_map(|(at, index)| checked_index(index, at, schema, known, problems)).collect();
        for name in unique {
            // What is wrong with it is told where it is declared unique.
            let Some(field) = known.field(name) else { continue };
            let key = CheckedKey { field: Arc::clone(field), descending: false };
            let is_there = |index: &CheckedIndex| !index.hashed && index.keys.first() == Some(&key);
            if !indexes.iter().any(is_there) {
                let hashed = longest(schema, field).is_none_or(|bytes| bytes > MOST_BYTES);
                indexes.push(CheckedIndex { keys: vec![key], hashed });
            }
        }
        let searched = checked_search(finding, known, problems);
        Self { indexes, searched, sorted: sorted(schema, known), members: members(schema) }
    }
}

fn sorted(schema: &Data, known: &Schema) -> BTreeMap<String, SortField> {
    let sortable = known.fields().filter(|(_, field)| matches!(field.field_type(), Type::One(_)));
    sortable
        .map(|(name, field)| {
            let is_short = longest(schema, field).is_some();
            (name.to_owned(), SortField { field: Arc::clone(field), is_short })
        })
        .collect()
}

fn members(schema: &Data) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}

fn checked_index(
    index: &Index,
    at: usize,
    schema: &Data,
    known: &Schema,
    problems: &mut Vec<FieldProblem>,
) -> Option<CheckedIndex> {
    let pointer = problem::member("/indexed", &at.to_string());
    if index.keys().is_empty() || index.keys().len() > MOST_KEYS {
        let detail = format!("must have 1 to {MOST_KEYS} fields");
        problems.push(FieldProblem::at(pointer, "out_of_range", detail));
        return None;
    }
    let (mut keys, mut bytes): (Vec<CheckedKey>, usize) = (vec![], 0);
    for (number, key) in index.keys().iter().enumerate() {
        let place = match index.keys() {
            [_] => pointer.clone(),
            _ => problem::member(&pointer, &number.to_string()),
        };
        match checked_key(key, index.keys().len(), schema, known) {
            Ok(_) if keys.iter().any(|other| other.field.path() == [key.field.as_str()]) => {
                problems.push(FieldProblem::at(place, "repeated", "is in this index already"));
                return None;
            }
            Ok((key, length)) => {
                keys.push(key);
                bytes += length;
            }
            Err((code, detail)) => {
                problems.push(FieldProblem::at(place, code, detail));
                return None;
            }
        }
    }
    if bytes > MOST_BYTES {
        let detail = format!("its texts may have {bytes} bytes together, which are more than {MOST_BYTES}");
        problems.push(FieldProblem::at(pointer, "too_long", detail));
        return None;
    }
    Some(CheckedIndex { keys, hashed: false })
}

/// The key and the bytes that it takes at most.
fn checked_key(
    key: &IndexKey,
    of: usize,
    schema: &Data,
    known: &Schema,
) -> Result<(CheckedKey, usize), (&'static str, String)> {
    let field = known.field(&key.field).ok_or(("unknown_field", "must be a declared field".to_owned()))?;
    let checked = CheckedKey { field: Arc::clone(field), descending: key.descending };
    match field.field_type() {
        Type::One(_) => match longest(schema, field) {
            Some(bytes) => Ok((checked, bytes)),
            None => {
                let detail = format!("a field of texts can be indexed with a maxLength of at most {LONGEST_TEXT}");
                Err(("unbounded", detail))
            }
        },
        Type::ManyOf(Kind::Number) => Err(("unsupported", "lists of numbers cannot be indexed".to_owned())),
        Type::ManyOf(_) if of > 1 => Err(("unsupported", "a list is indexed by itself".to_owned())),
        Type::ManyOf(_) => Ok((checked, 0)),
    }
}

fn checked_search(finding: &Finding, known: &Schema, problems: &mut Vec<FieldProblem>) -> Option<Searched> {
    if finding.searchable.len() > MOST_SEARCHABLE {
        problems.push(FieldProblem::at("/searchable", "too_many", format!("must have at most {MOST_SEARCHABLE}")));
        return None;
    }
    let mut fields = vec![];
    for (at, name) in finding.searchable.iter().enumerate() {
        let pointer = problem::member("/searchable", &at.to_string());
        match known.field(name).map(|field| (field, field.field_type(), field.place())) {
            Some((field, Type::One(Kind::String), Place::Data)) => fields.push(Arc::clone(field)),
            Some(_) => problems.push(FieldProblem::at(pointer, "unsupported", "must be a field of texts")),
            None => problems.push(FieldProblem::at(pointer, "unknown_field", "must be a declared field")),
        }
    }
    (!fields.is_empty()).then_some(Searched { fields, language: finding.language })
}

/// The bytes that a value takes at most, if the schema bounds it.
fn longest(schema: &Data, field: &Field) -> Option<usize> {
    match (field.kind(), field.place()) {
        (Kind::Integer | Kind::Number | Kind::Boolean, _) | (_, Place::Column) => Some(32),
        (Kind::Timestamp | Kind::Id, Place::Data) => Some(40),
        (Kind::String, Place::Data) => {
            let declared = declaration(schema, field.path())?;
            let characters = declared.get("maxLength").and_then(Value::as_u64);
            let bounded = characters.filter(|characters| *characters <= LONGEST_TEXT);
            // At most four bytes a character.
            let by_length = bounded.and_then(|characters| usize::try_from(characters * 4).ok());
            by_length.or_else(|| longest_of(declared.get("enum")?.as_array()?))
        }
    }
}

fn longest_of(values: &[Value]) -> Option<usize> {
    let longest = values.iter().filter_map(Value::as_str).map(str::len).max().unwrap_or(0);
    (longest as u64 <= LONGEST_TEXT * 4).then_some(longest)
}

/// What the schema says of the field itself.
fn declaration<'s>(schema: &'s Data, path: &[String]) -> Option<&'s Data> {
    path.iter().try_fold(schema, |schema, name| schema.get("properties")?.as_object()?.get(name)?.as_object())
}

#[cfg(test)]
mod tests;
