//! Webhooks: which events are for whom, and the sending of them to servers that users name.
//!
//! Reactions turn events into deliveries, in the transaction of their checkpoint; a job for each sends it until the server
//! has taken it. docs/webhooks.md says what receivers can count on.

mod conditions;
mod deliver_event;
mod deliveries;
mod destroy_key;
mod disable_unfit;
mod endpoints;
mod health;
mod matching;
mod prune_deliveries;
pub mod reactions;
mod records;
mod repair_routes;
mod replay_events;
mod replays;
mod resolver;
mod routes;
mod send_disabled_email;
mod sender;
mod sending;
mod settings;
mod signature;

use anyhow::Context as _;
use bootstrap::{Config, NetworkGuard, config};
use domain::{Aggregate, Command, webhooks::Webhook};
use event_store::{EventStore, ExecuteError, Execution, StreamId, SubjectKeys, subject_keys::SubjectKeyError};
use jobs::{CatchUp, Crons, JobError, Registry, Schedule, ScheduleError};
use uuid::Uuid;

pub use conditions::Conditions;
pub use deliver_event::DeliverEvent;
pub use destroy_key::DestroyKey;
pub use disable_unfit::DisableUnfit;
pub use prune_deliveries::PruneDeliveries;
pub use repair_routes::RepairRoutes;
pub use replay_events::ReplayEvents;
pub use send_disabled_email::SendWebhookDisabledEmail;
pub use settings::DeliverySettings;

use self::{endpoints::Endpoints, sender::Sender};
use crate::{
    system::{as_system, log_failure},
    users::Mailing,
};

/// The queue of jobs that wait for servers of others.
pub const WEBHOOK_QUEUE: &str = "webhooks";
/// The queue of jobs that look after webhooks, and wait for nobody: never behind deliveries.
pub const UPKEEP_QUEUE: &str = "webhook_upkeep";
/// What the beginnings of answers are sealed for, under the webhook's own key.
pub const RESPONSE_PURPOSE: &str = "webhook.response";

/// What jobs on webhooks need. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    pub(crate) events: EventStore,
    pub(crate) keys: SubjectKeys,
    pub(crate) sender: Sender,
    pub(crate) endpoints: Endpoints,
    /// What the reactions have read too.
    pub(crate) conditions: Conditions,
    pub(crate) settings: config::Webhooks,
}

impl Webhooks {
    pub(crate) fn new(
        config: &Config,
        mailing: &Mailing,
        conditions: Conditions,
        settings: DeliverySettings,
    ) -> anyhow::Result<Self> {
        let sender = Sender::new(NetworkGuard::for_webhooks(config), settings.timeout);
        Ok(Self {
            events: mailing.store.clone(),
            keys: mailing.keys.clone(),
            sender: sender.context("the client that delivers to webhooks")?,
            endpoints: Endpoints::new(settings.breaker),
            conditions,
            settings: config.webhooks.clone(),
        })
    }

    /// Executes a command on a webhook in the system's name; one that is refused is no longer called for. False where the
    /// webhook is not at the version that is expected.
    async fn execute<C: Command<Aggregate = Webhook>>(
        &self,
        webhook: Uuid,
        command: C,
        expected: Option<i64>,
    ) -> Result<bool, JobError> {
        let execution = Execution { expected, ..as_system() };
        match self.events.execute(&StreamId::new(Webhook::CATEGORY, webhook), command, execution).await {
            Ok(_) | Err(ExecuteError::Refused(_)) => Ok(true),
            Err(ExecuteError::VersionMismatch { .. }) => Ok(false),
            Err(error) => Err(log_failure(&error)),
        }
    }
}

/// Adds the handlers.
pub(crate) fn register(registry: Registry, webhooks: Webhooks, mailing: Mailing) -> Registry {
    registry
        .with::<DeliverEvent>(webhooks.clone())
        .with::<ReplayEvents>(webhooks.clone())
        .with::<DisableUnfit>(webhooks.clone())
        .with::<DestroyKey>(webhooks.clone())
        .with::<RepairRoutes>(webhooks.clone())
        .with::<PruneDeliveries>(webhooks)
        .with::<SendWebhookDisabledEmail>(mailing)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let hourly = Schedule::cron("47 * * * *")?;
    let often = Schedule::cron("*/10 * * * *")?;
    Ok(crons.with("prune_webhook_deliveries", hourly, CatchUp::Latest, |_| PruneDeliveries {}).with(
        "repair_webhook_routes",
        often,
        CatchUp::Latest,
        |_| RepairRoutes {},
    ))
}

/// Nothing of the error's own text: what could not be read may be in it.
fn key_failure(error: &SubjectKeyError) -> JobError {
    match error {
        SubjectKeyError::Erased => JobError::cancelled("webhook_gone"),
        SubjectKeyError::Unknown
        | SubjectKeyError::DoesNotOpen
        | SubjectKeyError::Pool(_)
        | SubjectKeyError::Query(_) => JobError::failed("webhook_key_unavailable"),
    }
}
