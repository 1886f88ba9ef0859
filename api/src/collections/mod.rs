//! Collections: what an application's records look like, defined by administrators.

mod book;
pub mod change;
pub mod change_view;
pub mod define;
pub mod delete;
mod evolved;
mod fields;
pub mod list;
mod name_claim;
mod relation_claims;
mod relations;
pub mod show;
pub mod show_change;
mod view;
pub mod withdraw;

use actix_web::{HttpResponse, HttpResponseBuilder};
use domain::{
    Aggregate,
    collections::{Collection, CollectionId, CollectionName},
};
use event_store::{Executed, StreamId};

pub use book::{CollectionBook, Found, Sight};
pub use change_view::ChangeView;
pub use evolved::Evolved;
pub use view::CollectionView;

use crate::{
    answer,
    error::{ApiError, ApiResult},
    state::AppState,
};

/// How often a command is planned anew because somebody else was faster.
const ATTEMPTS: usize = 20;

/// The collection that a URL names; what is no name names nothing.
pub(crate) fn named(text: &str) -> ApiResult<CollectionName> {
    CollectionName::parse(text).map_err(|_| ApiError::NotFound)
}

pub(crate) fn stream(id: CollectionId) -> StreamId {
    StreamId::new(Collection::CATEGORY, id.as_uuid())
}

/// The collection as a command left it, or as it is by now when the command was a repeat.
async fn answer_changed(
    state: &AppState,
    id: CollectionId,
    done: Executed<Collection>,
    response: HttpResponseBuilder,
) -> ApiResult<HttpResponse> {
    let (collection, version) = match done.state {
        Some(collection) => (collection, done.version),
        None => {
            let loaded = state.events.load::<Collection>(&stream(id)).await?;
            (loaded.state, loaded.version)
        }
    };
    let defined = collection.defined().ok_or(ApiError::NotFound)?;
    let view = CollectionView::of(id, version, defined.clone());
    Ok(answer::changed(response, &view, version, done.position.or_else(|| Some(state.events.head().position()))))
}
