//! The fields that an expression may name, with their types and where they are stored.

use std::{collections::BTreeMap, fmt, sync::Arc};

const MAX_NAME_LENGTH: usize = 63;
const MAX_PATH_LENGTH: usize = 8;

/// What one value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    String,
    /// Of 64 bits.
    Integer,
    /// A double.
    Number,
    Boolean,
    /// Stored as [`super::canonical_timestamp`] writes it.
    Timestamp,
    /// A UUID in its canonical text: the id of a record, a user or a file.
    Id,
}

/// What a field is. Every field may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    One(Kind),
    ManyOf(Kind),
}

/// Where a row has the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the `jsonb` column `data`.
    Data,
    /// In a column of its own, of the type `text`, `bigint`, `double precision`, `boolean`, `timestamptz` or `uuid`.
    Column,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    path: Vec<String>,
    field_type: Type,
    place: Place,
}

/// The declared fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    fields: BTreeMap<String, Arc<Field>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidField {
    #[error(
        "a field's name is of letters, digits and _, begins with no digit, and has at most 63; 8 of them with dots"
    )]
    Name,
    #[error("this field is declared twice")]
    Twice,
}

impl Schema {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field of `data`; a name with dots is a path through objects.
    pub fn with(self, name: &str, field_type: Type) -> Result<Self, InvalidField> {
        self.add(name, field_type, Place::Data)
    }

    /// Adds a field that the row has as a column of this name.
    pub fn with_column(self, name: &str, kind: Kind) -> Result<Self, InvalidField> {
        if name.contains('.') {
            return Err(InvalidField::Name);
        }
        self.add(name, Type::One(kind), Place::Column)
    }

    fn add(mut self, name: &str, field_type: Type, place: Place) -> Result<Self, InvalidField> {
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        if path.len() > MAX_PATH_LENGTH || !path.iter().all(|part| is_name(part)) {
            return Err(InvalidField::Name);
        }
        match self.fields.insert(name.to_owned(), Arc::new(Field { path, field_type, place })) {
            Some(_) => Err(InvalidField::Twice),
            None => Ok(self),
        }
    }

    pub fn field(&self, name: &str) -> Option<&Arc<Field>> {
        self.fields.get(name)
    }

    /// All of them, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Arc<Field>)> {
        self.fields.iter().map(|(name, field)| (name.as_str(), field))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }
}

impl Field {
    /// The names through which a record is gone to reach it; never empty, each of ASCII letters, digits and `_`.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    pub fn field_type(&self) -> Type {
        self.field_type
    }

    pub fn place(&self) -> Place {
        self.place
    }

    /// Of the field, or of the items of its list.
    pub fn kind(&self) -> Kind {
        match self.field_type {
            Type::One(kind) | Type::ManyOf(kind) => kind,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::String => "a string",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Timestamp => "a timestamp",
            Self::Id => "an id",
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::One(kind) => return kind.fmt(formatter),
            Self::ManyOf(Kind::String) => "a list of strings",
            Self::ManyOf(Kind::Integer) => "a list of integers",
            Self::ManyOf(Kind::Number) => "a list of numbers",
            Self::ManyOf(Kind::Boolean) => "a list of booleans",
            Self::ManyOf(Kind::Timestamp) => "a list of timestamps",
            Self::ManyOf(Kind::Id) => "a list of ids",
        })
    }
}

fn is_name(text: &str) -> bool {
    let begins_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    begins_well
        && text.len() <= MAX_NAME_LENGTH
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_declared_by_plain_names_and_paths() {
        let schema = Schema::new().with("title", Type::One(Kind::String)).unwrap();
        let schema = schema.with("address.city", Type::One(Kind::String)).unwrap();
        let schema = schema.with_column("created_at", Kind::Timestamp).unwrap();
        assert_eq!(schema.field("address.city").unwrap().path(), ["address", "city"]);
        assert_eq!(schema.field("created_at").unwrap().place(), Place::Column);
        assert_eq!(schema.field("address"), None);
    }

    #[test]
    fn other_names_are_refused() {
        let (too_long, too_deep) = ("a".repeat(64), ["a"; 9].join("."));
        for name in ["", "1a", "a b", "a'b", "a\"b", "ä", "a..b", ".a", "a.", "a-b", &too_long, &too_deep] {
            assert_eq!(Schema::new().with(name, Type::One(Kind::String)), Err(InvalidField::Name), "{name}");
        }
        assert_eq!(Schema::new().with_column("a.b", Kind::String), Err(InvalidField::Name));
    }

    #[test]
    fn a_name_is_declared_once() {
        let schema = Schema::new().with("title", Type::One(Kind::String)).unwrap();
        assert_eq!(schema.with_column("title", Kind::String), Err(InvalidField::Twice));
    }
}
