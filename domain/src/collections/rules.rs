//! Who may do what with the records of a collection: conditions in CEL.

use serde::{Deserialize, Serialize};

use super::{FieldProblem, problem};
use crate::expressions::{Expression, Filter, Request, Schema};

/// What can be done with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    List,
    View,
    Create,
    Update,
    Delete,
}

/// The conditions as they are written. `None` is for those alone who may do it to all records; `true` is for everybody
/// who has signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub list: Option<String>,
    pub view: Option<String>,
    pub create: Option<String>,
    pub update: Option<String>,
    pub delete: Option<String>,
}

/// Some of the rules anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesPatch {
    pub list: Option<Option<String>>,
    pub view: Option<Option<String>>,
    pub create: Option<Option<String>>,
    pub update: Option<Option<String>>,
    pub delete: Option<Option<String>>,
}

impl Rules {
    #[must_use]
    pub fn patched(self, patch: RulesPatch) -> Self {
        Self {
            list: patch.list.unwrap_or(self.list),
            view: patch.view.unwrap_or(self.view),
            create: patch.create.unwrap_or(self.create),
            update: patch.update.unwrap_or(self.update),
            delete: patch.delete.unwrap_or(self.delete),
        }
    }
}

/// The same rules, checked against the fields.
#[derive(Clone, Debug)]
pub(super) struct CheckedRules {
    list: Option<Expression>,
    view: Option<Expression>,
    create: Option<Expression>,
    update: Option<Expression>,
    delete: Option<Expression>,
}

impl CheckedRules {
    pub(super) fn check(rules: &Rules, fields: &Schema, problems: &mut Vec<FieldProblem>) -> Self {
        let mut check = |name: &str, text: &Option<String>| {
            let parsed = Expression::parse(text.as_deref()?, fields);
            let pointer = || problem::member("/rules", name);
            parsed
                .map_err(|error| problems.push(FieldProblem::at(pointer(), error.problem.code(), error.to_string())))
                .ok()
        };
        Self {
            list: check("list", &rules.list),
            view: check("view", &rules.view),
            create: check("create", &rules.create),
            update: check("update", &rules.update),
            delete: check("delete", &rules.delete),
        }
    }

    /// The records with which a caller may do this.
    pub(super) fn allow(&self, action: Action, request: &Request<'_>) -> Filter {
        self.rule(action).map_or_else(|| Filter::constantly(false), |rule| rule.bind_rule(request))
    }

    pub(super) fn uses_now(&self, action: Action) -> bool {
        self.rule(action).is_some_and(Expression::uses_now)
    }

    pub(super) fn is_universal(&self, action: Action) -> bool {
        self.rule(action).is_none_or(Expression::is_universal)
    }

    fn rule(&self, action: Action) -> Option<&Expression> {
        match action {
            Action::List => self.list.as_ref(),
            Action::View => self.view.as_ref(),
            Action::Create => self.create.as_ref(),
            Action::Update => self.update.as_ref(),
            Action::Delete => self.delete.as_ref(),
        }
    }
}
