//! Files: uploaded in one request or in several, kept in an object store, shown to whom they belong or who has a signed URL.

pub mod content;
pub mod create;
pub mod delete;
mod digest;
mod disposition;
mod form;
pub mod list;
mod pace;
mod range;
mod receive;
pub mod rename;
pub mod show;
pub mod sign;
pub mod sign_for_record;
pub mod signed;
mod signed_url;
pub mod thumbnail;
pub mod tus;
pub(crate) mod upload;
pub mod usage;
mod view;

use std::{sync::Arc, time::Duration};

use bootstrap::{Context, config};
use domain::{
    files::{File, FileId, Kept, Room},
    roles::Scope,
};
use event_store::aggregates::Loaded;
use file_store::{Storage, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

pub(crate) use pace::Pace;
pub(crate) use receive::chunk;
pub use signed_url::SignedUrls;
use upload::Bounds;
pub use view::FileView;

use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    state::AppState,
};

/// When it is worth trying again where all places for uploads are taken.
const SHORTLY: Duration = Duration::from_secs(2);

/// What handlers of files work with. Clones share it.
#[derive(Clone)]
pub struct Files {
    pub storage: Storage,
    pub urls: SignedUrls,
    pub settings: config::Files,
    places: Arc<Semaphore>,
}

impl Files {
    pub fn new(context: &Context) -> anyhow::Result<Self> {
        let settings = context.config.files.clone();
        let storage = Storage::open(&settings.place)?;
        storage.watch(&context.health);
        let urls = SignedUrls::new(&context.config.secrets.token_key, &context.config.http.public_url);
        let places = Arc::new(Semaphore::new(settings.concurrent_uploads));
        Ok(Self { storage, urls, settings, places })
    }

    /// A place for one upload: each takes memory for as long as it lasts.
    pub(crate) fn place(&self) -> ApiResult<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| ApiError::Overloaded { retry_after: SHORTLY })
    }

    /// What is taken of those who upload files.
    fn bounds(&self) -> Bounds<'_> {
        Bounds { max_bytes: self.settings.max_bytes, types: &self.settings.types }
    }

    pub(crate) fn room(&self) -> Room {
        file_store::room(&self.settings)
    }
}

/// The file that a URL names; nothing but a UUID names one.
fn named(text: &str) -> ApiResult<FileId> {
    Uuid::try_parse(text).map(FileId::from_uuid).map_err(|_| ApiError::NotFound)
}

/// A file that is there, as the log has it now.
pub(crate) struct Found {
    id: FileId,
    kept: Box<Kept>,
    version: i64,
}

/// Finds a file with which the caller may do this; to others it is not there.
async fn find(state: &AppState, caller: &Caller, id: FileId, action: &str) -> ApiResult<Found> {
    let found = look_up(state, id).await?;
    found.require(caller, action)?;
    Ok(found)
}

impl Found {
    /// To whoever may not do this with it, it is not there.
    fn require(&self, caller: &Caller, action: &str) -> ApiResult<()> {
        let is_own = self.kept.owner == caller.user_id;
        if is_own || caller.may("files", action, Scope::All) { Ok(()) } else { Err(ApiError::NotFound) }
    }
}

/// Finds a file, whoever asks.
pub(crate) async fn look_up(state: &AppState, id: FileId) -> ApiResult<Found> {
    let Loaded { state: file, version } = state.events.load::<File>(&stream(id)).await?;
    match file {
        File::Present(kept) => Ok(Found { id, kept, version }),
        File::Unknown | File::Deleted => Err(ApiError::NotFound),
    }
}
