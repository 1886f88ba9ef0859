//! The sessions of everybody together. What becomes of those of one user is in the user's own stream.

pub mod end_all;
pub mod events;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use end_all::EndAllSessions;
pub use events::SessionsEvent;

use crate::Aggregate;

/// The id of the one stream of all sessions.
pub const SESSIONS_STREAM: Uuid = Uuid::from_u128(0x0000_0000_0000_8000_8000_7365_7373_696f);

/// What holds for every session of the installation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllSessions {
    /// How often all sessions were ended. Those that were begun in an earlier era are over.
    pub era: u32,
}

impl Aggregate for AllSessions {
    type Event = SessionsEvent;
    const CATEGORY: &'static str = "sessions";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &SessionsEvent) -> Self {
        match event {
            SessionsEvent::AllEnded(_) => Self { era: self.era.saturating_add(1) },
        }
    }
}
