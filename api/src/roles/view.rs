//! A role as those see it who may.

use domain::roles::{Offer, RoleName, Roles};
use serde::Serialize;
use utoipa::ToSchema;

/// A role, and what it permits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleView {
    #[schema(example = "support")]
    pub name: String,
    #[schema(example = "Answers mails")]
    pub description: String,
    /// Sorted.
    #[schema(example = json!(["users:read:all"]))]
    pub permissions: Vec<String>,
    /// Whether it is fixed by the program.
    pub built_in: bool,
}

impl RoleView {
    /// `None` when there is no such role.
    pub fn of(roles: &Roles, offers: &[Offer], name: &RoleName) -> Option<Self> {
        if !roles.has(name) {
            return None;
        }
        let permissions = roles.permissions_offered(std::slice::from_ref(name), offers);
        let description = match roles.defined.get(name) {
            Some(definition) => definition.description.as_str(),
            None if *name == RoleName::ADMIN => "May do everything",
            None => "May do what concerns one's own account",
        };
        Some(Self {
            name: name.to_string(),
            description: description.to_owned(),
            permissions: permissions.iter().map(ToString::to_string).collect(),
            built_in: name.is_built_in(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_roles_are_shown_and_others_only_when_they_are_there() {
        let roles = Roles::default();
        let admin = RoleView::of(&roles, &[], &RoleName::ADMIN).unwrap();
        assert!(admin.built_in && admin.permissions.contains(&"roles:manage:all".to_owned()));
        let member = RoleView::of(&roles, &[], &RoleName::MEMBER).unwrap();
        assert!(member.permissions.iter().all(|permission| permission.ends_with(":own")));
        assert!(RoleView::of(&roles, &[], &RoleName::parse("support").unwrap()).is_none());
    }
}
