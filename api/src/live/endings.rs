//! Closes connections whose token does not count any more, within two seconds and on every process: it reads what the log
//! says of sessions, whatever the bus and the read models do.

use std::{collections::BTreeSet, convert::Infallible, sync::Arc, time::Duration};

use bootstrap::{Shutdown, db};
use domain::{
    Aggregate,
    users::{Status, User, UserEvent},
};
use event_store::{EventStore, ReadError, RecordedEvent, StreamId, log};
use futures::{TryStreamExt, stream};
use tokio::{sync::watch, time::MissedTickBehavior};
use tracing::{error, warn};
use uuid::Uuid;

use super::{hub::Hub, protocol::Closing};
use crate::auth::{Eras, Standing};

/// Half a second is for the reading and the closing, the rest for a machine that has other things to do.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// All that makes tokens of one user void: what ends or renews a session, and what begins another generation.
const TYPES: [&str; 8] = [
    UserEvent::SESSION_ENDED,
    UserEvent::STEPPED_UP,
    UserEvent::SIGNED_OUT_EVERYWHERE,
    UserEvent::PASSWORD_CHANGED,
    UserEvent::EMAIL_CHANGE_UNDONE,
    UserEvent::SECOND_FACTOR_RESET,
    UserEvent::SUSPENDED,
    UserEvent::ERASED,
];
const PAGE: i64 = 1000;
/// Users whose streams are read at the same time; most connections of the pool are for others.
const READ_AT_ONCE: usize = 2;

/// Follows the ends of sessions.
pub(crate) struct Endings {
    events: EventStore,
    pool: db::Pool,
    eras: Eras,
    hubs: Vec<Arc<Hub>>,
    /// Everything up to here has been told; `None` before the first look at the log.
    reached: watch::Sender<Option<i64>>,
    /// The era that connections were told of last.
    told: watch::Sender<u32>,
}

impl Endings {
    pub(crate) fn new(events: EventStore, pool: db::Pool, eras: Eras, hubs: Vec<Arc<Hub>>) -> Self {
        Self { events, pool, eras, hubs, reached: watch::Sender::new(None), told: watch::Sender::new(0) }
    }

    /// Waits until whatever ends from now on will be told.
    pub(crate) async fn ready(&self) {
        // Fails when the sender is gone, which lives as long as this.
        drop(self.reached.subscribe().wait_for(Option::is_some).await);
    }

    /// Looks at the log until the process stops. May be started again after a failure: nothing is passed over.
    pub(super) async fn follow(&self, shutdown: &Shutdown) -> Result<(), Infallible> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_blind = false;
        loop {
            tokio::select! {
                () = shutdown.requested() => return Ok(()),
                _ = look.tick() => {}
            }
            is_blind = !self.sees(is_blind).await;
        }
    }

    /// Looks at the log. A failure is a warning, unless the look before has failed, too.
    async fn sees(&self, was_blind: bool) -> bool {
        let looked = self.look().await;
        if let Err(error) = &looked
            && !was_blind
        {
            warn!(%error, "which sessions have ended is not known any more");
        }
        looked.is_ok()
    }

    async fn look(&self) -> Result<(), ReadError> {
        let reached = *self.reached.borrow();
        let Some(reached) = reached else {
            let head = log::head(&mut *self.pool.get().await?).await?;
            self.tell_of_the_era().await?;
            self.reached.send_replace(Some(head));
            return Ok(());
        };
        // Known before it is asked who is there: whoever comes after that reads their own stream later still, and costs
        // nothing until then.
        let head = self.events.head().position();
        if head <= reached {
            return Ok(());
        }
        if !self.hubs.iter().any(|hub| hub.is_attended()) {
            // The era is remembered for whoever comes next.
            self.tell_of_the_era().await?;
            self.reached.send_replace(Some(head));
            return Ok(());
        }
        self.tell_of_users(reached).await
    }

    /// What is behind us must have been written before this is called.
    async fn tell_of_the_era(&self) -> Result<u32, ReadError> {
        let era = self.eras.refresh().await?;
        if self.told.send_replace(era) != era {
            self.hubs.iter().for_each(|hub| hub.begin_era(era));
        }
        Ok(era)
    }

    async fn tell_of_users(&self, mut reached: i64) -> Result<(), ReadError> {
        loop {
            let log::Window { events, upto } = self.window(reached).await?;
            let era = self.tell_of_the_era().await?;
            let known = |user: &Uuid| self.hubs.iter().any(|hub| hub.knows(*user));
            let users: BTreeSet<Uuid> = events.iter().filter_map(RecordedEvent::aggregate_id).filter(known).collect();
            let users = stream::iter(users.into_iter().map(Ok));
            users.try_for_each_concurrent(READ_AT_ONCE, |user| self.tell_of(user, era)).await?;
            reached = upto;
            self.reached.send_replace(Some(reached));
            if (events.len() as i64) < PAGE {
                return Ok(());
            }
        }
    }

    async fn window(&self, reached: i64) -> Result<log::Window, ReadError> {
        Ok(log::of_types(&mut *self.pool.get().await?, User::CATEGORY, &TYPES, reached, PAGE).await?)
    }

    /// Closes those connections of a user whose tokens do not count any more.
    async fn tell_of(&self, user: Uuid, era: u32) -> Result<(), ReadError> {
        let standing = match self.events.load::<User>(&StreamId::new(User::CATEGORY, user)).await {
            Ok(loaded) => Standing::of(&loaded.state, era),
            // One that cannot be read must not hold up all others.
            Err(ReadError::Decode(error)) => {
                error!(%user, %error, "which sessions of a user have ended cannot be read");
                None
            }
            Err(error @ (ReadError::Pool(_) | ReadError::Query(_))) => return Err(error),
        };
        let why = why(standing.as_ref());
        for hub in &self.hubs {
            hub.withdraw(user, why, |token| standing.as_ref().is_none_or(|standing| !standing.admits(token)));
        }
        Ok(())
    }
}

