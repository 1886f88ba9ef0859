//! Reactions: what happened in the log becomes jobs, exactly one for each event that calls for one.
//!
//! The checkpoint and the jobs commit in one transaction, so a job is enqueued once however often the reader is killed.
//! Reactions are never rebuilt: after a restore of the log they go on from its head, so that nobody is mailed twice.

use std::sync::Arc;

use ::metrics::counter;
use bootstrap::{Config, Tasks, db::Connection};
use domain::{
    Aggregate, DecodeError, collections::Collection, files::File, imports::Import, records::Record, users::User,
};
use event_store::{
    Head, RecordedEvent,
    consumer::{ConsumerKey, Handler, HandlerError, Runner, Settings, Standing, StartAt},
};
use jobs::{EnqueueOptions, Enqueued, Job};

use crate::{
    collections, files, imports,
    metrics::REACTIONS,
    users,
    webhooks::{self, Conditions},
};

/// Each event may cost a statement, so a transaction takes fewer than a projection's.
const BATCH: i64 = 200;

/// Turns events into jobs. Its name in checkpoints, `reactions`, is created by the schema's migration: see there.
#[derive(Clone, Debug, Default)]
pub struct Reactions {
    /// Of webhooks.
    pub conditions: Conditions,
}

/// Why an event's jobs could not be enqueued.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    #[error("the event's stream names no aggregate")]
    NoAggregate,
    #[error("a webhook's route is not as it was written")]
    NoRoute,
    /// Also of an event that only a newer build knows: its stream is parked, rather than what follows from it lost.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

impl From<ReactionError> for HandlerError {
    fn from(error: ReactionError) -> Self {
        match error {
            ReactionError::NoAggregate | ReactionError::NoRoute => Self::Other(error.to_string()),
            ReactionError::Decode(error) => Self::Decode(error),
            ReactionError::Query(error) => Self::Query(error),
        }
    }
}

impl Handler for Reactions {
    type Effects = ();

    async fn handle(&self, conn: &mut Connection, _: Standing, events: &[RecordedEvent]) -> Result<(), HandlerError> {
        for event in events {
            if event.category == User::CATEGORY {
                users::reactions::react(conn, event).await?;
            } else if event.category == Collection::CATEGORY {
                collections::reactions::react(conn, event).await?;
            } else if event.category == File::CATEGORY {
                files::reactions::react(conn, event).await?;
            } else if event.category == Record::CATEGORY {
                files::link_record::react(conn, event).await?;
            } else if event.category == Import::CATEGORY {
                imports::reactions::react(conn, event).await?;
            }
        }
        webhooks::reactions::react(conn, events, &self.conditions).await?;
        Ok(())
    }
}

impl Reactions {
    /// The one consumer of all reactions.
    pub fn key() -> ConsumerKey {
        ConsumerKey::new("reactions")
    }

    /// Durable, unlike a projection's: a checkpoint that goes back would enqueue again. They start at the log's head
    /// after a restore; where they start in a new installation, the migration has decided. They read everything, since
    /// webhooks may be told of everything.
    pub fn settings() -> Settings {
        Settings { start_at: StartAt::Head, batch: BATCH, ..Settings::new(Self::key()) }
    }

    /// Runs the reactions among `tasks`; over all processes one runs at a time, and another takes over when it is gone.
    pub fn start(self, settings: Settings, config: &Config, head: Head, tasks: &Tasks) -> anyhow::Result<()> {
        start(settings, self, config, head, tasks)
    }
}

/// Runs a consumer among `tasks`, which know it by the name that its checkpoint has.
pub(crate) fn start<H: Handler>(
    settings: Settings,
    handler: H,
    config: &Config,
    head: Head,
    tasks: &Tasks,
) -> anyhow::Result<()> {
    let (name, url) = (settings.key.consumer.clone(), config.database_url()?.to_owned());
    let runner = Arc::new(Runner { settings, handler, head, url });
    let shutdown = tasks.shutdown().clone();
    tasks.supervise(name, move || {
        let (runner, shutdown) = (Arc::clone(&runner), shutdown.clone());
        async move { runner.run(&shutdown).await }
    });
    Ok(())
}

/// Enqueues a job that an event calls for, in the event's trace.
pub async fn enqueue<J: Job>(conn: &mut Connection, event: &RecordedEvent, job: &J) -> Result<(), ReactionError> {
    enqueue_with(conn, event, job, EnqueueOptions::default()).await
}

/// The same with options, such as a time before which the job does not run.
pub async fn enqueue_with<J: Job>(
    conn: &mut Connection,
    event: &RecordedEvent,
    job: &J,
    options: EnqueueOptions,
) -> Result<(), ReactionError> {
    let options = match event.metadata().traceparent {
        Some(traceparent) => options.traceparent(traceparent),
        None => options,
    };
    match jobs::enqueue(conn, job, &options).await? {
        Enqueued::Created(_) => counter!(REACTIONS, "kind" => J::KIND).increment(1),
        // The event's id is the job's key, so this is the job of this very event.
        Enqueued::Duplicate => {}
    }
    Ok(())
}
