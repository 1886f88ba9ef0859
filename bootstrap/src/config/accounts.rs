//! What the installation demands of accounts.

use std::{path::PathBuf, str::FromStr};

use super::source::Source;

/// What the installation demands of accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Whether signing in needs an address that was shown to be the user's.
    pub require_verified_email: bool,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// Passwords that nobody may choose, one a line, beside those that are always refused.
    pub password_list: Option<PathBuf>,
}

/// Who must have a second factor; whoever lacks it can do nothing but set it up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nobody: it is each user's choice.
    #[default]
    Optional,
    /// Whoever may change roles, the rules of collections or the accounts of others.
    Administrators,
    Everybody,
}

impl FromStr for SecondFactor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "optional" => Ok(Self::Optional),
            "administrators" => Ok(Self::Administrators),
            "everybody" => Ok(Self::Everybody),
            _ => Err(()),
        }
    }
}

pub(super) fn read(source: &mut Source) -> Accounts {
    let second_factor = source.optional("accounts.second_factor", "optional, administrators or everybody");
    Accounts {
        require_verified_email: source.optional("accounts.require_verified_email", "true or false").unwrap_or(false),
        second_factor: second_factor.unwrap_or_default(),
        password_list: source.file("accounts.password_list", false),
    }
}
