//! What a list is sorted by.

use domain::{
    collections::SortField,
    expressions::{Kind, Place, canonical_timestamp, key_expression},
};

use super::order;
use crate::records::text::TextRecord;

/// Characters of a text by which records are sorted whose field has no bound: no index is on it, and a cursor has to carry
/// it.
const MOST_CHARACTERS: usize = 200;

/// A key of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    pub(super) expression: String,
    /// The type, as a cast.
    pub(super) cast: &'static str,
    /// `None` of a field of the content, which a record may be without.
    pub(super) column: Option<Column>,
    pub(super) descending: bool,
}

/// A column of records, which each record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
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

    /// Whether a record's columns say what it is sorted by.
    pub(super) fn is_column(&self) -> bool {
        self.column.is_some()
    }

    /// The value of the key, as far as it is a column's.
    pub(super) fn column_of(&self, record: &TextRecord) -> Option<String> {
        self.column.map(|column| match column {
            Column::Id => record.id.to_string(),
            Column::Version => record.version.to_string(),
            Column::CreatedAt => canonical_timestamp(record.created_at),
            Column::UpdatedAt => canonical_timestamp(record.updated_at),
            Column::CreatedBy => record.created_by.to_string(),
        })
    }

    pub(super) fn order(&self) -> &'static str {
        order(self.descending, !self.is_column())
    }
}
