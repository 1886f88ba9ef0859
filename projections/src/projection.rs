//! What a projection is, and which there are.

use std::{fmt::Debug, sync::Arc};

use bootstrap::db::Connection;
use event_store::{RecordedEvent, consumer::HandlerError};
use futures::future::BoxFuture;

use crate::{
    Change, collections::project::Collections, files::project::Files, imports::project::Imports,
    records::project::Records, users::project::Users, webhooks::project::Webhooks,
};

/// Makes rows of read tables from events.
///
/// Its tables are made by a migration, in schema `public`, together with a row of `projection_builds` for build 1. A
/// rebuild makes them again elsewhere with the same columns, constraints and indexes, so `project` names them without
/// a schema.
pub trait Projection: Debug + Send + Sync + 'static {
    /// Such as `users`; also the name of its consumer, and part of the names of schemas: lower case and underscores.
    fn name(&self) -> &'static str;

    /// How many lanes the next build has. Order holds per stream only, once there are several.
    fn lanes(&self) -> i16 {
        1
    }

    /// The categories of streams that it reads.
    fn categories(&self) -> &'static [&'static str];

    /// Every table that it writes.
    fn tables(&self) -> &'static [&'static str];

    /// Applies a batch, in a transaction that also moves the checkpoint: folds it in memory and writes each row once.
    /// Returns one change per row that changed, in the order of positions; above [`crate::changes::MOST_CHANGES`] their
    /// rows may be left out. Touches nothing but [`Self::tables`].
    fn project<'a>(
        &'a self,
        conn: &'a mut Connection,
        events: &'a [RecordedEvent],
    ) -> BoxFuture<'a, Result<Vec<Change>, HandlerError>>;
}

/// Every projection of the product.
pub fn all() -> Vec<Arc<dyn Projection>> {
    vec![
        Arc::new(Users),
        Arc::new(Collections),
        Arc::new(Records),
        Arc::new(Files),
        Arc::new(Imports),
        Arc::new(Webhooks),
    ]
}

pub fn by_name(name: &str) -> Option<Arc<dyn Projection>> {
    all().into_iter().find(|projection| projection.name() == name)
}
