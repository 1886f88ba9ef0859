//! Changing how a user is shown and addressed.

use chrono::{DateTime, Utc};

use super::{Locale, User, UserEvent, events::ProfileChanged};
use crate::{Command, Sealed};

/// A field that is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct ChangeProfile {
    /// `Some(None)` removes the name.
    pub display_name: Option<Option<Sealed>>,
    pub locale: Option<Locale>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeProfileRefused {
    #[error("no such user")]
    UnknownUser,
}

impl Command for ChangeProfile {
    type Aggregate = User;
    type Refusal = ChangeProfileRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, ChangeProfileRefused> {
        let account = match user {
            User::Unknown => return Err(ChangeProfileRefused::UnknownUser),
            User::Active(account) => account,
        };
        let display_name = self.display_name.unwrap_or_else(|| account.display_name.clone());
        let locale = self.locale.unwrap_or(account.locale);
        if display_name == account.display_name && locale == account.locale {
            return Ok(vec![]);
        }
        Ok(vec![UserEvent::ProfileChanged(ProfileChanged { display_name, locale, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{super::register::tests::ada_registered, *};
    use crate::testing::given;

    fn change(display_name: Option<Option<&str>>, locale: Option<Locale>) -> ChangeProfile {
        let display_name = display_name.map(|name| name.map(|name| Sealed::from_ciphertext(name.to_owned())));
        ChangeProfile { display_name, locale, at: DateTime::UNIX_EPOCH }
    }

    fn changed(display_name: Option<&str>, locale: Locale) -> UserEvent {
        let display_name = display_name.map(|name| Sealed::from_ciphertext(name.to_owned()));
        UserEvent::ProfileChanged(ProfileChanged { display_name, locale, at: DateTime::UNIX_EPOCH })
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        given([ada_registered()]).when(change(Some(Some("Ada")), None)).then([changed(Some("Ada"), Locale::En)]);
        given([ada_registered(), changed(Some("Ada"), Locale::En)])
            .when(change(None, Some(Locale::De)))
            .then([changed(Some("Ada"), Locale::De)]);
    }

    #[test]
    fn a_name_can_be_removed() {
        given([ada_registered(), changed(Some("Ada"), Locale::En)])
            .when(change(Some(None), None))
            .then([changed(None, Locale::En)]);
    }

    #[test]
    fn nothing_happens_when_nothing_changes() {
        given([ada_registered()]).when(change(None, Some(Locale::En))).then([]);
    }

    #[test]
    fn an_unknown_user_has_no_profile() {
        given([]).when(change(None, Some(Locale::De))).then_refused(ChangeProfileRefused::UnknownUser);
    }
}
