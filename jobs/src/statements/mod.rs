//! The queue's SQL as prepared query fragments: diesel prepares `sql_query` anew at each call, these once a connection.

mod insert;
mod keep;
mod prune;
mod settle;
mod take;

pub(crate) use insert::{ExpireKeys, Insert};
pub(crate) use keep::{Renew, Tick, TickRow};
pub(crate) use prune::{Depth, DepthRow, NeedsVacuum, Prune};
pub(crate) use settle::{Complete, Settle, Wake};
pub(crate) use take::{Take, TakeGated, TakenRow};

/// The channel on which workers hear of work; payloads are made and read in `listener.rs` and these statements:
/// `queue <name>`, `due`, `cancel <id>`.
pub(crate) const CHANNEL: &str = "tidemark_jobs";

/// Says that a statement's SQL depends on nothing but its type, so that each connection prepares it once. diesel's
/// derive cannot be used: it wants types without lifetimes.
macro_rules! prepared_once {
    ($($statement:ty => $key:ty),+ $(,)?) => {
        $(impl diesel::query_builder::QueryId for $statement {
            type QueryId = $key;
            const HAS_STATIC_QUERY_ID: bool = true;
        })+
    };
}

prepared_once! {
    Complete<'_> => Complete<'static>,
    Depth => Depth,
    ExpireKeys<'_> => ExpireKeys<'static>,
    Insert<'_> => Insert<'static>,
    NeedsVacuum => NeedsVacuum,
    Prune<'_> => Prune<'static>,
    Renew<'_> => Renew<'static>,
    Settle<'_> => Settle<'static>,
    Take<'_> => Take<'static>,
    TakeGated<'_> => TakeGated<'static>,
    Tick<'_> => Tick<'static>,
    Wake<'_> => Wake<'static>,
}
