//! What a list of records is asked for, by parameters or by a body.

use serde::Deserialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use super::expansion::Paths;
use crate::{
    error::{ApiError, ApiResult, FieldError},
    extract::{Query, RequestBody},
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
/// Bytes of what is searched for.
const MAX_SEARCH: usize = 500;

/// The parameters of a list as members of a body, for those who have more to ask than fits into a URL.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RecordSearch {
    /// A condition in CEL.
    #[schema(max_length = 4096, example = "record.status == \"open\"")]
    filter: Option<String>,
    /// Words, "phrases in quotes", `or` between words, `-` before what must not be there.
    #[schema(max_length = 500, example = "\"event log\" -draft")]
    search: Option<String>,
    /// Fields, `-` before those whose values fall.
    #[schema(max_items = 4, example = json!(["-rank", "created_at"]))]
    sort: Vec<String>,
    /// Members that the records are shown with; `id` always is.
    #[schema(max_items = 50, example = json!(["title"]))]
    fields: Vec<String>,
    /// Relations whose records come too, in the member `expand`; after a dot those of their records.
    #[schema(max_items = 10, example = json!(["author", "post.author"]))]
    expand: Vec<String>,
    /// `exact` counts what the list has in all.
    #[schema(pattern = "^exact$")]
    total: Option<String>,
    /// Records in a page; 50 by default.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before, which had the same other members.
    #[schema(min_length = 24)]
    cursor: Option<String>,
}

impl RequestBody for RecordSearch {}

/// Where the list was asked for, which is where errors lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Parameters,
    Body,
}

/// What is wrong with one of the parameters.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) parameter: &'static str,
    pub(super) code: &'static str,
    pub(super) detail: String,
}

/// Which records, in which order, and what of them; not yet held against their collection.
#[derive(Clone, Debug)]
pub(super) struct ListQuery {
    origin: Origin,
    /// As it is written.
    pub(super) filter: Option<String>,
    pub(super) search: Option<String>,
    pub(super) sort: Vec<String>,
    pub(super) fields: Vec<String>,
    pub(super) expand: Paths,
    pub(super) counted: bool,
    pub(super) limit: i64,
    pub(super) cursor: Option<String>,
}

impl ListQuery {
    pub(super) fn take(query: &mut Query) -> Self {
        let mut items = |name: &str| -> Vec<String> {
            query.text(name).map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default()
        };
        let (sort, fields) = (items("sort"), items("fields"));
        Self {
            origin: Origin::Parameters,
            filter: query.text("filter"),
            search: query.parsed("search", "out_of_range", searched),
            sort,
            fields,
            expand: Paths::take(query),
            counted: query.parsed("total", "unknown_value", counted).unwrap_or_default(),
            limit: query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT),
            cursor: query.text("cursor"),
        }
    }

    /// What an export is asked for: everything that the filter lets through, from the oldest to the newest.
    pub(super) fn of_export(query: &mut Query) -> Self {
        let fields = query.text("fields").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
        Self {
            origin: Origin::Parameters,
            filter: query.text("filter"),
            search: None,
            sort: vec!["created_at".to_owned()],
            fields,
            expand: Paths::default(),
            counted: false,
            limit: MAX_LIMIT,
            cursor: None,
        }
    }

    pub(super) fn of_body(body: RecordSearch) -> ApiResult<Self> {
        let mut errors = vec![];
        let mut wrong = |member: &str, code, detail: &'static str| {
            errors.push(FieldError::at(format!("/{member}"), code, detail));
        };
        if let Some(Err(detail)) = body.search.as_deref().map(searched) {
            wrong("search", "out_of_range", detail);
        }
        if let Some(Err(detail)) = body.total.as_deref().map(counted) {
            wrong("total", "unknown_value", detail);
        }
        if body.limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
            wrong("limit", "out_of_range", "must be a number from 1 to 200");
        }
        let expand = Paths::parse(&body.expand).unwrap_or_else(|detail| {
            errors.push(FieldError::at("/expand", "malformed", detail));
            Paths::default()
        });
        if !errors.is_empty() {
            return Err(ApiError::Invalid(errors));
        }
        let RecordSearch { filter, search, sort, fields, expand: _, total, limit, cursor } = body;
        let (counted, limit) = (total.is_some(), limit.unwrap_or(DEFAULT_LIMIT));
        Ok(Self { origin: Origin::Body, filter, search, sort, fields, expand, counted, limit, cursor })
    }

    /// What answers when something of it does not fit its collection.
    pub(super) fn refused(&self, faults: Vec<Fault>) -> ApiError {
        let errors = faults.into_iter().map(|Fault { parameter, code, detail }| match self.origin {
            Origin::Parameters => FieldError::parameter(parameter, code, detail),
            Origin::Body => FieldError::at(format!("/{parameter}"), code, detail),
        });
        match self.origin {
            Origin::Parameters => ApiError::BadRequest(errors.collect()),
            Origin::Body => ApiError::Invalid(errors.collect()),
        }
    }

    /// The parameters again, in one form for all ways to write them: cursors are bound to it.
    pub(super) fn canonical(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("filter", &self.filter), ("search", &self.search)] {
            if let Some(value) = value {
                text.append_pair(name, value);
            }
        }
        for (name, items) in [("sort", &self.sort), ("fields", &self.fields)] {
            if !items.is_empty() {
                text.append_pair(name, &items.join(","));
            }
        }
        if !self.expand.is_empty() {
            text.append_pair("expand", &self.expand.canonical());
        }
        if self.counted {
            text.append_pair("total", "exact");
        }
        text.finish()
    }

    /// For the header that leads to the next page; a list that was asked for by a body has no URL.
    pub(super) fn has_url(&self) -> bool {
        self.origin == Origin::Parameters
    }
}

fn searched(text: &str) -> Result<String, &'static str> {
    let fits = !text.trim().is_empty() && text.len() <= MAX_SEARCH && !text.contains('\0');
    if fits { Ok(text.to_owned()) } else { Err("must have 1 to 500 bytes, and words among them") }
}

fn counted(text: &str) -> Result<bool, &'static str> {
    if text == "exact" { Ok(true) } else { Err("must be exact") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_written_in_one_form() {
        let query = ListQuery::of_body(RecordSearch::default()).unwrap();
        assert_eq!((query.canonical(), query.limit), (String::new(), DEFAULT_LIMIT));
        let query = RecordSearch {
            filter: Some("record.a == \"x\"".to_owned()),
            sort: vec!["-rank".to_owned(), "id".to_owned()],
            total: Some("exact".to_owned()),
            limit: Some(7),
            ..RecordSearch::default()
        };
        let query = ListQuery::of_body(query).unwrap();
        assert_eq!(query.canonical(), "filter=record.a+%3D%3D+%22x%22&sort=-rank%2Cid&total=exact");
    }

    #[test]
    fn everything_that_is_wrong_with_a_body_is_told_at_once() {
        let body = RecordSearch {
            search: Some(" ".to_owned()),
            total: Some("roughly".to_owned()),
            limit: Some(201),
            ..RecordSearch::default()
        };
        let Err(ApiError::Invalid(errors)) = ListQuery::of_body(body) else { panic!("refused") };
        assert_eq!(
            errors.iter().map(|error| error.code).collect::<Vec<_>>(),
            ["out_of_range", "unknown_value", "out_of_range"]
        );
    }
}
