//! What a hub needs to know of the projection that it follows.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{collections::Data, roles::RoleName};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::audience::Audience;

/// A read model that can be followed: implemented once per projection.
#[async_trait]
pub(crate) trait Source: Send + Sync + 'static {
    /// The projection's name, as its change notices give it.
    fn projection(&self) -> &'static str;

    /// Where the projection is.
    async fn mark(&self) -> Result<Mark, SourceError>;

    /// How many lanes it has; the same for the life of an epoch.
    async fn lanes(&self) -> Result<usize, SourceError>;

    /// A change as its notice tells it; `None` when it cannot be understood.
    fn told(&self, change: projections::Change) -> Option<Change>;

    /// Up to `limit` records that exist and that the audience sees, in a fixed order, beginning behind the one with the
    /// key `after`. One moment's state: rows and mark come from the same snapshot of the database.
    async fn records(
        &self,
        scope: &Scope,
        audience: &Audience,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Page, SourceError>;

    /// Up to `limit` changes beyond `after`, in the order of their positions, with the records that were removed,
    /// whoever sees them. Rows and mark come from the same snapshot of the database.
    async fn changed(&self, extent: &Extent, after: i64, limit: usize) -> Result<Page, SourceError>;

    /// What the records of some changes were from `after` on until those changes, for those changes that do not say so
    /// themselves. `None` when that is too much to be read.
    async fn earlier(&self, changes: &[&Change], after: i64) -> Result<Option<Earlier>, SourceError>;

    /// A row as conditions see it; `None` where no conditions are asked.
    fn seen(&self, row: &RawValue) -> Option<Data>;

    /// The record as clients get it, in JSON; `None` when it cannot be shown any more and counts as removed.
    async fn render(&self, change: &Change) -> Result<Option<Bytes>, SourceError>;

    /// What the change means for the rights of the user whose record it is; `None` when it means nothing.
    fn standing(&self, change: &Change) -> Option<Standing>;
}

/// Where a projection is, and in which life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Names the log's incarnation and the projection's build; positions of another epoch mean nothing in this one.
    pub(crate) epoch: Arc<str>,
    /// Every lane has come at least this far.
    pub(crate) position: i64,
}

/// Which records of a projection a subscription is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    All,
    /// Those of one part, such as a collection.
    Part(Uuid),
    One(Uuid),
}

/// Which records of a projection are looked through for changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    All,
    Parts(Vec<Uuid>),
    One(Uuid),
}

/// States of records, as conditions see them, by key and in order.
pub(crate) type Earlier = HashMap<Uuid, Vec<Data>>;

impl From<Scope> for Extent {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::Part(part) => Self::Parts(vec![part]),
            Scope::One(key) => Self::One(key),
        }
    }
}

/// Some records of a projection.
#[derive(Debug)]
pub(crate) struct Page {
    /// Where the projection was. Rows of its faster lanes may be further.
    pub(crate) mark: Mark,
    pub(crate) changes: Vec<Change>,
    /// Whether others follow.
    pub(crate) more: bool,
}

/// The state of a record after an event.
#[derive(Debug)]
pub(crate) struct Change {
    /// Of the event in the log.
    pub(crate) position: i64,
    pub(crate) key: Uuid,
    pub(crate) version: i64,
    /// The part of the projection that the record is in; `None` where there are no parts, or where nobody has seen it.
    pub(crate) part: Option<Uuid>,
    /// The row as stored, sealed fields still sealed; `None` when the record was removed.
    pub(crate) row: Option<Box<RawValue>>,
    pub(crate) before: Before,
}

/// What a change says of the record before it.
#[derive(Debug)]
pub(crate) enum Before {
    /// Nothing, and nobody asks: whoever sees the record sees all of its states.
    Irrelevant,
    /// Nothing: see [`Source::earlier`].
    Untold,
    /// The row, if there was one.
    Row(Option<Box<RawValue>>),
}

/// The rights of a user as of a version of the user's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) version: i64,
    pub(crate) account: AccountState,
}

/// What has become of a user's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AccountState {
    Active {
        roles: Vec<RoleName>,
        /// What was signed in with an earlier one is over.
        generation: u32,
        /// Whether there is one.
        second_factor: bool,
    },
    Suspended,
    Gone,
}

/// Why a read model could not be read. Trying again may help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("not answered in time")]
    TimedOut,
    #[error("{0}")]
    Unavailable(#[from] anyhow::Error),
}
