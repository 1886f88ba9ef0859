//! Letting go of former addresses that there is no way back to any more, so that others may have them.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::FormerAddressesReleased};
use crate::Command;

/// That the addresses can be taken again is settled in the append's transaction.
#[derive(Clone, Debug)]
pub struct ReleaseFormerAddresses {
    pub at: DateTime<Utc>,
}

impl Command for ReleaseFormerAddresses {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        let undos = &user.present()?.requests.email_undos;
        let over = undos.iter().map(|undo| undo.request).filter(|request| request.is_over(self.at));
        let request_ids: Vec<_> = over.map(|request| request.id).collect();
        if request_ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![UserEvent::FormerAddressesReleased(FormerAddressesReleased { request_ids, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{confirm_email_change::tests::email_changed, fixtures::*},
        *,
    };
    use crate::{Aggregate, testing::given};

    fn released(requests: &[u128]) -> UserEvent {
        let request_ids = requests.iter().map(|request| id(*request)).collect();
        UserEvent::FormerAddressesReleased(FormerAddressesReleased { request_ids, at: at(1000) })
    }

    fn release(minutes: i64) -> ReleaseFormerAddresses {
        ReleaseFormerAddresses { at: at(minutes) }
    }

    #[test]
    fn an_address_is_let_go_of_once_and_not_before_the_way_back_to_it_has_expired() {
        let changed = || [ada_registered(), email_changed("second", 1), email_changed("third", 2)];
        given(changed()).when(release(999)).then([]);
        given(changed()).when(release(1000)).then([released(&[1, 2])]);
        given(changed().into_iter().chain([suspended()])).when(release(1000)).then([released(&[1, 2])]);
        given(changed().into_iter().chain([released(&[1, 2])])).when(release(1000)).then([]);
        let user = changed().iter().fold(User::default(), |user, event| user.apply(event)).apply(&released(&[1]));
        let undos = &user.active().unwrap().requests.email_undos;
        assert_eq!(undos.iter().map(|undo| undo.request.id).collect::<Vec<_>>(), [id(2)]);
    }

    #[test]
    fn only_somebody_who_is_there_has_addresses() {
        given([]).when(release(1)).then_refused(NotActive::UnknownUser);
        given([ada_registered(), erased()]).when(release(1)).then_refused(NotActive::Erased);
    }
}
