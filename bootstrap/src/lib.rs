//! How every process starts and stops: configuration, telemetry, database connections, health, supervised tasks.

pub mod config;
pub mod db;
pub mod migrations;
pub mod shutdown;
pub mod tasks;

pub use config::Config;
pub use shutdown::Shutdown;
pub use tasks::Tasks;
