//! The time, made at the edge and handed on in commands.

use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, Utc};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock;

impl Clock {
    /// Now, in the microseconds that PostgreSQL keeps.
    pub fn now(self) -> DateTime<Utc> {
        DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(6)
    }
}
