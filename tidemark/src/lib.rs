//! The all-in-one process and the operator's commands, and the door through which other crates extend them.

mod admin_account;
mod app;
pub mod commands;
mod extension;
mod greeting;
pub mod local_postgres;
mod prepared;
mod run;
mod secrets;
mod workspace;

pub use app::{App, ConfigSource};
pub use extension::Extension;
