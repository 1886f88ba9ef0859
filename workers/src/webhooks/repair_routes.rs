//! Puts right what is noted of webhooks where events of them were passed over: after a restore of the log, and where an
//! older worker, which knew no webhooks, has moved the reactions' checkpoint.

use std::collections::BTreeMap;

use bootstrap::db::Connection;
use diesel_async::AsyncConnection;
use domain::{
    Aggregate,
    webhooks::{Webhook, WebhookEvent},
};
use event_store::{consumer::checkpoint, log};
use jobs::{EnqueueOptions, Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span, warn};
use uuid::Uuid;

use super::{
    DestroyKey, UPKEEP_QUEUE, Webhooks, health,
    routes::{self, Route},
};
use crate::reactions::{ReactionError, Reactions};

/// Events read at a time.
const PAGE: i64 = 1000;
/// Of which events routes are made.
const TYPES: [&str; 5] = [
    WebhookEvent::CREATED,
    WebhookEvent::CHANGED,
    WebhookEvent::DISABLED,
    WebhookEvent::ENABLED,
    WebhookEvent::DELETED,
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairRoutes {}

/// The webhooks as of a position of the log.
#[derive(Default)]
struct WebhooksThen {
    upto: i64,
    webhooks: BTreeMap<Uuid, Webhook>,
}

impl Job for RepairRoutes {
    const KIND: &'static str = "webhooks.repair_routes";
    const QUEUE: &'static str = UPKEEP_QUEUE;

    type State = Webhooks;

    fn key(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(self, ctx: JobContext<Webhooks>) -> JobResult {
        repair(&ctx.state).instrument(info_span!("webhooks.repair_routes")).await
    }
}

async fn repair(webhooks: &Webhooks) -> JobResult {
    let mut conn = webhooks.events.pool().get().await?;
    let mut then = WebhooksThen::default();
    // Most of it before the reactions are made to wait.
    let Some(checkpoint) = checkpoint::read(&mut conn, &Reactions::key()).await? else { return Ok(()) };
    then.read_on(&mut conn, checkpoint.position).await.map_err(|error| failure(&error))?;
    let repaired = (*conn).transaction(async |conn: &mut Connection| {
        let Some(checkpoint) = checkpoint::lock(conn, &Reactions::key()).await? else { return Ok(()) };
        // In another life of the log they have not begun yet.
        if checkpoint.incarnation != log::incarnation(conn).await? || checkpoint.position < then.upto {
            return Ok(());
        }
        then.read_on(conn, checkpoint.position).await?;
        then.note(conn).await
    });
    repaired.await.map_err(|error| failure(&error))
}

impl WebhooksThen {
    /// Goes on to a position.
    async fn read_on(&mut self, conn: &mut Connection, upto: i64) -> Result<(), ReactionError> {
        while self.upto < upto {
            let window = log::of_types(conn, Webhook::CATEGORY, &TYPES, self.upto, PAGE).await?;
            for event in window.events.iter().filter(|event| event.position <= upto) {
                let id = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
                let before = self.webhooks.remove(&id).unwrap_or_default();
                self.webhooks.insert(id, before.apply(&event.decode()?));
            }
            if window.upto == self.upto {
                // The log ends before it.
                return Ok(());
            }
            self.upto = window.upto.min(upto);
        }
        Ok(())
    }

    /// Makes the routes what they should be, and ends what is left of webhooks that are deleted.
    async fn note(&self, conn: &mut Connection) -> Result<(), ReactionError> {
        let mut noted = routes::all(conn).await?;
        for (webhook, state) in &self.webhooks {
            let Ok(endpoint) = state.endpoint() else { continue };
            let (is_enabled, before) = (endpoint.disabled.is_none(), noted.remove(webhook));
            if before.is_some_and(|(route, enabled)| enabled == is_enabled && route == Route::of(*webhook, endpoint)) {
                continue;
            }
            warn!(%webhook, "events of a webhook were passed over; noted what it wants now");
            routes::define(conn, *webhook, &endpoint.definition).await?;
            routes::enable(conn, *webhook, is_enabled).await?;
            health::clear(conn, *webhook).await?;
        }
        for webhook_id in noted.into_keys() {
            warn!(webhook = %webhook_id, "the end of a webhook was passed over");
            routes::remove(conn, webhook_id).await?;
            health::clear(conn, webhook_id).await?;
            jobs::enqueue(conn, &DestroyKey { webhook_id }, &EnqueueOptions::default()).await?;
        }
        Ok(())
    }
}

fn failure(error: &ReactionError) -> JobError {
    match error {
        ReactionError::NoAggregate | ReactionError::NoRoute | ReactionError::Decode(_) => {
            JobError::failed("not_readable")
        }
        ReactionError::Query(_) => JobError::failed("database_error"),
    }
}
