//! Points in time, as records have them: texts of one form, whose order is that of time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};

/// A time of the years 1 to 9999, to the microsecond, and its canonical text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    at: DateTime<Utc>,
    text: String,
}

/// The text of a time that can be compared as such: UTC with six digits of a second, `2026-11-25T20:29:26.123456Z`. A field
/// that is declared as a timestamp has to be stored so; another text counts as absent. Years before 1 and after 9999 are
/// taken for the nearest time in between.
pub fn canonical_timestamp(at: DateTime<Utc>) -> String {
    Moment::new(at).text
}

/// The canonical text of a time that RFC 3339 writes; `None` for what is none, or is not of the years 1 to 9999.
pub fn canonical_timestamp_of(text: &str) -> Option<String> {
    Moment::parse(text).map(|moment| moment.text)
}

/// The shape of a canonical text, as a regular expression of PostgreSQL.
pub(super) const CANONICAL_PATTERN: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$";

/// The same in memory.
pub(super) fn is_canonical(text: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00.000000Z";
    let fits = |(byte, shape): (u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == *shape };
    text.len() == SHAPE.len() && text.bytes().zip(SHAPE).all(fits)
}

impl Moment {
    pub(super) fn new(at: DateTime<Utc>) -> Self {
        let (earliest, latest) = (start_of_year(1), start_of_year(10_000) - TimeDelta::microseconds(1));
        let clamped = at.clamp(earliest, latest);
        // Also makes an ordinary time of a leap second.
        let at = DateTime::from_timestamp_micros(clamped.timestamp_micros()).unwrap_or(clamped);
        Self { at, text: at.to_rfc3339_opts(SecondsFormat::Micros, true) }
    }

    /// Of a text of RFC 3339; `None` also outside of the years.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        (at >= start_of_year(1) && at < start_of_year(10_000)).then(|| Self::new(at))
    }

    /// Later by this span, at most at the end of the years.
    pub(super) fn shifted(&self, by: TimeDelta) -> Self {
        let beyond = if by < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        Self::new(self.at.checked_add_signed(by).unwrap_or(beyond))
    }

    pub(super) fn at(&self) -> DateTime<Utc> {
        self.at
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

fn start_of_year(year: i32) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    NaiveDateTime::new(date, NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_has_a_canonical_text() {
        let texts = [
            ("2026-11-25T20:29:26Z", "2026-11-25T20:29:26.000000Z"),
            ("2026-11-25T20:29:26.1234567+02:00", "2026-11-25T18:29:26.123456Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
        ];
        for (text, canonical) in texts {
            let moment = Moment::parse(text).unwrap();
            assert_eq!(moment.text(), canonical);
            assert!(is_canonical(moment.text()));
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "2026-11-25", "2026-02-30T00:00:00Z", "0000-06-01T00:00:00Z", "9999-12-31T23:59:59-01:00"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
        for text in ["2026-11-25T20:29:26Z", "2026-11-25t20:29:26.000000Z", "2026-11-25T20:29:26.000000Z\n"] {
            assert!(!is_canonical(text), "{text}");
        }
    }

    #[test]
    fn nothing_is_earlier_than_year_one_or_later_than_year_9999() {
        let now = Moment::parse("2026-11-25T20:29:26Z").unwrap();
        let ages = TimeDelta::microseconds(315_576_000_000_000_000);
        assert_eq!(now.shifted(-ages).text(), "0001-01-01T00:00:00.000000Z");
        assert_eq!(now.shifted(ages).text(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(now.shifted(TimeDelta::hours(-1)).text(), "2026-11-25T19:29:26.000000Z");
    }
}
