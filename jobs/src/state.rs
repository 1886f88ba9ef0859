//! The states of a job, and how long its key keeps others out.

use std::{fmt, str::FromStr, time::Duration};

/// Where a job is on its way. Finished are `Completed`, `Discarded` and `Cancelled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its time, on its own wish (a delay or a snooze).
    Scheduled,
    /// Can be taken now.
    Available,
    /// Held by a worker under a lease.
    Running,
    /// Failed, and waits for its next attempt.
    Retrying,
    Completed,
    /// Given up: no attempts left, or nothing that could ever run.
    Discarded,
    Cancelled,
}

impl JobState {
    pub const ALL: [Self; 7] = [
        Self::Scheduled,
        Self::Available,
        Self::Running,
        Self::Retrying,
        Self::Completed,
        Self::Discarded,
        Self::Cancelled,
    ];

    /// The name in the database, in metrics and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Available => "available",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Completed => "completed",
            Self::Discarded => "discarded",
            Self::Cancelled => "cancelled",
        }
    }

    /// True when nothing will happen to the job any more, unless an operator retries it.
    pub const fn is_finished(self) -> bool {
        match self {
            Self::Completed | Self::Discarded | Self::Cancelled => true,
            Self::Scheduled | Self::Available | Self::Running | Self::Retrying => false,
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown job state")]
pub struct UnknownState;

impl FromStr for JobState {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == name).ok_or(UnknownState)
    }
}

/// How long a job with a key keeps other jobs of the same kind and key from being enqueued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueWindow {
    /// Until a worker takes it the first time: work that arrives while it runs is not lost.
    UntilTaken,
    /// Until it is completed, discarded or cancelled. The default.
    UntilFinished,
    /// For this long after enqueueing, whatever becomes of it.
    For(Duration),
    /// As long as its row is kept (see [`crate::Retention`]).
    Forever,
}

impl UniqueWindow {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::UntilTaken => "until_taken",
            Self::UntilFinished => "until_finished",
            Self::For(_) => "for",
            Self::Forever => "forever",
        }
    }

    pub(crate) const fn duration(self) -> Option<Duration> {
        match self {
            Self::For(duration) => Some(duration),
            Self::UntilTaken | Self::UntilFinished | Self::Forever => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in JobState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert_eq!("done".parse::<JobState>(), Err(UnknownState));
    }
}
