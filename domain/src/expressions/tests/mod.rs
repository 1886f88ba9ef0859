//! What expressions mean, what is refused, and that no text harms the process.

mod errors;
mod limits;
mod meaning;

use uuid::Uuid;

use super::{Kind, Request, Schema, Type};
use crate::roles::RoleName;

pub(super) const ADA: Uuid = Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057);

/// Of every type.
pub(super) fn schema() -> Schema {
    let fields = [
        ("title", Type::One(Kind::String)),
        ("status", Type::One(Kind::String)),
        ("address.city", Type::One(Kind::String)),
        ("count", Type::One(Kind::Integer)),
        ("price", Type::One(Kind::Number)),
        ("done", Type::One(Kind::Boolean)),
        ("due", Type::One(Kind::Timestamp)),
        ("author", Type::One(Kind::Id)),
        ("tags", Type::ManyOf(Kind::String)),
        ("sizes", Type::ManyOf(Kind::Integer)),
        ("weights", Type::ManyOf(Kind::Number)),
        ("dates", Type::ManyOf(Kind::Timestamp)),
    ];
    let schema = fields.into_iter().fold(Schema::new(), |schema, (name, kind)| schema.with(name, kind).unwrap());
    let schema = schema.with_column("id", Kind::Id).unwrap();
    schema.with_column("created_at", Kind::Timestamp).unwrap()
}

/// Of Ada, who is a member and an editor.
pub(super) fn by_ada(roles: &[RoleName]) -> Request<'_> {
    Request { user_id: Some(ADA), user_roles: roles, now: "2026-11-25T12:00:00Z".parse().unwrap() }
}

pub(super) fn roles() -> [RoleName; 2] {
    [RoleName::MEMBER, RoleName::parse("editor").unwrap()]
}
