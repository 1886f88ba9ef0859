//! The content of files: where it lies, how it comes together, and the commands that make a file of it.
//!
//! The order that everything here keeps to: content is durable before the event that names it is appended, and goes only
//! after the event that ends it. A crash in between leaves content that nobody knows of, never a file without content.

mod error;
mod incoming;
mod key;
mod make;
pub mod metrics;
pub mod picture;
mod remove;
mod schema;
mod sniff;
mod storage;
pub mod uploads;

pub use error::StorageError;
pub use incoming::{Incoming, IncomingError, Received};
pub use key::Key;
pub use make::{NewFile, beginning, make, room, space_stream, stream};
pub use remove::remove;
pub use sniff::{is_shown_safely, is_taken, sniff};
pub use storage::{Listed, Storage, Writer};

/// What the sealed name of a file is: part of what it was sealed with, so it never changes.
pub const NAME: &str = "file.name";
