//! What handlers take from a request: parsed and checked, or refused with a problem that says where.

mod conditions;
mod idempotency_key;
mod json;
mod json_check;
pub(crate) mod json_object;
mod query;

pub use conditions::{After, CreateOnly, IfMatch, IfNoneMatch};
pub use idempotency_key::IdempotencyKey;
pub use json::{Json, RequestBody, present};
pub use query::Query;
