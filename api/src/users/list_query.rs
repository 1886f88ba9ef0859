//! What a list of users is asked for.

use domain::{
    expressions::Expression,
    roles::RoleName,
    users::{Email, Status},
};
use projections::users::{fields::fields, queries::Order};
use url::form_urlencoded;

use crate::extract::Query;

/// Which users, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ListQuery {
    pub(super) status: Option<Status>,
    pub(super) role: Option<RoleName>,
    /// The address of the one who is looked for.
    pub(super) search: Option<Email>,
    pub(super) filter: Option<Written>,
    pub(super) order: Order,
}

/// A condition with the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    source: String,
    pub(super) expression: Expression,
}

impl ListQuery {
    pub(super) fn take(query: &mut Query) -> Self {
        Self {
            status: query.parsed("status", "unknown_status", status),
            role: query.parsed("role", "malformed", RoleName::parse),
            search: query.parsed("search", "malformed", Email::parse),
            filter: filter(query),
            order: query.parsed("sort", "unknown_sort", order).unwrap_or_default(),
        }
    }

    /// The parameters again, in one form for all ways to write them: cursors are bound to it.
    pub(super) fn canonical(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        if let Some(status) = self.status {
            text.append_pair("status", status.as_str());
        }
        if let Some(role) = &self.role {
            text.append_pair("role", role.as_str());
        }
        if let Some(email) = &self.search {
            text.append_pair("search", email.as_str());
        }
        if let Some(filter) = &self.filter {
            text.append_pair("filter", &filter.source);
        }
        if self.order != Order::default() {
            text.append_pair("sort", "created_at");
        }
        text.finish()
    }
}

fn filter(query: &mut Query) -> Option<Written> {
    let source = query.text("filter")?;
    match Expression::parse(&source, fields()) {
        Ok(expression) => Some(Written { source, expression }),
        Err(error) => {
            query.refuse("filter", error.problem.code(), error.to_string());
            None
        }
    }
}

fn status(text: &str) -> Result<Status, &'static str> {
    // Nobody who was erased is in a list.
    let known = [Status::Active, Status::Suspended].into_iter().find(|status| status.as_str() == text);
    known.ok_or("must be active or suspended")
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

    fn parsed(source: &str) -> Expression {
        Expression::parse(source, fields()).unwrap()
    }

    #[test]
    fn what_was_asked_for_is_written_in_one_form() {
        assert_eq!(ListQuery::default().canonical(), "");
        let query = ListQuery {
            status: Some(Status::Suspended),
            role: RoleName::parse("support").ok(),
            search: Email::parse("ada+x@example.org").ok(),
            filter: Some(Written { source: "record.totp".to_owned(), expression: parsed("record.totp") }),
            order: Order::OldestFirst,
        };
        assert_eq!(
            query.canonical(),
            "status=suspended&role=support&search=ada%2Bx%40example.org&filter=record.totp&sort=created_at"
        );
    }

    #[test]
    fn other_values_are_refused() {
        assert!(status("erased").is_err() && status("").is_err() && status("suspended").is_ok());
        assert!(order("id").is_err() && order("-created_at").is_ok());
    }
}
