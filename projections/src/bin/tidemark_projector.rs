//! The role that makes read models from the log.

use std::sync::Arc;

use anyhow::Context as _;
use bootstrap::{
    Config, Context,
    config::Role,
    process::{self, Exit},
};
use event_store::Head;
use messaging::{Bus, InProcessBus, RabbitBus, RabbitSettings, relay};
use tracing::warn;

#[global_allocator]
static ALLOCATOR: process::Allocator = process::ALLOCATOR;

fn main() -> Exit {
    process::run("tidemark-projector", Config::load_for(Role::Projector, None), project)
}

async fn project(context: Context) -> anyhow::Result<()> {
    let (bus, head) = (bus(&context)?, Head::new());
    watch_head(&context, &bus, &head)?;
    projections::run(&context, bus, head).await
}

fn bus(context: &Context) -> anyhow::Result<Arc<dyn Bus>> {
    let Some(url) = &context.config.amqp_url else {
        warn!("without AMQP_URL no other process hears of changes at once");
        return Ok(Arc::new(InProcessBus::new()));
    };
    let settings = RabbitSettings::new(url.expose()).context("AMQP_URL")?;
    Ok(Arc::new(RabbitBus::new(settings.with_prefix(&context.config.amqp_prefix), &context.tasks)))
}

fn watch_head(context: &Context, bus: &Arc<dyn Bus>, head: &Head) -> anyhow::Result<()> {
    let url = context.config.database_url()?.to_owned();
    context.tasks.supervise("head", {
        let (head, shutdown) = (head.clone(), context.shutdown.clone());
        move || {
            let (url, head, shutdown) = (url.clone(), head.clone(), shutdown.clone());
            async move {
                head.watch(&url, &shutdown).await;
                Ok::<(), std::convert::Infallible>(())
            }
        }
    });
    context.tasks.supervise("wakeups", {
        let (bus, head, shutdown) = (bus.clone(), head.clone(), context.shutdown.clone());
        move || {
            let (bus, head, shutdown) = (bus.clone(), head.clone(), shutdown.clone());
            async move {
                relay::follow_wakeups(bus, head, shutdown).await;
                Ok::<(), std::convert::Infallible>(())
            }
        }
    });
    Ok(())
}
