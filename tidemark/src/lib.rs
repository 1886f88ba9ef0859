//! The all-in-one process and the operator's commands.

pub mod local_postgres;
