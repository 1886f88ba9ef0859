//! The all-in-one process and the operator's commands.

mod admin_account;
pub mod commands;
mod greeting;
pub mod local_postgres;
mod prepared;
pub mod run;
mod secrets;
mod workspace;
