//! What events of webhooks lead to, and which webhooks are told of all the others.

use bootstrap::db::Connection;
use domain::{
    Aggregate,
    webhooks::{Disablement, Webhook, WebhookEvent},
};
use event_store::RecordedEvent;
use jobs::EnqueueOptions;
use uuid::Uuid;

use super::{
    DestroyKey, DisableUnfit, ReplayEvents, SendWebhookDisabledEmail,
    conditions::Conditions,
    deliveries::{self, Repeat},
    health,
    matching::{Candidates, Match},
    routes::{self, Routes},
};
use crate::reactions::{ReactionError, enqueue};

/// Goes over a batch in the order of the log: a webhook is told of what comes after the event that says so. The webhooks
/// are read once for the batch, and nothing more is done where there are none.
pub(crate) async fn react(
    conn: &mut Connection,
    events: &[RecordedEvent],
    conditions: &Conditions,
) -> Result<(), ReactionError> {
    let mut routes = Routes::read(conn).await?;
    let (mut candidates, mut tests) = (Candidates::default(), Vec::new());
    for event in events {
        if event.category == Webhook::CATEGORY {
            let webhook = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
            let happened = event.decode()?;
            if let WebhookEvent::TestRequested(_) = happened {
                tests.push(Match { webhook, event });
            }
            follow(conn, event, webhook, &happened, conditions).await?;
            routes = Routes::read(conn).await?;
        } else if !routes.is_empty() {
            candidates.add(&routes, event);
        }
    }
    deliveries::enqueue(conn, &tests, Repeat::Leave).await?;
    if candidates.is_empty() {
        return Ok(());
    }
    let matched = candidates.judge(conn, conditions).await?;
    deliveries::enqueue(conn, &matched.deliveries, Repeat::Leave).await?;
    for webhook_id in matched.unfit {
        jobs::enqueue(conn, &DisableUnfit { webhook_id }, &EnqueueOptions::default()).await?;
    }
    Ok(())
}

/// Keeps the routes as the events of webhooks say, and enqueues what follows from those.
async fn follow(
    conn: &mut Connection,
    event: &RecordedEvent,
    webhook_id: Uuid,
    happened: &WebhookEvent,
    conditions: &Conditions,
) -> Result<(), ReactionError> {
    match happened {
        WebhookEvent::Created(created) => routes::define(conn, webhook_id, &created.definition).await,
        WebhookEvent::Changed(changed) => {
            health::clear(conn, webhook_id).await?;
            routes::define(conn, webhook_id, &changed.definition).await
        }
        WebhookEvent::Enabled(_) => {
            health::clear(conn, webhook_id).await?;
            Ok(routes::enable(conn, webhook_id, true).await?)
        }
        WebhookEvent::Disabled(disabled) => {
            routes::enable(conn, webhook_id, false).await?;
            match disabled.reason {
                Disablement::ByRequest => Ok(()),
                // Nobody has asked for it, so somebody should know.
                Disablement::Gone | Disablement::Failing | Disablement::FilterNotApplicable => {
                    let (cause, reason) = (event.event_id, disabled.reason);
                    enqueue(conn, event, &SendWebhookDisabledEmail { webhook_id, cause, reason }).await
                }
            }
        }
        WebhookEvent::Deleted(_) => {
            conditions.forget(webhook_id);
            routes::remove(conn, webhook_id).await?;
            health::clear(conn, webhook_id).await?;
            enqueue(conn, event, &DestroyKey { webhook_id }).await
        }
        WebhookEvent::ReplayRequested(_) => {
            enqueue(conn, event, &ReplayEvents { webhook_id, position: event.position, after: None }).await
        }
        WebhookEvent::SecretRotated(_) | WebhookEvent::TestRequested(_) => Ok(()),
    }
}
