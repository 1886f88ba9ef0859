//! In which order a list has records, and what comes after one of them.
//!
//! What is absent is less than every value: it comes first where values rise and last where they fall.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::AstPass,
    sql_types::{Nullable, Text},
};
use domain::{
    collections::SortField,
    expressions::{Kind, Place, key_expression},
};

use crate::records::text::TextRecord;

/// Characters of a text by which records are sorted whose field has no bound: no index is on it, and a cursor has to carry
/// it.
const MOST_CHARACTERS: usize = 200;

/// A key of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    expression: String,
    /// The type, as a cast.
    cast: &'static str,
    /// `None` of a field of the content, which a record may be without.
    column: Option<Column>,
    descending: bool,
}

/// A column of records, which each record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Version,
    CreatedAt,
    UpdatedAt,
    CreatedBy,
}

impl Column {
    fn named(name: &str) -> Option<Self> {
        match name {
            "id" => Some(Self::Id),
            "version" => Some(Self::Version),
            "created_at" => Some(Self::CreatedAt),
            "updated_at" => Some(Self::UpdatedAt),
            "created_by" => Some(Self::CreatedBy),
            _ => None,
        }
    }
}

impl SortKey {
    pub fn new(sorted: &SortField, descending: bool) -> Self {
        let field = &sorted.field;
        let expression = key_expression(field);
        let (is_column, kind) = (field.place() == Place::Column, field.kind());
        let cast = match (is_column, kind) {
            (true, Kind::Timestamp) => "::timestamptz",
            (true, Kind::Id) => "::uuid",
            (_, Kind::String | Kind::Id | Kind::Timestamp) => "::text",
            (_, Kind::Integer) => "::bigint",
            (_, Kind::Number) => "::double precision",
            (_, Kind::Boolean) => "::boolean",
        };
        let expression = match kind {
            Kind::String if !sorted.is_short => format!("left({expression}, {MOST_CHARACTERS})"),
            _ => expression,
        };
        let column = if is_column { Column::named(&field.path().concat()) } else { None };
        Self { expression, cast, column, descending }
    }

    /// The id, by which records are told apart that are otherwise equal.
    pub fn id(descending: bool) -> Self {
        Self { expression: "id".to_owned(), cast: "::uuid", column: Some(Column::Id), descending }
    }

    /// The time of creation.
    pub fn created_at(descending: bool) -> Self {
        Self { expression: "created_at".to_owned(), cast: "::timestamptz", column: Some(Column::CreatedAt), descending }
    }

    pub fn is_id(&self) -> bool {
        self.expression == "id"
    }

    pub fn descending(&self) -> bool {
        self.descending
    }

    pub(super) fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether a record's columns say what it is sorted by.
    pub(super) fn is_column(&self) -> bool {
        self.column.is_some()
    }

    /// The value of the key, as far as it is a column's.
    pub(super) fn column_of(&self, record: &TextRecord) -> Option<String> {
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
        self.column.map(|column| match column {
            Column::Id => record.id.to_string(),
            Column::Version => record.version.to_string(),
            Column::CreatedAt => moment(record.created_at),
            Column::UpdatedAt => moment(record.updated_at),
            Column::CreatedBy => record.created_by.to_string(),
        })
    }

    fn is_nullable(&self) -> bool {
        self.column.is_none()
    }

    pub(super) fn order(&self) -> &'static str {
        order(self.descending, self.is_nullable())
    }
}

/// As indexes have it too: columns are never null, and keep to PostgreSQL's own order.
pub(in crate::records) fn order(descending: bool, is_nullable: bool) -> &'static str {
    match (descending, is_nullable) {
        (false, false) => " ASC",
        (true, false) => " DESC",
        (false, true) => " ASC NULLS FIRST",
        (true, true) => " DESC NULLS LAST",
    }
}

/// One of the parts, in none of which a record is twice, that make up what comes after a place: equal in the keys before
/// one, and after it in that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    /// Everything at once, by comparing rows of values.
    Rows,
    /// After the place's value of the key of this number.
    After(usize),
    /// Without a value of this key.
    Absent(usize),
}

