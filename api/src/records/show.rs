//! `GET /v1/collections/{name}/records/{id}`.

use actix_web::{HttpResponse, web};
use bootstrap::db::Connection;
use domain::{
    collections::{Action, CollectionId, CollectionName, Data},
    expressions::Filter,
    records::{RecordId, seen},
};
use projections::records::{
    NAME, TextRecord,
    show::{self, Shown},
};

use super::{
    RecordView,
    access::Access,
    expansion::{self, Expanded, Expansion, Paths, Rules},
    history::{self, Moment},
    kept::{self, Kept, KeptRecord},
    list_pool::ListPool,
    record_text, stream,
};
use crate::{
    answer,
    auth::Caller,
    collections::{self, Found},
    error::{ApiError, ApiResult, SHORTLY},
    extract::{After, IfNoneMatch, Query},
    state::{AppState, State},
};

/// How often a record is read again because its collection has changed meanwhile.
const ATTEMPTS: usize = 4;

/// Show a record
///
/// One for which the collection's rule for `view` does not hold is not there. With `at` it is shown as it was, if it was not
/// deleted then, as far as the collection shows history; the rule has to hold for that, and for the record as it is, or was
/// last.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records/{id}", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("id" = Uuid, Path, description = "The record's id"),
        ("at" = Option<String>, Query, description = "As it was then: a version, or a time (RFC 3339)", example = "2026-11-25T18:29:26Z"),
        ("expand" = Option<String>, Query, description = "Up to ten relations whose records come too, in the member `expand`, as far as the caller may view them; after a dot those of their records"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The record", body = RecordView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_record(
    state: State,
    caller: Caller,
    path: web::Path<(String, String)>,
    after: After,
    cached: IfNoneMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    let moment = query.parsed("at", "malformed", Moment::parse);
    let expand = Paths::take(&mut query);
    if moment.is_some() && !expand.is_empty() {
        query.refuse("expand", "not_combinable", "a record as it was comes alone".to_owned());
    }
    query.finish()?;
    let (name, id) = (collections::named(&path.0)?, super::named(&path.1)?);
    let access = Access::new(&caller, state.clock.now());
    if let Some(moment) = moment {
        let collection = state.collections.find(&name).await?;
        return history::show_at(&state, access, &collection, id, moment, &cached).await;
    }
    if !expand.is_empty() {
        return show_expanded(&state, access, &name, id, &expand, after).await;
    }
    let mut collection = state.collections.lately(&name).await?;
    let mark = match kept::find(&state, &collection, id, after).await {
        Kept::Record(record, position) => {
            if !record.is_visible(&access.allow(Action::View, &collection.shape))? {
                return Err(ApiError::NotFound);
            }
            return record.answer(position, collection.shape.generation(), &cached);
        }
        Kept::Nothing(mark) => mark,
    };
    for attempt in 0..ATTEMPTS {
        let (shown, position) = match attempt {
            0 => state.shown(collection.id, id, after).await?,
            // A replica may have the definition of before.
            _ => state.shown_first_hand(collection.id, id, after).await?,
        };
        let generation = shown.generation.unwrap_or(0);
        if let Some((record, last)) = visible(shown, &collection, &access)? {
            let record = KeptRecord::of(&record)?;
            record.keep(&state, mark.filter(|mark| mark.is_under(&collection)), position, last).await;
            return record.answer(position.max(last), generation, &cached);
        }
        collection = state.collections.read(&name, Some(generation)).await?;
    }
    Err(ApiError::Overloaded { retry_after: SHORTLY })
}

impl AppState {
    /// What is known of a record at `after` or later, and a position that this reflects.
    async fn shown(&self, collection: CollectionId, id: RecordId, after: Option<i64>) -> ApiResult<(Shown, i64)> {
        let second_hand = async |conn: &mut Connection| one(conn, collection, id).await;
        match self.read_second_hand(NAME, after, second_hand).await? {
            Some(shown) => Ok(shown),
            None => self.shown_first_hand(collection, id, after).await,
        }
    }

    /// The same without the read replica.
    async fn shown_first_hand(
        &self,
        collection: CollectionId,
        id: RecordId,
        after: Option<i64>,
    ) -> ApiResult<(Shown, i64)> {
        let position = self.reflected(NAME, after, &[stream(id).as_str()]).await?;
        let shown = match self.loader.load(collection, id.as_uuid()).await {
            Some(shown) => shown,
            None => one(&*self.pool.get().await?, collection, id).await?,
        };
        Ok((shown, position))
    }
}

async fn one(conn: &Connection, collection: CollectionId, id: RecordId) -> ApiResult<Shown> {
    Ok(show::show(conn, &[(collection, id.as_uuid())]).await?.pop().unwrap_or_default())
}

/// The record with the position of its last event, if the caller may view it; nothing when the collection is not what it was
/// taken for.
fn visible(shown: Shown, collection: &Found, access: &Access<'_>) -> ApiResult<Option<(TextRecord, i64)>> {
    let generation = shown.generation.unwrap_or(0);
    if shown.collection_version != Some(collection.version) || generation != collection.shape.generation() {
        return Ok(None);
    }
    let (record, last) = shown.record.ok_or(ApiError::NotFound)?;
    if !is_visible(&record, &access.allow(Action::View, &collection.shape))? {
        return Err(ApiError::NotFound);
    }
    Ok(Some((record, last)))
}

/// What a rule needs of a record is read only where there is one.
fn is_visible(record: &TextRecord, visible: &Filter) -> ApiResult<bool> {
    if let Some(constant) = visible.constant() {
        return Ok(constant);
    }
    let TextRecord { id, version: _, data, created_at, updated_at, created_by } = record;
    let data: Data = serde_json::from_str(data.as_str()).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(visible.matches(&seen(*id, data, *created_at, *updated_at, *created_by)))
}

/// The record with those to which it refers. What comes with it can change while its version does not, so nothing is kept and
/// there is no ETag.
async fn show_expanded(
    state: &AppState,
    access: Access<'_>,
    name: &CollectionName,
    id: RecordId,
    expand: &Paths,
    after: Option<i64>,
) -> ApiResult<HttpResponse> {
    for attempt in 0..ATTEMPTS {
        let (collection, rules) = match attempt {
            0 => (state.collections.lately(name).await?, Rules::Lately),
            _ => (state.collections.read(name, None).await?, Rules::Anew),
        };
        let expansion = Expansion::of(expand, &collection.shape, (state, rules)).await?;
        let expansion = expansion.map_err(expansion::refused)?;
        let read = async |conn: &mut Connection, lists: &ListPool| {
            let shown = one(conn, collection.id, id).await?;
            let Some((record, _)) = visible(shown, &collection, &access)? else { return Ok(None) };
            Ok(Some((expansion.load((lists, conn), &access, &[&record]).await?, record)))
        };
        let (read, position) = match attempt {
            0 => state.list(NAME, after, read).await?,
            _ => state.list_first_hand(NAME, after, read).await?,
        };
        if let Some((Expanded::Texts(texts), record)) = read {
            let mut text = vec![];
            record_text::write(&mut text, &record).map_err(|error| ApiError::Internal(error.into()))?;
            texts.iter().for_each(|expanded| record_text::add_expanded(&mut text, expanded));
            return Ok(answer::unkept(position, text.into()));
        }
    }
    Err(ApiError::Overloaded { retry_after: SHORTLY })
}
