//! How much of the history of its records a collection shows.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::FieldProblem;

const MOST_DAYS: u32 = 36_500;
const MOST_VERSIONS: u32 = 1_000_000;

/// What is older is not shown any more, and not restored. It stays in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    /// Versions that were replaced within so many days.
    Days(u32),
    /// So many of the last versions; a deletion is one too.
    Versions(u32),
}

impl Retention {
    pub(super) fn check(self, problems: &mut Vec<FieldProblem>) {
        let (pointer, number, most) = match self {
            Self::Days(days) => ("/history/days", days, MOST_DAYS),
            Self::Versions(versions) => ("/history/versions", versions, MOST_VERSIONS),
        };
        if number == 0 || number > most {
            problems.push(FieldProblem::at(pointer, "out_of_range", format!("must be a number from 1 to {most}")));
        }
    }

    /// Whether a version is shown that is so many behind the last one and was replaced at that time; the last one always is.
    pub fn shows(self, behind: i64, replaced_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let Some(replaced_at) = replaced_at.filter(|_| behind > 0) else { return true };
        match self {
            Self::Days(days) => now - replaced_at <= TimeDelta::days(i64::from(days)),
            Self::Versions(versions) => behind < i64::from(versions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Shape, define::tests::posts},
        *,
    };

    #[test]
    fn the_last_version_is_always_shown_and_others_within_bounds() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(100);
        let ago = |days| Some(now - TimeDelta::days(days));
        let (week, three) = (Retention::Days(7), Retention::Versions(3));
        assert!(week.shows(0, None, now) && three.shows(0, None, now));
        assert!(week.shows(90, ago(7), now) && !week.shows(1, ago(8), now));
        assert!(three.shows(2, ago(90), now) && !three.shows(3, ago(0), now));
    }

    #[test]
    fn bounds_are_checked() {
        for (retention, pointer) in [
            (Retention::Days(0), "/history/days"),
            (Retention::Days(MOST_DAYS + 1), "/history/days"),
            (Retention::Versions(0), "/history/versions"),
        ] {
            let mut definition = posts();
            definition.history = Some(retention);
            let problems = Shape::of(&definition).unwrap_err();
            assert_eq!((problems[0].pointer.as_str(), problems[0].code), (pointer, "out_of_range"));
        }
    }
}
