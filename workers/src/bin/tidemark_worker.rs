//! The process that runs reactions and jobs.

use std::{convert::Infallible, sync::Arc};

use anyhow::Context as _;
use bootstrap::{
    Config, Context,
    process::{self, Exit},
};
use event_store::Head;
use messaging::{RabbitBus, RabbitSettings, relay};

fn main() -> Exit {
    process::run("tidemark-worker", Config::load(None), run)
}

async fn run(context: Context) -> anyhow::Result<()> {
    let head = Head::new();
    watch(&context, head.clone())?;
    follow_bus(&context, head.clone())?;
    workers::run(&context, head).await
}

fn watch(context: &Context, head: Head) -> anyhow::Result<()> {
    let (url, shutdown) = (context.config.database_url()?.to_owned(), context.shutdown.clone());
    context.tasks.supervise("head", move || {
        let (url, head, shutdown) = (url.clone(), head.clone(), shutdown.clone());
        async move {
            head.watch(&url, &shutdown).await;
            Ok::<_, Infallible>(())
        }
    });
    Ok(())
}

/// The broker tells of new events, too, where there is one: while the database's notifications fail it is the faster way.
fn follow_bus(context: &Context, head: Head) -> anyhow::Result<()> {
    let Some(url) = &context.config.amqp_url else { return Ok(()) };
    let settings = RabbitSettings::new(url.expose()).context("amqp_url")?.with_prefix(&context.config.amqp_prefix);
    let bus = Arc::new(RabbitBus::new(settings, &context.tasks));
    let shutdown = context.shutdown.clone();
    context.tasks.supervise("wakeups", move || {
        let (bus, head, shutdown) = (bus.clone(), head.clone(), shutdown.clone());
        async move {
            relay::follow_wakeups(bus, head, shutdown).await;
            Ok::<_, Infallible>(())
        }
    });
    Ok(())
}
