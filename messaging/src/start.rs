//! What every process does with the log's head and the bus, whatever its role.

use std::{convert::Infallible, sync::Arc};

use bootstrap::{Context, health};
use event_store::Head;

use crate::{Bus, BusError, InProcessBus, RabbitBus, RabbitSettings, relay};

/// The bus of this process: RabbitMQ where it is configured, else in-process. It and the database tell `head` how far the
/// log has come, until the process stops.
pub fn start(context: &Context, head: &Head) -> anyhow::Result<Arc<dyn Bus>> {
    watch_head(context, head)?;
    let bus = open(context)?;
    follow_wakeups(context, head, bus.clone());
    if context.config.amqp_url.is_some() {
        let shown = bus.clone();
        context.health.register("bus", health::Impact::Partial, move || {
            let state = shown.state();
            async move { state.into() }
        });
    }
    Ok(bus)
}

fn open(context: &Context) -> Result<Arc<dyn Bus>, BusError> {
    Ok(match &context.config.amqp_url {
        Some(url) => {
            let settings = RabbitSettings::new(url.expose())?.with_prefix(&context.config.amqp_prefix);
            Arc::new(RabbitBus::new(settings, &context.tasks))
        }
        None => Arc::new(InProcessBus::new()),
    })
}

fn watch_head(context: &Context, head: &Head) -> anyhow::Result<()> {
    let (url, head, shutdown) = (context.config.database_url()?.to_owned(), head.clone(), context.shutdown.clone());
    context.tasks.supervise("head", move || {
        let (url, head, shutdown) = (url.clone(), head.clone(), shutdown.clone());
        async move {
            head.watch(&url, &shutdown).await;
            Ok::<_, Infallible>(())
        }
    });
    Ok(())
}

fn follow_wakeups(context: &Context, head: &Head, bus: Arc<dyn Bus>) {
    let (head, shutdown) = (head.clone(), context.shutdown.clone());
    context.tasks.supervise("wakeups", move || {
        let (bus, head, shutdown) = (bus.clone(), head.clone(), shutdown.clone());
        relay::follow_wakeups(bus, head, shutdown)
    });
}
