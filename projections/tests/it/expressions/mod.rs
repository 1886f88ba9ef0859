//! Filters on a real PostgreSQL: they find what they match in memory, and use the indexes that are made for them.

mod agreement;
mod conditions;
mod dice;
mod indexes;
mod records;
mod table;

use domain::expressions::{Kind, Schema, Type};

/// Fields of every type, in `data` and as columns.
pub(super) const IN_DATA: [(&str, Type); 15] = [
    ("title", Type::One(Kind::String)),
    ("status", Type::One(Kind::String)),
    ("address.city", Type::One(Kind::String)),
    ("count", Type::One(Kind::Integer)),
    ("rank", Type::One(Kind::Integer)),
    ("price", Type::One(Kind::Number)),
    ("done", Type::One(Kind::Boolean)),
    ("due", Type::One(Kind::Timestamp)),
    ("author", Type::One(Kind::Id)),
    ("tags", Type::ManyOf(Kind::String)),
    ("sizes", Type::ManyOf(Kind::Integer)),
    ("weights", Type::ManyOf(Kind::Number)),
    ("flags", Type::ManyOf(Kind::Boolean)),
    ("dates", Type::ManyOf(Kind::Timestamp)),
    ("editors", Type::ManyOf(Kind::Id)),
];

pub(super) const AS_COLUMNS: [(&str, Kind); 6] = [
    ("label", Kind::String),
    ("version", Kind::Integer),
    ("ratio", Kind::Number),
    ("hidden", Kind::Boolean),
    ("created_at", Kind::Timestamp),
    ("owner", Kind::Id),
];

pub(super) fn schema() -> Schema {
    let schema = IN_DATA.into_iter().fold(Schema::new(), |schema, (name, kind)| schema.with(name, kind).unwrap());
    AS_COLUMNS.into_iter().fold(schema, |schema, (name, kind)| schema.with_column(name, kind).unwrap())
}
