//! The files of a person in an export: what is known of each, and where its content can be fetched.

use chrono::{DateTime, Utc};
use domain::files::{File, FileId};
use event_store::{EventStore, SubjectKey};
use file_store::{NAME, stream};
use jobs::JobError;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::export_document::ExportError;
use crate::files::Filing;

/// Of one document. Whoever has more finds the others in the list of their files.
const MOST: usize = 10_000;

#[derive(Debug, Serialize)]
pub(super) struct ExportedFile {
    id: Uuid,
    name: String,
    content_type: String,
    size_bytes: u64,
    sha256: String,
    /// Whether it goes by itself.
    temporary: bool,
    created_at: DateTime<Utc>,
    /// Takes an access token of the person.
    url: String,
}

/// The files that a person has, as the log says, and whether those are all of them.
pub(super) async fn files_of(
    filing: &Filing,
    key: &SubjectKey,
    user_id: Uuid,
    public_url: &Url,
) -> Result<(Vec<ExportedFile>, bool), JobError> {
    let owned = filing.owned(user_id).await?;
    let is_all = owned.len() <= MOST;
    let mut files = vec![];
    for id in owned.into_iter().take(MOST) {
        // Named in full: `load` is of queries elsewhere here.
        let loaded = EventStore::load::<File>(&filing.events, &stream(FileId::from_uuid(id))).await;
        // Deleted meanwhile, perhaps.
        let Some(kept) = loaded.map_err(ExportError::from)?.state.kept().cloned() else { continue };
        files.push(ExportedFile {
            id,
            name: key.open(NAME, &kept.name).map_err(ExportError::from)?,
            content_type: kept.content_type.to_string(),
            size_bytes: kept.size,
            sha256: kept.sha256.to_string(),
            temporary: kept.temporary,
            created_at: kept.created_at,
            url: format!("{}/v1/files/{id}/content", public_url.as_str().trim_end_matches('/')),
        });
    }
    Ok((files, is_all))
}
