//! Changing how a user is shown and addressed.

use chrono::{DateTime, Utc};

use super::{Locale, NotActive, User, UserEvent, events::ProfileChanged};
use crate::{Command, Sealed};

/// A field that is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct ChangeProfile {
    /// `Some(None)` removes the name.
    pub display_name: Option<Option<Sealed>>,
    pub locale: Option<Locale>,
    pub at: DateTime<Utc>,
}

impl Command for ChangeProfile {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        let account = user.active()?;
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
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn change(display_name: Option<Option<&str>>, locale: Option<Locale>) -> ChangeProfile {
        ChangeProfile { display_name: display_name.map(|name| name.map(sealed)), locale, at: at(1) }
    }

    fn changed(display_name: Option<&str>, locale: Locale) -> UserEvent {
        UserEvent::ProfileChanged(ProfileChanged { display_name: display_name.map(sealed), locale, at: at(1) })
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
    fn only_an_active_user_has_a_profile_to_change() {
        assert_needs_an_active_account(&change(None, Some(Locale::De)));
    }
}
