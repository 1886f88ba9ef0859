//! One installation per test: its database, its mail server, and an API's hand that registers people.

use std::{path::PathBuf, time::Duration};

use bootstrap::{BreakerSettings, Config, Shutdown, Tasks, db::Connection};
use chrono::Utc;
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use domain::{
    Sealed,
    users::{ChangePassword, Locale, NoteRepeatedRegistration, RegisterUser, User},
};
use event_store::{
    ErasureLedger, EventStore, Head, StreamId, SubjectKeys, consumer, execute::Execution, log,
    one_time_token::OneTimeTokens,
};
use jobs::{
    JobState,
    admin::{self, JobFilter, JobView},
};
use test_support::{ReceivedMail, SmtpSink, TestDatabase};
use uuid::Uuid;
use workers::{Options, mailer::MailerSettings, users::MAIL_QUEUE, webhooks::DeliverySettings};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);
pub(crate) const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

pub(crate) struct Installation {
    pub(crate) database: TestDatabase,
    pub(crate) sink: SmtpSink,
    pub(crate) store: EventStore,
    pub(crate) tokens: OneTimeTokens,
    pub(crate) keys: SubjectKeys,
    pub(crate) ledger: ErasureLedger,
    _api: Tasks,
}

impl Drop for Installation {
    fn drop(&mut self) {
        // There is one where somebody was erased, and one where somebody has uploaded something.
        drop(std::fs::remove_dir_all(self.ledger.directory()));
        drop(std::fs::remove_dir_all(self.files()));
    }
}

/// A person who has registered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registered {
    pub(crate) user_id: Uuid,
    pub(crate) event_id: Uuid,
}

impl Installation {
    pub(crate) async fn new() -> Self {
        Self::with_sink(SmtpSink::start().await).await
    }

    pub(crate) async fn with_sink(sink: SmtpSink) -> Self {
        bootstrap::process::install_crypto();
        let database = TestDatabase::create().await;
        let api = Tasks::new(Shutdown::new());
        let store =
            EventStore::open(database.url(), database.pool(4), Head::new(), &api, event_store::Options::default());
        let config = Config::development(database.url()).unwrap();
        let keys = SubjectKeys::new(database.pool(2), config.secrets.master_key.expose());
        let tokens = OneTimeTokens::new(config.secrets.token_key.expose());
        let ledger = ErasureLedger::new(&std::env::temp_dir().join(format!("tidemark-erasures-{}", database.name())));
        Self { database, sink, store, tokens, keys, ledger, _api: api }
    }

    /// Where content of files is.
    pub(crate) fn files(&self) -> PathBuf {
        std::env::temp_dir().join(format!("tidemark-files-{}", self.database.name()))
    }

