//! Brings the lanes of a build up to date while another build serves.

mod lane;

use bootstrap::{Shutdown, db};
use event_store::{consumer::ConsumerKey, log};

use super::{Rebuild, RebuildError, progress::Reporter};
use crate::{
    Projection,
    builds::{Build, BuildState},
};
pub(super) use lane::{Lane, LoadError, Written, write};

/// The lanes of a build that does not serve, and the connections on which they are loaded.
pub(super) struct Loading<'a> {
    pub(super) projection: &'a dyn Projection,
    reporter: &'a Reporter,
    conn: db::Connection,
    pub(super) lanes: Vec<Lane>,
}

pub(super) fn key(build: &Build, lane: i16) -> ConsumerKey {
    ConsumerKey { consumer: build.projection.clone(), build: build.build, lane }
}

impl<'a> Loading<'a> {
    /// Takes the checkpoints of the build over under the rebuild's fence.
    pub(super) async fn open(
        rebuild: &'a Rebuild,
        build: &Build,
        state: BuildState,
        fence: i64,
    ) -> Result<Self, RebuildError> {
        let projection = &*rebuild.projection;
        let mut lanes = vec![];
        for lane in 0..build.lanes {
            lanes.push(Lane::open(&rebuild.url, projection, build, state, lane, fence).await?);
        }
        let conn = db::connect(&rebuild.url).await?;
        Ok(Self { projection, reporter: &rebuild.reporter, conn, lanes })
    }

    /// Projects everything up to the head, until fewer than `near` events have come meanwhile.
    pub(super) async fn catch_up(&mut self, shutdown: &Shutdown, near: i64) -> Result<(), RebuildError> {
        let mut head = log::head(&mut self.conn).await?;
        loop {
            let positions = self.lanes.iter().map(|lane| lane.position).collect();
            self.reporter.aim(positions, head);
            let (projection, reporter) = (self.projection, self.reporter);
            let loads = self.lanes.iter_mut().map(|lane| lane.load(projection, head, reporter));
            let loaded = shutdown.run_until(futures::future::try_join_all(loads)).await;
            loaded.ok_or(RebuildError::Cancelled)??;
            let before = std::mem::replace(&mut head, log::head(&mut self.conn).await?);
            if head - before < near {
                return Ok(());
            }
        }
    }

    /// Streams that were parked.
    pub(super) fn parked(&self) -> i64 {
        self.lanes.iter().map(|lane| lane.parked.len() as i64).sum()
    }
}
