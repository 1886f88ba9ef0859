//! Pages of lists that are kept for everybody to whom the rules show the same.

use actix_web::{HttpResponse, http::header};
use bytes::Bytes;
use domain::collections::{Action, CollectionName};
use sha2::{Digest, Sha256};

use super::{access::Access, list_page::Asked, list_query::ListQuery};
use crate::{
    answer::POSITION,
    cache::{Lookup, Mark, Subject},
    extract::IfNoneMatch,
    state::AppState,
};

const LIST: &str = "list";
/// Of the cursor's length, in front of what is kept.
const LENGTH: usize = size_of::<u32>();
/// What makes the same filter mean something else for another caller, or a moment later.
const CHANGING: [&str; 2] = ["user", "now"];

/// A page as it is answered with.
pub(super) struct Page {
    /// Empty on the last page.
    pub(super) next_cursor: String,
    pub(super) body: Bytes,
}

/// What is kept of a list.
pub(super) enum KeptPage {
    /// With a position at which it is true.
    Page(Page, i64),
    /// Where what is read can be kept, if the collection stays as it is.
    Nothing(Option<Mark>),
}

/// The page, where it is kept and true at `after` or later.
pub(super) async fn find(asked: &Asked<'_>, access: &Access<'_>, after: Option<i64>) -> KeptPage {
    let Asked { state, query, collection } = *asked;
    // With `expand` come records of other collections, to which other rules apply.
    let is_more = !query.expand.is_empty();
    let everything = match access.allow(Action::List, &collection.shape).constant() {
        Some(true) => true,
        None if collection.shape.allows_alike(Action::List) => false,
        Some(false) | None => return KeptPage::Nothing(None),
    };
    if is_changing(query) || is_more {
        return KeptPage::Nothing(None);
    }
    let (bound, cursor) = (asked.bound(), query.cursor.as_deref().unwrap_or_default());
    let (version, limit) = (collection.version.to_be_bytes(), query.limit.to_be_bytes());
    let flags = [query.counted, everything].map(u8::from);
    let question = [bound.as_bytes(), cursor.as_bytes(), &version, &limit, &flags];
    let group = Subject::Group(collection.id.as_uuid());
    match state.kept_records.find(LIST, group, &question, after.unwrap_or(0)).await {
        Lookup::Hit { body, position } => match Page::read_from(body) {
            Some(page) => KeptPage::Page(page, position),
            None => KeptPage::Nothing(None),
        },
        Lookup::Miss(mark) => KeptPage::Nothing(mark),
    }
}

/// Filters that name neither are the same for everybody; of those that only seem to, nothing is kept.
fn is_changing(query: &ListQuery) -> bool {
    query.filter.as_ref().is_some_and(|filter| CHANGING.iter().any(|word| filter.contains(word)))
}

impl Page {
    fn read_from(mut kept: Bytes) -> Option<Self> {
        if kept.len() < LENGTH {
            return None;
        }
        let length = u32::from_be_bytes(kept.split_to(LENGTH).as_ref().try_into().ok()?) as usize;
        if kept.len() < length {
            return None;
        }
        let cursor = kept.split_to(length);
        Some(Self { next_cursor: std::str::from_utf8(&cursor).ok()?.to_owned(), body: kept })
    }

    /// Keeps it where it was looked for.
    pub(super) async fn keep(&self, state: &AppState, mark: Option<Mark>, position: i64) {
        let length = u32::try_from(self.next_cursor.len()).unwrap_or(u32::MAX).to_be_bytes();
        if mark.is_some() {
            let kept = [&length, self.next_cursor.as_bytes(), &self.body[..]].concat();
            state.kept_records.keep(mark, position, 0, kept.into()).await;
        }
    }

    /// 304 when the caller has this page. Browsers may keep it, and ask each time whether it is still so.
    pub(super) fn answer(
        self,
        name: &CollectionName,
        query: &ListQuery,
        (position, cached): (i64, Option<&IfNoneMatch>),
    ) -> HttpResponse {
        let tag = tag(&self.body);
        let has = cached.is_some_and(|cached| cached.has_tag(&tag));
        let mut response = if has { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((POSITION, position));
        if cached.is_some() {
            response
                .insert_header((header::ETAG, tag))
                .insert_header((header::CACHE_CONTROL, "private, no-cache"))
                .insert_header((header::VARY, "Authorization, Cookie"));
        }
        if !self.next_cursor.is_empty() && query.has_url() {
            let (canonical, limit, cursor) = (query.canonical(), query.limit, &self.next_cursor);
            let separator = if canonical.is_empty() { "" } else { "&" };
            let next = format!(
                "</v1/collections/{name}/records?{canonical}{separator}limit={limit}&cursor={cursor}>; rel=\"next\""
            );
            response.insert_header((header::LINK, next));
        }
        if has { response.finish() } else { response.content_type("application/json").body(self.body) }
    }
}

/// The same for the same page, whichever process answers.
fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    format!("\"{:032x}\"", u128::from_be_bytes(std::array::from_fn(|at| hash[at])))
}
