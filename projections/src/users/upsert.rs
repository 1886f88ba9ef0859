//! The one statement that writes users: any number of rows, prepared once per connection.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::UserRow;

/// Rows by column. At most one per user.
pub(super) struct Upsert<'a> {
    id: Vec<Uuid>,
    version: Vec<i64>,
    email: Vec<&'a str>,
    display_name: Vec<Option<&'a str>>,
    locale: Vec<&'a str>,
    /// Joined by commas: arrays of arrays must be rectangular.
    roles: Vec<String>,
    created_at: Vec<DateTime<Utc>>,
    updated_at: Vec<DateTime<Utc>>,
    position: Vec<i64>,
    deleted: Vec<bool>,
    email_verified: Vec<bool>,
    status: Vec<&'a str>,
    totp: Vec<bool>,
    generation: Vec<i32>,
    avatar: Vec<Option<Uuid>>,
}

impl<'a> Upsert<'a> {
    pub(super) fn of(rows: &'a [UserRow]) -> Self {
        Self {
            id: rows.iter().map(|row| row.id).collect(),
            version: rows.iter().map(|row| row.version).collect(),
            email: rows.iter().map(|row| row.email.as_str()).collect(),
            display_name: rows.iter().map(|row| row.display_name.as_deref()).collect(),
            locale: rows.iter().map(|row| row.locale.as_str()).collect(),
            roles: rows.iter().map(|row| row.roles.join(",")).collect(),
            created_at: rows.iter().map(|row| row.created_at).collect(),
            updated_at: rows.iter().map(|row| row.updated_at).collect(),
            position: rows.iter().map(|row| row.position).collect(),
            deleted: rows.iter().map(|row| row.deleted).collect(),
            email_verified: rows.iter().map(|row| row.email_verified).collect(),
            status: rows.iter().map(|row| row.status.as_str()).collect(),
            totp: rows.iter().map(|row| row.totp).collect(),
            generation: rows.iter().map(|row| row.generation).collect(),
            avatar: rows.iter().map(|row| row.avatar).collect(),
        }
    }
}

impl QueryId for Upsert<'_> {
    // A type without lifetimes names the statement, so that diesel keeps it prepared.
    type QueryId = Upsert<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Upsert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO users (id, version, email, display_name, locale, roles, created_at, updated_at, position, \
             deleted, email_verified, status, totp, generation, avatar) SELECT id, version, email, display_name, locale, \
             string_to_array(roles, ','), created_at, updated_at, position, deleted, email_verified, status, totp, \
             generation, avatar FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.id)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            version: BigInt, email: Text, display_name: Nullable<Text>, locale: Text, roles: Text,
            created_at: Timestamptz, updated_at: Timestamptz, position: BigInt, deleted: Bool,
            email_verified: Bool, status: Text, totp: Bool, generation: Integer,
            avatar: Nullable<SqlUuid>,
        );
        out.push_sql(
            ") AS r (id, version, email, display_name, locale, roles, created_at, updated_at, position, deleted, \
             email_verified, status, totp, generation, avatar) \
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, email = excluded.email, \
             display_name = excluded.display_name, locale = excluded.locale, roles = excluded.roles, \
             created_at = excluded.created_at, updated_at = excluded.updated_at, position = excluded.position, \
             deleted = excluded.deleted, email_verified = excluded.email_verified, status = excluded.status, \
             totp = excluded.totp, generation = excluded.generation, \
             avatar = excluded.avatar",
        );
        Ok(())
    }
}
