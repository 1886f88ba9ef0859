//! Ending the sessions of everybody.

use std::convert::Infallible;

use chrono::{DateTime, Utc};

use super::{AllSessions, SessionsEvent, events::AllEnded};
use crate::Command;

#[derive(Clone, Debug)]
pub struct EndAllSessions {
    pub at: DateTime<Utc>,
}

impl Command for EndAllSessions {
    type Aggregate = AllSessions;
    type Refusal = Infallible;

    fn decide(self, _: &AllSessions) -> Result<Vec<SessionsEvent>, Infallible> {
        Ok(vec![SessionsEvent::AllEnded(AllEnded { at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aggregate, testing::given};

    fn all_ended() -> SessionsEvent {
        SessionsEvent::AllEnded(AllEnded { at: DateTime::UNIX_EPOCH })
    }

    #[test]
    fn all_sessions_are_ended_each_time_it_is_asked() {
        let end_all = || EndAllSessions { at: DateTime::UNIX_EPOCH };
        given([]).when(end_all()).then([all_ended()]);
        given([all_ended()]).when(end_all()).then([all_ended()]);
        let twice = [all_ended(), all_ended()];
        assert_eq!(twice.iter().fold(AllSessions::default(), AllSessions::apply), AllSessions { era: 2 });
    }
}
