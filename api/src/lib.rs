//! The HTTP API: commands in, queries and live updates out.

pub mod account;
pub mod answer;
pub mod audit;
pub mod auth;
pub mod batch;
pub mod cache;
mod cells;
pub mod clock;
pub mod collections;
pub mod cursors;
pub mod docs;
pub mod error;
pub mod exports;
pub mod extension;
pub mod extract;
pub mod files;
pub mod health;
mod http2;
pub mod idempotency;
pub mod imports;
pub mod live;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod operator;
mod reading;
pub mod records;
mod replica;
pub mod roles;
pub mod routes;
mod schema;
pub mod security_txt;
mod server;
pub mod state;
mod tls;
pub mod users;
pub mod webhooks;

use std::sync::Arc;

use bootstrap::Context;
use event_store::Head;
use messaging::Bus;

pub use extension::Extension;
pub use server::Api;
pub use state::AppState;

/// What can be set when the API is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Of bcrypt: each step doubles the work.
    pub password_cost: u32,
    pub store: event_store::Options,
    /// What is served beside the product's own routes.
    pub extensions: Vec<Extension>,
}

impl Default for Options {
    fn default() -> Self {
        Self { password_cost: auth::passwords::COST, store: event_store::Options::default(), extensions: vec![] }
    }
}

/// Serves until a stop is requested and everything is drained. Somebody else watches `head`.
pub async fn run(context: &Context, bus: Arc<dyn Bus>, head: Head) -> anyhow::Result<()> {
    Api::start(context, bus, head, Options::default()).await?.serve().await
}
