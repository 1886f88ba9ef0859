//! Which records a caller may do something with.

use chrono::{DateTime, Utc};
use domain::{
    collections::{Action, Shape},
    expressions::{Filter, Request},
    roles::Scope,
    users::UserId,
};

use crate::auth::Caller;

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access<'a> {
    caller: &'a Caller,
    now: DateTime<Utc>,
}

impl<'a> Access<'a> {
    pub(crate) fn new(caller: &'a Caller, now: DateTime<Utc>) -> Self {
        Self { caller, now }
    }

    pub(super) fn user(&self) -> UserId {
        self.caller.user_id
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Rules do not bind whoever may do it to everybody's records.
    pub(crate) fn allow(&self, action: Action, shape: &Shape) -> Filter {
        let permission = match action {
            Action::List | Action::View => "read",
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        };
        if self.caller.may("records", permission, Scope::All) {
            return Filter::constantly(true);
        }
        shape.allow(action, &self.request())
    }

    /// What expressions know of the request.
    pub(super) fn request(&self) -> Request<'a> {
        Request { user_id: Some(self.caller.user_id.as_uuid()), user_roles: self.caller.roles(), now: self.now }
    }
}
