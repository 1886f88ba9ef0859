//! How the worker role starts in a process, and what it runs there.

use std::{convert::Infallible, time::Duration};

use anyhow::Context as _;
use bootstrap::{Config, Context};
use event_store::{Erasure, ErasureLedger, EventStore, Head, SubjectKeys, consumer, one_time_token::OneTimeTokens};
use file_store::Storage;
use jobs::{Crons, Registry, Worker, WorkerConfig};

use crate::{
    collections::{self, CHANGE_QUEUE, INDEX_QUEUE, Indexing},
    extension::{Extension, Services, Work},
    files::{self, FILE_QUEUE, FILES_AT_ONCE, Filing, PICTURE_QUEUE, PICTURES_AT_ONCE},
    health, imports,
    mailer::{Mailer, MailerSettings},
    reactions::Reactions,
    retention::{self, MAINTENANCE_QUEUE},
    users::{self, MAIL_QUEUE, Mailing, Privacy},
    webhooks::{self, DeliverySettings, UPKEEP_QUEUE, WEBHOOK_QUEUE, Webhooks},
};

/// What a draining worker leaves of the process's grace, for writing down what it could not finish.
const LEFT_OF_GRACE: Duration = Duration::from_secs(6);

/// How the role treats events, jobs and mail servers.
#[derive(Clone, Debug)]
pub struct Options {
    pub reactions: consumer::Settings,
    pub jobs: WorkerConfig,
    pub mailer: MailerSettings,
    pub deliveries: DeliverySettings,
    /// What runs beside the product's own reactions and jobs.
    pub extensions: Vec<Extension>,
}

impl Options {
    /// What the configuration says, and the defaults for the rest.
    pub fn from_config(config: &Config) -> anyhow::Result<Self> {
        let name = format!("worker-{}", std::process::id());
        let queues = vec![
            (MAIL_QUEUE.to_owned(), config.jobs.concurrency),
            (MAINTENANCE_QUEUE.to_owned(), 1),
            (INDEX_QUEUE.to_owned(), 1),
            (CHANGE_QUEUE.to_owned(), 1),
            (FILE_QUEUE.to_owned(), FILES_AT_ONCE),
            (PICTURE_QUEUE.to_owned(), PICTURES_AT_ONCE),
            (WEBHOOK_QUEUE.to_owned(), config.webhooks.concurrency),
            (UPKEEP_QUEUE.to_owned(), 2),
        ];
        let jobs = WorkerConfig {
            queues,
            lease: config.jobs.lease,
            grace: config.shutdown_grace.saturating_sub(LEFT_OF_GRACE),
            ..WorkerConfig::new(config.database_url()?, name)
        };
        let (mailer, deliveries) = (MailerSettings::default(), DeliverySettings::default());
        Ok(Self { reactions: Reactions::settings(), jobs, mailer, deliveries, extensions: vec![] })
    }
}

/// Runs the role until the process is asked to stop; its tasks drain after that, see [`bootstrap::process::run`].
///
/// `head` must be watched by somebody in the process; see [`Head::watch`].
pub async fn run(context: &Context, head: Head) -> anyhow::Result<()> {
    start(context, head, Options::from_config(&context.config)?).await?;
    context.shutdown.requested().await;
    Ok(())
}

/// Starts reactions, job worker and mailer as supervised tasks of the process.
pub async fn start(context: &Context, head: Head, options: Options) -> anyhow::Result<()> {
    let (config, tasks) = (&context.config, &context.tasks);
    let pool = context.database().await?;
    let mails = options.extensions.iter().flat_map(|extension| &extension.mails);
    let mailer = Mailer::with_texts(config, pool.clone(), options.mailer, mails)?;
    let keys = SubjectKeys::new(context.keys_database().await?, &config.secrets);
    keys.follow(config.keys_database_url()?, tasks);
    let mailing = Mailing {
        store: EventStore::open(config.database_url()?, pool.clone(), head.clone(), tasks, Default::default()),
        keys: keys.clone(),
        tokens: OneTimeTokens::new(config.secrets.token_key.expose()),
        mailer: mailer.clone(),
    };
    let ledger = ErasureLedger::new(&config.erasure.ledger);
    let indexing = Indexing { store: mailing.store.clone(), url: config.database_url()?.to_owned() };
    let storage = Storage::open(&config.files.place).context("the place of files")?;
    storage.watch(&context.health);
    let filing = Filing { events: mailing.store.clone(), storage, settings: config.files.clone() };
    let erasure = Erasure { events: mailing.store.clone(), keys, ledger };
    let privacy = Privacy { erasure, filing: filing.clone(), public_url: context.config.http.public_url.clone() };
    let registry = users::register_privacy(users::register(Registry::new(), mailing.clone()), privacy);
    let registry = collections::register(retention::register(registry, pool.clone()), indexing.clone());
    let registry = imports::register(files::register(registry, filing), mailing.store.clone(), indexing);
    let reactions = Reactions::default();
    let webhooks = Webhooks::new(config, &mailing, reactions.conditions.clone(), options.deliveries)?;
    let registry = webhooks::register(registry, webhooks.clone(), mailing.clone());
    let crons = retention::schedule(Crons::new()).context("the schedule of retention")?;
    let crons = users::schedule(crons).context("the schedule of erasures")?;
    let crons = collections::schedule(crons).context("the schedule of indexes")?;
    let crons = files::schedule(crons).context("the schedule of files")?;
    let crons = imports::schedule(crons).context("the schedule of imports")?;
    let crons = webhooks::schedule(crons).context("the schedule of webhooks")?;
    let services = Services { context: context.clone(), head: head.clone(), pool, mailing };
    let own = Work { registry, crons, queues: options.jobs.queues };
    let extensions = || options.extensions.iter();
    let work = extensions().try_fold(own, |work, extension| extension.add_work(&services, work))?;
    work.check()?;
    let Work { registry, crons, queues } = work;
    let worker = Worker::new(WorkerConfig { queues, ..options.jobs }, registry).crons(crons).start(tasks)?;
    health::mail(&context.health, mailer.clone());
    health::webhooks(&context.health, webhooks);
    health::jobs(&context.health, worker);
    let shutdown = context.shutdown.clone();
    tasks.supervise("mail.connections", move || {
        let (mailer, shutdown) = (mailer.clone(), shutdown.clone());
        async move {
            mailer.keep_tidy(&shutdown).await;
            Ok::<_, Infallible>(())
        }
    });
    extensions().try_for_each(|extension| extension.start_consumers(&services))?;
    reactions.start(options.reactions, config, head, tasks)
}
