//! What a filter of users may name.

use std::sync::LazyLock;

use domain::expressions::{InvalidField, Kind, Schema};

/// The fields of a user that are neither sealed nor lists, under their names in answers.
pub fn fields() -> &'static Schema {
    static FIELDS: LazyLock<Schema> = LazyLock::new(|| declare().unwrap_or_default());
    &FIELDS
}

fn declare() -> Result<Schema, InvalidField> {
    Schema::new()
        .with_column("id", Kind::Id)?
        .with_column("status", Kind::String)?
        .with_column("locale", Kind::String)?
        .with_column("email_verified", Kind::Boolean)?
        .with_column("totp", Kind::Boolean)?
        .with_column("version", Kind::Integer)?
        .with_column("created_at", Kind::Timestamp)?
        .with_column("updated_at", Kind::Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_column_of_its_own() {
        let schema = declare().unwrap();
        for name in ["id", "status", "locale", "email_verified", "totp", "version", "created_at", "updated_at"] {
            assert!(schema.field(name).is_some(), "{name}");
        }
        assert!(schema.field("email").is_none(), "what is sealed is compared with nothing");
    }
}
