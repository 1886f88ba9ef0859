//! How every process starts and stops: configuration, telemetry, database connections, health, supervised tasks.

pub mod admin;
mod breaker;
pub mod config;
pub mod db;
pub mod health;
pub mod metrics;
pub mod migrations;
pub mod network_guard;
pub mod process;
pub mod redis_pool;
pub mod security_log;
pub mod shutdown;
pub mod tasks;
pub mod telemetry;
pub mod trace_context;

pub use breaker::{Breaker, BreakerSettings, BreakerState, Permit};
pub use config::Config;
pub use network_guard::NetworkGuard;
pub use process::Context;
pub use shutdown::Shutdown;
pub use tasks::Tasks;
pub use trace_context::TraceContext;
