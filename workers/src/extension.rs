//! What a crate outside this workspace's own adds to the role: consumers of the log, jobs, schedules, mails.

use std::{fmt, sync::Arc};

use bootstrap::{Context, db};
use chrono::{DateTime, Utc};
use event_store::{
    EventStore, Head,
    consumer::{Handler, Settings},
};
use jobs::{CatchUp, Crons, Job, Registry, Schedule};

use crate::{mailer::MailTexts, reactions, users::Mailing};

type Start = Arc<dyn Fn(&Services) -> anyhow::Result<()> + Send + Sync>;
type AddWork = Arc<dyn Fn(&Services, Work) -> anyhow::Result<Work> + Send + Sync>;

/// Reactions and jobs beside the product's own, in the same worker.
#[derive(Clone, Default)]
pub struct Extension {
    consumers: Vec<(String, Start)>,
    work: Vec<AddWork>,
    pub(crate) mails: Vec<MailTexts>,
}

/// What jobs can stand on. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub context: Context,
    pub head: Head,
    pub pool: db::Pool,
    /// Mails users; has the log and the keys of persons too.
    pub mailing: Mailing,
}

/// The jobs that a worker runs.
#[derive(Debug, Default)]
pub struct Work {
    pub(crate) registry: Registry,
    pub(crate) crons: Crons,
    pub(crate) queues: Vec<(String, usize)>,
}

impl Extension {
    /// A consumer of the log, such as one that turns events into jobs in the transaction of its checkpoint. Over all
    /// processes one runs at a time.
    ///
    /// Its migration should make its checkpoint, as `migrations/*_create_email_log` does for the product's reactions: a
    /// consumer that begins at the head begins otherwise where the head is when a worker first runs.
    #[must_use]
    pub fn consumer<H: Handler + Clone>(mut self, settings: Settings, handler: H) -> Self {
        let name = settings.key.consumer.clone();
        let start = move |services: &Services| {
            let Services { context, head, .. } = services;
            reactions::start(settings.clone(), handler.clone(), &context.config, head.clone(), &context.tasks)
        };
        self.consumers.push((name, Arc::new(start)));
        self
    }

    /// Jobs, queues and schedules, made when the worker starts: an error ends the start.
    #[must_use]
    pub fn jobs(mut self, add: impl Fn(&Services, Work) -> anyhow::Result<Work> + Send + Sync + 'static) -> Self {
        self.work.push(Arc::new(add));
        self
    }

    /// The texts of a kind of mail, for [`Mailing::notify`].
    #[must_use]
    pub fn mail(mut self, texts: MailTexts) -> Self {
        self.mails.push(texts);
        self
    }

    pub(crate) fn add_work(&self, services: &Services, work: Work) -> anyhow::Result<Work> {
        self.work.iter().try_fold(work, |work, add| add(services, work))
    }

    pub(crate) fn start_consumers(&self, services: &Services) -> anyhow::Result<()> {
        self.consumers.iter().try_for_each(|(_, start)| start(services))
    }
}

impl Services {
    pub fn store(&self) -> &EventStore {
        &self.mailing.store
    }
}

impl Work {
    /// Runs jobs of this kind, with what they need.
    #[must_use]
    pub fn job<J: Job>(self, state: J::State) -> Self {
        Self { registry: self.registry.with::<J>(state), ..self }
    }

    /// Enqueues a job at each tick; see [`Crons::with`].
    #[must_use]
    pub fn cron<J: Job>(
        self,
        name: &'static str,
        schedule: Schedule,
        catch_up: CatchUp,
        job: impl Fn(DateTime<Utc>) -> J + Send + Sync + 'static,
    ) -> Self {
        Self { crons: self.crons.with(name, schedule, catch_up, job), ..self }
    }

    /// Serves a queue, with so many jobs at once in this process.
    #[must_use]
    pub fn queue(mut self, name: &'static str, concurrency: usize) -> Self {
        self.queues.push((name.to_owned(), concurrency));
        self
    }

    /// Refuses kinds of jobs whose queue nobody serves: they would wait for ever.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let served = |queue: &str| self.queues.iter().any(|(name, _)| name == queue);
        match self.registry.queues().into_iter().find(|queue| !served(queue)) {
            Some(queue) => anyhow::bail!("there are jobs for the queue {queue}, which is not served"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let consumers: Vec<_> = self.consumers.iter().map(|(name, _)| name).collect();
        let shown = &mut formatter.debug_struct("Extension");
        shown.field("consumers", &consumers).field("mails", &self.mails).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::{MAINTENANCE_QUEUE, PruneExports};

    #[tokio::test]
    async fn jobs_of_a_queue_that_nobody_serves_are_refused() {
        let pool = db::pool("postgres://127.0.0.1:1/none", 1).unwrap();
        let work = Work::default().job::<PruneExports>(pool);
        assert!(work.check().unwrap_err().to_string().contains("maintenance"));
        assert!(work.queue(MAINTENANCE_QUEUE, 1).check().is_ok());
    }
}