/// Why tokens of a user do not count.
fn why(standing: Option<&Standing>) -> (Closing, &'static str) {
    match standing.map(|standing| standing.status) {
        Some(Status::Active) => (Closing::Unauthenticated, "the access token is not valid"),
        Some(Status::Suspended) => (Closing::Forbidden, "this account is suspended"),
        Some(Status::Erased) => (Closing::Forbidden, "this account is gone"),
        None => (Closing::Restart, "try again"),
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Mutex};

    use bootstrap::Tasks;
    use chrono::DateTime;
    use domain::sessions::EndAllSessions;
    use event_store::{Execution, Head, Options};
    use test_support::TestDatabase;
    use tracing_subscriber::{filter::LevelFilter, fmt};

    use super::*;

    /// On which nobody is connected.
    fn endings(url: &str) -> Endings {
        bootstrap::process::install_crypto();
        let pool = db::pool(url, 2).unwrap();
        let tasks = Tasks::new(Shutdown::new());
        let events = EventStore::open(url, pool.clone(), Head::new(), &tasks, Options::default());
        let eras = Eras::new(events.clone());
        Endings::new(events, pool, eras, vec![])
    }

    async fn end_all(endings: &Endings) {
        let command = EndAllSessions { at: DateTime::UNIX_EPOCH };
        endings.events.execute(&Eras::stream(), command, Execution::new(Uuid::now_v7())).await.unwrap();
    }

    /// Whoever comes within the second for which the era is remembered would be let in, and stay.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_era_that_begins_while_nobody_is_there_is_known_when_it_is_passed() {
        let database = TestDatabase::create().await;
        let endings = endings(database.url());
        for era in 1..=3 {
            assert_eq!(endings.eras.current().await.unwrap(), era - 1);
            end_all(&endings).await;
            endings.look().await.unwrap();
            assert_eq!(endings.eras.current().await.unwrap(), era);
        }
        assert_eq!(*endings.reached.borrow(), Some(endings.events.head().position()));
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(line)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_one_warning() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = fmt().with_max_level(LevelFilter::WARN).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let endings = endings("postgres://nobody@127.0.0.1:1/nothing");
        let mut is_blind = false;
        for _ in 0..3 {
            is_blind = !endings.sees(is_blind).await;
            assert!(is_blind);
        }
        let said = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(said.matches("which sessions have ended is not known any more").count(), 1, "{said}");
    }
}
