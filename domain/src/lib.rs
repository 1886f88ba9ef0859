//! Pure decisions: what a command does to an aggregate. No I/O, no clock, no randomness: time and ids travel in commands.

pub mod aggregate;
pub mod collections;
pub mod event_types;
pub mod expressions;
pub mod files;
#[cfg(test)]
mod golden;
pub mod imports;
pub mod records;
pub mod roles;
pub mod schema_changes;
pub mod sealed;
pub mod sessions;
pub mod testing;
pub mod users;
pub mod webhooks;

pub use aggregate::{Aggregate, Command, DecodeError, DomainEvent, EventName};
pub use sealed::Sealed;