/// The parts of what comes after a place.
pub(super) fn branches(keys: &[SortKey], place: &[Option<String>]) -> Vec<Branch> {
    let has_all_values = place.iter().all(Option::is_some);
    // Comparing rows finds nothing that lacks a value; where values rise, that has come before.
    let rise = has_all_values && keys.iter().all(|key| !key.descending);
    let fall = keys.iter().all(|key| key.descending && key.is_column());
    if rise || fall {
        return vec![Branch::Rows];
    }
    let mut branches = vec![];
    for (number, (key, value)) in keys.iter().zip(place).enumerate().rev() {
        match (key.descending, value) {
            // Nothing comes after what is absent where values fall.
            (true, None) => {}
            (true, Some(_)) if key.is_nullable() => branches.extend([Branch::After(number), Branch::Absent(number)]),
            (true, Some(_)) | (false, _) => branches.push(Branch::After(number)),
        }
    }
    branches
}

/// The condition of a part, as one more of several: ` AND …`.
pub(super) fn write<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    keys: &'b [SortKey],
    place: &'b [Option<String>],
    branch: Branch,
) -> QueryResult<()> {
    match branch {
        Branch::Rows => write_rows(out, keys, place),
        Branch::After(number) => {
            write_equal(out, keys, place, number)?;
            write_after(out, &keys[number], &place[number])
        }
        Branch::Absent(number) => {
            write_equal(out, keys, place, number)?;
            out.push_sql(" AND ");
            out.push_sql(&keys[number].expression);
            out.push_sql(" IS NULL");
            Ok(())
        }
    }
}

fn write_rows<'b>(out: &mut AstPass<'_, 'b, Pg>, keys: &'b [SortKey], place: &'b [Option<String>]) -> QueryResult<()> {
    out.push_sql(" AND (");
    for (number, key) in keys.iter().enumerate() {
        out.push_sql(if number > 0 { ", " } else { "" });
        out.push_sql(&key.expression);
    }
    out.push_sql(if keys.iter().any(|key| key.descending) { ") < (" } else { ") > (" });
    for (number, (key, value)) in keys.iter().zip(place).enumerate() {
        out.push_sql(if number > 0 { ", " } else { "" });
        write_value(out, key, value)?;
    }
    out.push_sql(")");
    Ok(())
}

fn write_equal<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    keys: &'b [SortKey],
    place: &'b [Option<String>],
    before: usize,
) -> QueryResult<()> {
    for (key, value) in keys.iter().zip(place).take(before) {
        out.push_sql(" AND ");
        out.push_sql(&key.expression);
        match value {
            Some(_) => {
                out.push_sql(" = ");
                write_value(out, key, value)?;
            }
            None => out.push_sql(" IS NULL"),
        }
    }
    Ok(())
}

fn write_after<'b>(out: &mut AstPass<'_, 'b, Pg>, key: &'b SortKey, value: &'b Option<String>) -> QueryResult<()> {
    out.push_sql(" AND ");
    out.push_sql(&key.expression);
    match value {
        Some(_) => {
            out.push_sql(if key.descending { " < " } else { " > " });
            write_value(out, key, value)
        }
        None => {
            out.push_sql(" IS NOT NULL");
            Ok(())
        }
    }
}

fn write_value<'b>(out: &mut AstPass<'_, 'b, Pg>, key: &SortKey, value: &'b Option<String>) -> QueryResult<()> {
    out.push_bind_param::<Nullable<Text>, _>(value)?;
    out.push_sql("::text");
    if key.cast != "::text" {
        out.push_sql(key.cast);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(is_nullable: bool, descending: bool) -> SortKey {
        let column = if is_nullable { None } else { Some(Column::Version) };
        SortKey { expression: "x".to_owned(), cast: "::text", column, descending }
    }

    #[test]
    fn what_comes_after_a_place_is_in_as_few_parts_as_can_be() {
        let some = || Some(String::new());
        let (rising, falling) = (SortKey::id(false), SortKey::id(true));
        let parts = |keys: &[SortKey], place: &[Option<String>]| branches(keys, place);
        assert_eq!(parts(&[SortKey::created_at(true), falling.clone()], &[some(), some()]), [Branch::Rows]);
        assert_eq!(parts(&[key(true, false), rising.clone()], &[some(), some()]), [Branch::Rows]);
        let after = [Branch::After(1), Branch::After(0)];
        assert_eq!(parts(&[key(true, false), rising.clone()], &[None, some()]), after);
        assert_eq!(parts(&[key(false, true), rising], &[some(), some()]), after);
        let with_absent = [Branch::After(1), Branch::After(0), Branch::Absent(0)];
        assert_eq!(parts(&[key(true, true), falling.clone()], &[some(), some()]), with_absent);
        assert_eq!(parts(&[key(true, true), falling], &[None, some()]), [Branch::After(1)]);
    }
}
