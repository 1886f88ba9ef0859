//! Asking for all data there is about oneself.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NotActive, User, UserEvent, events::ExportRequested};
use crate::Command;

#[derive(Clone, Debug)]
pub struct RequestExport {
    pub export_id: Uuid,
    pub at: DateTime<Utc>,
}

impl Command for RequestExport {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.active()?;
        Ok(vec![UserEvent::ExportRequested(ExportRequested { export_id: self.export_id, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    #[test]
    fn an_export_can_be_asked_for_again_and_again() {
        let asked = || UserEvent::ExportRequested(ExportRequested { export_id: id(1), at: at(1) });
        let ask = || RequestExport { export_id: id(1), at: at(1) };
        given([ada_registered()]).when(ask()).then([asked()]);
        given([ada_registered(), asked()]).when(ask()).then([asked()]);
    }

    #[test]
    fn only_an_active_user_has_data_to_export() {
        assert_needs_an_active_account(&RequestExport { export_id: id(1), at: at(1) });
    }
}
