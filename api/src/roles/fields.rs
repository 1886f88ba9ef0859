//! The fields of a role's definition, as requests give them.

use domain::roles::{
    Offer, Permission, RoleDescription, description::InvalidRoleDescription, permission::InvalidPermission,
};

use crate::error::FieldError;

/// Two scopes of everything there is, with room to grow.
const MOST_PERMISSIONS: usize = 100;

/// Permissions by their texts, sorted and without repeats: of those that there are, and those that extensions offer.
pub(crate) fn parse_permissions(texts: &[String], offers: &[Offer], errors: &mut Vec<FieldError>) -> Vec<Permission> {
    if texts.len() > MOST_PERMISSIONS {
        let detail = format!("must have at most {MOST_PERMISSIONS}");
        errors.push(FieldError::at("/permissions", "too_many", detail));
        return vec![];
    }
    let mut permissions = vec![];
    for (at, text) in texts.iter().enumerate() {
        match Permission::parse_offered(text, offers) {
            Ok(permission) => permissions.push(permission),
            Err(error) => {
                let code = match error {
                    InvalidPermission::Malformed => "malformed",
                    InvalidPermission::Unknown => "unknown_permission",
                };
                errors.push(FieldError::at(format!("/permissions/{at}"), code, error.to_string()));
            }
        }
    }
    permissions.sort_unstable();
    permissions.dedup();
    permissions
}

pub(super) fn parse_description(text: &str, errors: &mut Vec<FieldError>) -> Option<RoleDescription> {
    let error = |error: InvalidRoleDescription| {
        let code = match error {
            InvalidRoleDescription::TooLong => "too_long",
            InvalidRoleDescription::ControlCharacter => "control_character",
        };
        FieldError::at("/description", code, error.to_string())
    };
    RoleDescription::parse(text).map_err(|refused| errors.push(error(refused))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_sorted_and_every_bad_one_is_named() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut errors = vec![];
        let good = parse_permissions(&texts(&["users:read:all", "audit:read:all", "users:read:all"]), &[], &mut errors);
        assert_eq!((good.len(), good[0].to_string(), errors.len()), (2, "audit:read:all".to_owned(), 0));
        parse_permissions(&texts(&["users:read:all", "users:fly:all", "x"]), &[], &mut errors);
        let expected = [("/permissions/1", "unknown_permission"), ("/permissions/2", "malformed")];
        for (error, (pointer, code)) in errors.iter().zip(expected) {
            assert_eq!((&error.place, error.code), (&FieldError::at(pointer, "", "").place, code));
        }
        assert_eq!(errors.len(), 2);
    }

    #[test]
    fn there_is_an_end_to_lists() {
        let mut errors = vec![];
        parse_permissions(&vec!["users:read:all".to_owned(); 101], &[], &mut errors);
        assert_eq!(errors[0].code, "too_many");
    }
}
