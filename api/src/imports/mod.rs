//! Imports: records that come in as lines of a file of any size, exactly once each, however often the connection breaks.

pub mod abandon;
mod batch;
mod columns;
mod content;
pub mod errors;
mod lines;
pub mod list;
mod record;
pub mod show;
mod slots;
pub mod start;
mod steps;
pub mod upload;
mod view;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    Aggregate,
    imports::{Import, ImportId, NotOpen},
    roles::Scope,
};
use event_store::{Loaded, StreamId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

pub use view::ImportView;

use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    state::AppState,
};

/// Contents that one process takes in at the same time; each takes up to some 20 MiB of memory.
const MOST_UPLOADS: usize = 8;
/// When it is worth trying again where all places are taken.
const SHORTLY: Duration = Duration::from_secs(2);

/// What is coming in just now. Clones share it.
#[derive(Clone)]
pub struct Imports {
    places: Arc<Semaphore>,
    busy: Arc<Mutex<HashSet<Uuid>>>,
}

impl Default for Imports {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(MOST_UPLOADS)), busy: Arc::default() }
    }
}

/// The right to bring content of an import, until this is dropped: no other request of this process has it. Of two
/// processes, the one whose append comes first goes on.
struct Turn {
    id: Uuid,
    busy: Arc<Mutex<HashSet<Uuid>>>,
    _place: OwnedSemaphorePermit,
}

impl Imports {
    fn take(&self, id: ImportId) -> ApiResult<Turn> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| ApiError::Overloaded { retry_after: SHORTLY })?;
        if !self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(id.as_uuid()) {
            return Err(ApiError::UploadBusy);
        }
        Ok(Turn { id: id.as_uuid(), busy: Arc::clone(&self.busy), _place: place })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// The import that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<ImportId> {
    Uuid::try_parse(text).map(ImportId::from_uuid).map_err(|_| ApiError::NotFound)
}

fn stream(id: ImportId) -> StreamId {
    StreamId::new(Import::CATEGORY, id.as_uuid())
}

/// An import of the caller's, or of anybody's for those who may create everybody's records; to others it is not there.
/// As the log has it now.
async fn find(state: &AppState, caller: &Caller, id: ImportId) -> ApiResult<Loaded<Import>> {
    let found = state.events.load::<Import>(&stream(id)).await?;
    let progress = found.state.progress().ok_or(ApiError::NotFound)?;
    let is_shown = progress.by == caller.user_id || caller.may("records", "create", Scope::All);
    if is_shown { Ok(found) } else { Err(ApiError::NotFound) }
}

/// Whose import it is, for whom may follow it.
pub(crate) async fn owner(state: &AppState, id: Uuid) -> ApiResult<Option<Uuid>> {
    let found = state.events.load::<Import>(&stream(ImportId::from_uuid(id))).await?;
    Ok(found.state.progress().map(|progress| progress.by.as_uuid()))
}

impl From<NotOpen> for ApiError {
    fn from(refused: NotOpen) -> Self {
        match refused {
            NotOpen::UnknownImport => Self::NotFound,
            NotOpen::Finished => Self::ImportOver { how: "is finished" },
            NotOpen::Abandoned => Self::ImportOver { how: "was given up" },
        }
    }
}
