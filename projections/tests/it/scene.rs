//! An installation: a log, its writer, a bus, and as many projectors as a test starts.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bootstrap::{Shutdown, Tasks, db};
use chrono::DateTime;
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    Aggregate, Sealed,
    roles::RoleName,
    users::{
        Locale, Status, User, UserEvent,
        events::{ProfileChanged, Registered, RegistrationRepeated, RoleGranted},
    },
};
use event_store::{Append, EventStore, Expected, Head, NewEvent, Options, StreamId, log};
use messaging::{Bus, InProcessBus};
use projections::{Progress, Projection, Projector, users::UserRow};
use test_support::TestDatabase;
use tokio::time::timeout;
use uuid::Uuid;

/// Nothing here takes so long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Scene {
    pub(crate) database: TestDatabase,
    pub(crate) pool: db::Pool,
    pub(crate) tasks: Tasks,
    pub(crate) store: EventStore,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) progress: Progress,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let database = TestDatabase::create().await;
        let (pool, tasks, head) = (database.pool(8), Tasks::new(Shutdown::new()), Head::new());
        let store = EventStore::open(database.url(), pool.clone(), head.clone(), &tasks, Options::default());
        watch(&head, database.url(), &tasks);
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::new());
        let progress = Progress::start(&tasks, pool.clone(), &bus);
        Self { database, pool, tasks, store, bus, progress }
    }

    /// A process that reaches the database at `url`; short leases, so that a test need not wait long for a takeover.
    pub(crate) fn projector(&self, url: &str) -> Projector {
        Projector::new(url.to_owned(), self.pool.clone(), self.store.head().clone(), self.bus.clone())
            .with_lease(Duration::from_secs(1))
    }

    pub(crate) fn project(&self, projections: Vec<Arc<dyn Projection>>) {
        self.projector(self.database.url()).start(&self.tasks, projections);
    }

    /// Appends events to a stream; returns the last position.
    pub(crate) async fn append(&self, stream: &StreamId, events: Vec<NewEvent>) -> i64 {
        let append = Append::to_stream(Uuid::now_v7(), stream.clone(), Expected::Any, events);
        self.store.append(append).await.expect("appended").last_position
    }

    pub(crate) async fn append_user(&self, user: Uuid, events: &[UserEvent]) -> i64 {
        let events = events.iter().map(|event| NewEvent::from_domain(event).unwrap()).collect();
        self.append(&StreamId::new("user", user), events).await
    }

    /// Registers new users, several at a time.
    pub(crate) async fn register(&self, count: usize) -> i64 {
        let registering = (0..count).map(|_| async { self.append_user(Uuid::now_v7(), &[registered()]).await });
        futures::future::join_all(registering).await.into_iter().max().unwrap_or(0)
    }

    pub(crate) async fn caught_up(&self, projection: &str, position: i64) {
        self.progress.wait_for(projection, position, &[], PATIENCE).await.expect("the projection comes so far");
    }

    pub(crate) async fn connect(&self) -> db::Connection {
        self.database.connect().await
    }

    /// The first column of the first row.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        number(&mut self.connect().await, sql).await
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.connect().await.batch_execute(sql).await.expect(sql);
    }

    /// Waits until a query yields this number.
    pub(crate) async fn until(&self, sql: &str, expected: i64) {
        let mut conn = self.connect().await;
        until(sql, async || number(&mut conn, sql).await == expected).await;
    }

    /// Fails unless the read model is what the aggregates say, user by user.
    pub(crate) async fn assert_users_are_as_decided(&self) {
        let mut conn = self.connect().await;
        let rows = projections::users::queries::changed_after(&mut conn, 0, i64::MAX).await.unwrap();
        let events = log::tail(&mut conn, 0, i64::MAX).await.unwrap();
        let mut expected = std::collections::BTreeMap::<Uuid, (User, i64, i64)>::new();
        for event in events.iter().filter(|event| event.category == "user") {
            let known = expected.entry(event.aggregate_id().unwrap()).or_default();
            let user = std::mem::take(&mut known.0).apply(&event.decode().unwrap());
            *known = (user, event.stream_version, event.position);
        }
        expected.retain(|_, (user, ..)| *user != User::Unknown);
        assert_eq!(rows.len(), expected.len());
        for row in rows {
            let (user, version, position) = &expected[&row.id];
            assert_eq!((row.version, row.position), (*version, *position), "{}", row.id);
            assert_is_as_decided(&row, user);
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.tasks.shutdown().request();
    }
}

pub(crate) fn assert_is_as_decided(row: &UserRow, user: &User) {
    let Some(status) = user.status() else { panic!("{} should have no row", row.id) };
    assert_eq!((row.status.as_str(), row.deleted), (status.as_str(), status == Status::Erased));
    let Some(account) = user.account() else {
        assert_eq!((row.email.as_str(), &row.display_name, &row.roles), ("", &None, &vec![]), "a tombstone is empty");
        return;
    };
    assert_eq!(row.sealed_email(), account.email);
    assert_eq!(row.sealed_display_name(), account.display_name);
    assert_eq!(row.locale, account.locale.as_str());
    assert_eq!(row.role_names(), account.roles);
    assert_eq!((row.email_verified, row.totp), (account.email_verified, account.totp.is_on()));
    assert_eq!(row.avatar, account.avatar.map(|file| file.as_uuid()));
    assert_eq!(u32::try_from(row.generation), Ok(account.generation));
}

pub(crate) fn watch(head: &Head, url: &str, tasks: &Tasks) {
    let (head, url, shutdown) = (head.clone(), url.to_owned(), tasks.shutdown().clone());
    tasks.supervise("head", move || {
        let (head, url, shutdown) = (head.clone(), url.clone(), shutdown.clone());
        async move {
            head.watch(&url, &shutdown).await;
            Ok::<(), Infallible>(())
        }
    });
}

/// Waits until a condition holds that nothing announces.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let mut look = tokio::time::interval(Duration::from_millis(5));
    let looking = async {
        while !condition().await {
            look.tick().await;
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

pub(crate) async fn number(conn: &mut db::Connection, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let sql = format!("SELECT ({sql})::bigint AS number");
    sql_query(sql.as_str()).get_result::<Number>(conn).await.expect(&sql).number
}

pub(crate) fn sealed(text: &str) -> Sealed {
    Sealed::from_ciphertext(format!("s1.{text}"))
}

pub(crate) fn at(seconds: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap()
}

pub(crate) fn registered() -> UserEvent {
    registered_as(0)
}

pub(crate) fn registered_as(number: i64) -> UserEvent {
    UserEvent::Registered(Registered {
        email: sealed(&format!("email{number}")),
        password_hash: sealed("hash"),
        display_name: (number % 2 == 0).then(|| sealed("name")),
        locale: Locale::En,
        at: at(number),
    })
}

pub(crate) fn renamed(number: i64) -> UserEvent {
    let display_name = (number % 3 != 0).then(|| sealed(&format!("name{number}")));
    let locale = if number % 2 == 0 { Locale::De } else { Locale::En };
    UserEvent::ProfileChanged(ProfileChanged { display_name, locale, at: at(number) })
}

pub(crate) fn role(number: i64) -> RoleName {
    if number % 2 == 0 { RoleName::ADMIN } else { RoleName::MEMBER }
}

pub(crate) fn promoted(number: i64) -> UserEvent {
    UserEvent::RoleGranted(RoleGranted { role: role(number), at: at(number) })
}

pub(crate) fn repeated(number: i64) -> UserEvent {
    UserEvent::RegistrationRepeated(RegistrationRepeated { at: at(number) })
}
