//! Waiting until a run has come to rest, and reading what it left behind.

use std::time::{Duration, Instant};

use bootstrap::db::Connection;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use event_store::log;
use projections::users::{UserRow, queries};
use test_support::SmtpSink;

use super::{
    check::{Logged, effects::JobSeen, mails::MailSeen, subscribers},
    reader::Reader,
    subscriber::Seen,
};
use crate::feed::Feed;

const LOOK_EVERY: Duration = Duration::from_millis(100);
const PAGE: i64 = 10_000;

/// Everything that has to come to rest.
pub(super) struct Watched<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) reader: &'a Reader,
    pub(super) feed: &'a Feed,
    pub(super) subscribers: &'a [Seen],
}

#[derive(QueryableByName)]
struct Behind {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Watched<'_> {
    /// Waits until nothing is left to be done; returns what still was when the patience ended.
    pub(super) async fn rest(&mut self, patience: Duration) -> Vec<String> {
        let (began, mut look) = (Instant::now(), tokio::time::interval(LOOK_EVERY));
        loop {
            look.tick().await;
            let busy = self.busy().await;
            if busy.is_empty() || began.elapsed() > patience {
                return busy;
            }
        }
    }

    async fn busy(&mut self) -> Vec<String> {
        let query = "SELECT consumer AS what, h.position - c.position AS count FROM checkpoints c, log_head h \
                     WHERE c.position < h.position \
                     UNION ALL SELECT 'jobs', count(*) FROM jobs WHERE kind LIKE 'email.%' AND finished_at IS NULL";
        let behind: Vec<Behind> = sql_query(query).load(self.connection).await.expect("the tables can be read");
        let behind = behind.into_iter().filter(|behind| behind.count > 0);
        let mut busy: Vec<String> = behind.map(|Behind { what, count }| format!("{what} has {count} to do")).collect();
        let head = log::head(self.connection).await.expect("the head can be read");
        let fed = self.feed.received().iter().map(|(position, _)| *position).max().unwrap_or(0);
        let read = self.reader.noted().last().map_or(0, |(position, _)| *position);
        for (what, at) in [("the feed", fed), ("the reader", read)] {
            if at < head {
                busy.push(format!("{what} is at {at} of {head}"));
            }
        }
        if busy.is_empty() {
            busy.extend(self.waiting_subscribers().await);
        }
        busy
    }

    async fn waiting_subscribers(&mut self) -> Vec<String> {
        let rows = read_model(self.connection).await;
        let waiting = self.subscribers.iter().filter(|seen| {
            let topic = seen.transcript().topic;
            let meant = rows.iter().filter(|row| match topic {
                subscribers::Topic::All => true,
                subscribers::Topic::Me(own) => own == row.id,
            });
            seen.replica().versions() != meant.map(|row| (row.id, row.version)).collect()
        });
        waiting.map(|seen| format!("{} has not seen everything", seen.transcript().subscriber)).collect()
    }
}

/// The whole log.
pub(super) async fn log_of(connection: &mut Connection) -> Vec<Logged> {
    let mut events: Vec<Logged> = vec![];
    loop {
        let after = events.last().map_or(0, |event| event.position);
        let page = log::tail(connection, after, PAGE).await.expect("the log can be read");
        if page.is_empty() {
            return events;
        }
        events.extend(page.iter().map(Logged::from));
    }
}

/// All rows of the read model.
pub(super) async fn read_model(connection: &mut Connection) -> Vec<UserRow> {
    queries::changed_after(connection, 0, i64::MAX).await.expect("the read model can be read")
}

pub(super) async fn jobs(connection: &mut Connection) -> Vec<JobSeen> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = Nullable<Text>)]
        key: Option<String>,
        #[diesel(sql_type = Text)]
        state: String,
    }
    let rows: Vec<Row> =
        sql_query("SELECT kind, key, state FROM jobs").load(connection).await.expect("the jobs can be read");
    rows.into_iter().map(|Row { kind, key, state }| JobSeen { kind, key, state }).collect()
}

pub(super) fn mails(sink: &SmtpSink) -> Vec<MailSeen> {
    let taken = sink.mails().into_iter();
    taken.map(|mail| MailSeen { message_id: mail.message_id(), to: mail.to, raw: mail.raw }).collect()
}
