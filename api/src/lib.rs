//! The HTTP API: commands in, queries and live updates out.

pub mod auth;
pub mod clock;
pub mod error;
mod live;
pub mod middleware;
mod routes;
mod server;
pub mod state;

use std::sync::Arc;

use bootstrap::Context;
use event_store::Head;
use messaging::Bus;

pub use server::Api;

/// Serves until a stop is requested and everything is drained. Somebody else watches `head`.
pub async fn run(context: &Context, bus: Arc<dyn Bus>, head: Head) -> anyhow::Result<()> {
    Api::start(context, bus, head).await?.serve().await
}