    /// As a process of this installation is configured, with mail to this URL.
    pub(crate) fn config(&self, mail: (&str, &str)) -> Config {
        let files = self.files();
        let settings = [
            ("DATABASE_URL", self.database.url()),
            ("TIDEMARK_HTTP__PUBLIC_URL", "https://app.example.org"),
            ("TIDEMARK_MAIL__FROM", "Tidemark <no-reply@example.org>"),
            ("TIDEMARK_ERASURE__LEDGER", self.ledger.directory().to_str().unwrap()),
            ("TIDEMARK_FILES__URL", files.to_str().unwrap()),
            ("TIDEMARK_WEBHOOKS__ALLOWED_NETWORKS", "127.0.0.1"),
            mail,
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::from_sources(&Default::default(), settings).unwrap()
    }

    /// As in production, only quicker to give up and to try again.
    pub(crate) fn options(&self) -> Options {
        let options = Options::from_config(&self.config(("SMTP_URL", &self.sink.url()))).unwrap();
        let breaker = BreakerSettings { failures: 2, cool_down: Duration::from_millis(200) };
        Options {
            jobs: jobs::WorkerConfig {
                lease: Duration::from_secs(1),
                poll: Duration::from_millis(200),
                grace: Duration::from_secs(5),
                ..options.jobs
            },
            mailer: MailerSettings { send_timeout: Duration::from_secs(1), breaker },
            deliveries: DeliverySettings {
                timeout: Duration::from_secs(1),
                breaker: BreakerSettings { failures: 5, cool_down: Duration::from_millis(300) },
            },
            reactions: consumer::Settings { lease: Duration::from_millis(500), batch: 7, ..options.reactions },
            extensions: options.extensions,
        }
    }

    /// Registers somebody as the API does.
    pub(crate) async fn register(&self, email: &str, name: Option<&str>, locale: Locale) -> Registered {
        let user_id = Uuid::now_v7();
        let key = self.keys.create(user_id).await.unwrap();
        let command = RegisterUser {
            email: key.seal("user.email", email),
            password_hash: key.seal("user.password_hash", "hash"),
            display_name: name.map(|name| key.seal("user.display_name", name)),
            locale,
            verification: None,
            at: Utc::now(),
        };
        let event_id = self.execute(user_id, command).await;
        Registered { user_id, event_id }
    }

    /// Somebody tries to register with this person's address; returns the event's id.
    pub(crate) async fn repeat_registration(&self, user_id: Uuid) -> Uuid {
        self.execute(user_id, NoteRepeatedRegistration { at: Utc::now() }).await
    }

    /// The password is changed by its owner; returns the event's id.
    pub(crate) async fn change_password(&self, user_id: Uuid) -> Uuid {
        let loaded = EventStore::load::<User>(&self.store, &StreamId::new("user", user_id)).await.unwrap();
        let verified = loaded.state.active().unwrap().password_hash.clone();
        let password_hash = self.seal(user_id, "user.password_hash", "other").await;
        self.execute(user_id, ChangePassword { verified, password_hash, at: Utc::now() }).await
    }

    /// A value of this person's as commands carry it.
    pub(crate) async fn seal(&self, user_id: Uuid, purpose: &str, value: &str) -> Sealed {
        self.keys.get(user_id).await.unwrap().seal(purpose, value)
    }

    /// Executes a command as the API does; returns the id of its last event.
    pub(crate) async fn execute<C>(&self, user_id: Uuid, command: C) -> Uuid
    where
        C: domain::Command<Aggregate = domain::users::User>,
    {
        let stream = StreamId::new("user", user_id);
        let mut execution = Execution::new(Uuid::now_v7());
        execution.metadata.traceparent = Some(TRACEPARENT.to_owned());
        let done = EventStore::execute(&self.store, &stream, command, execution).await.unwrap();
        let mut conn = self.database.connect().await;
        log::stream(&mut conn, stream.as_str(), done.version - 1, 1).await.unwrap()[0].event_id
    }

    pub(crate) async fn run(&self, statement: &str) {
        sql_query(statement).execute(&mut self.database.connect().await).await.unwrap();
    }

    /// The answer to a query of one number, as `count`.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        sql_query(query).get_result::<Count>(&mut self.database.connect().await).await.unwrap().count
    }

    /// All mail jobs, newest first.
    pub(crate) async fn jobs(&self) -> Vec<JobView> {
        self.jobs_of(MAIL_QUEUE).await
    }

    /// All jobs of a queue, newest first.
    pub(crate) async fn jobs_of(&self, queue: &str) -> Vec<JobView> {
        list(&mut self.database.connect().await, queue).await
    }

    /// The job that an event caused.
    pub(crate) async fn job_of(&self, event_id: Uuid) -> Option<JobView> {
        self.jobs().await.into_iter().find(|job| job.key == Some(event_id.to_string()))
    }

    /// Waits until an event's job is in this state.
    pub(crate) async fn wait_for_job(&self, event_id: Uuid, state: JobState) -> JobView {
        let mut last = None;
        let waiting = async {
            loop {
                last = self.job_of(event_id).await;
                if let Some(job) = last.as_ref().filter(|job| job.state == state.as_str()) {
                    return job.clone();
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let job = tokio::time::timeout(PATIENCE, waiting).await;
        job.unwrap_or_else(|_| panic!("the job of {event_id} is not {state} but {last:?}"))
    }

    /// The mail that an event's job has sent.
    pub(crate) async fn mail_of(&self, event_id: Uuid) -> ReceivedMail {
        self.wait_for_job(event_id, JobState::Completed).await;
        let about = |mail: &ReceivedMail| mail.message_id().ends_with(&format!(".{event_id}@example.org"));
        let mut mails: Vec<_> = self.sink.mails().into_iter().filter(about).collect();
        assert_eq!(mails.len(), 1, "one mail about {event_id}");
        mails.remove(0)
    }

    /// Has mail jobs that wait for a later attempt run at once, as an operator would.
    pub(crate) async fn retry_waiting_jobs(&self) {
        self.retry_waiting_jobs_of(MAIL_QUEUE).await;
    }

    /// The same with the jobs of a queue.
    pub(crate) async fn retry_waiting_jobs_of(&self, queue: &str) {
        let mut conn = self.database.connect().await;
        for job in list(&mut conn, queue).await {
            if job.state == "retrying" || job.state == "scheduled" {
                admin::retry(&mut conn, job.id).await.unwrap();
            }
        }
    }
}

/// Waits until something is so.
///
/// # Panics
/// When it is not within 20 s.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "still not so: {what}");
}

async fn list(conn: &mut Connection, queue: &str) -> Vec<JobView> {
    let filter = JobFilter { queue: Some(queue.to_owned()), ..JobFilter::default() };
    admin::list(conn, &filter, None, admin::LONGEST_PAGE).await.unwrap()
}
