//! The worker role: reactions turn events into jobs, and jobs have effects in the world, such as mails.

pub mod collections;
pub mod extension;
pub mod files;
mod health;
pub mod imports;
pub mod mailer;
pub mod metrics;
pub mod reactions;
pub mod retention;
mod role;
mod schema;
mod system;
pub mod users;
pub mod webhooks;

pub use extension::{Extension, Services, Work};
pub use role::{Options, run, start};
