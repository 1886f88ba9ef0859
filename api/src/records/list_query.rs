//! What a list of records is asked for.

use domain::{
    collections::Shape,
    expressions::{Filter, Request},
};
use projections::records::queries::Order;
use url::form_urlencoded;

use crate::{
    error::{ApiError, ApiResult, FieldError},
    extract::Query,
};

/// Which records, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListQuery {
    /// As it is written.
    filter: Option<String>,
    pub(super) order: Order,
}

impl ListQuery {
    pub(super) fn take(query: &mut Query) -> Self {
        Self { filter: query.text("filter"), order: query.parsed("sort", "unknown_sort", order).unwrap_or_default() }
    }

    /// The filter that was asked for, for this request.
    pub(super) fn filter(&self, shape: &Shape, request: &Request<'_>) -> ApiResult<Filter> {
        let Some(text) = &self.filter else { return Ok(Filter::constantly(true)) };
        let parsed = shape.filter(text).map_err(|error| {
            let detail = error.to_string();
            ApiError::BadRequest(vec![FieldError::parameter("filter", error.problem.code(), detail)])
        })?;
        Ok(parsed.bind(request))
    }

    /// The parameters again, in one form for all ways to write them: cursors are bound to it.
    pub(super) fn canonical(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        if let Some(filter) = &self.filter {
            text.append_pair("filter", filter);
        }
        if self.order != Order::default() {
            text.append_pair("sort", "created_at");
        }
        text.finish()
    }
}

fn order(text: &str) -> Result<Order, &'static str> {
    match text {
        "-created_at" => Ok(Order::NewestFirst),
        "created_at" => Ok(Order::OldestFirst),
        _ => Err("must be created_at or -created_at"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_written_in_one_form() {
        assert_eq!(ListQuery::default().canonical(), "");
        let query = ListQuery { filter: Some("record.a == \"x\"".to_owned()), order: Order::OldestFirst };
        assert_eq!(query.canonical(), "filter=record.a+%3D%3D+%22x%22&sort=created_at");
    }
}
