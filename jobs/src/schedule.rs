//! When a cron entry ticks: a five-field expression or a fixed interval, in UTC.

use std::{ops::RangeInclusive, time::Duration};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};

/// The longest search for the next tick: 29 February comes at least once in 8 years, every weekday of it in 40.
const LONGEST_SEARCH_DAYS: u64 = 366 * 41;

/// The times at which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Fields { minutes: u64, hours: u64, days: u64, months: u64, weekdays: u64, either_day: bool },
    Every(TimeDelta),
}

/// Why a schedule cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("a schedule has five fields: minute, hour, day of the month, month, day of the week")]
    FieldCount,
    #[error("cannot read the schedule's field `{0}`")]
    Field(String),
    #[error("the schedule never comes")]
    Never,
    #[error("an interval is at least a second and at most a year")]
    Interval,
}

impl Schedule {
    /// A crontab expression (crontab(5)): `*`, numbers, ranges, lists and steps; 0 and 7 are Sunday. When both days are
    /// restricted, either one matching is enough.
    pub fn cron(expression: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<_> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else { return Err(ScheduleError::FieldCount) };
        let weekdays = bits(weekday, 0..=7)?;
        let schedule = Self(Kind::Fields {
            minutes: bits(minute, 0..=59)?,
            hours: bits(hour, 0..=23)?,
            days: bits(day, 1..=31)?,
            months: bits(month, 1..=12)?,
            weekdays: weekdays | weekdays >> 7 & 1,
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        });
        schedule.after(DateTime::UNIX_EPOCH).map(|_| schedule).ok_or(ScheduleError::Never)
    }

    /// Every `interval`, counted from 1970-01-01 so that all processes agree.
    pub fn every(interval: Duration) -> Result<Self, ScheduleError> {
        let sensible = Duration::from_secs(1)..=Duration::from_secs(366 * 24 * 3_600);
        let interval = sensible.contains(&interval).then(|| TimeDelta::from_std(interval).ok()).flatten();
        interval.map(|interval| Self(Kind::Every(interval))).ok_or(ScheduleError::Interval)
    }

    /// The first tick later than `time`.
    pub fn after(&self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.0 {
            Kind::Every(interval) => {
                let (now, step) = (time.timestamp_millis(), interval.num_milliseconds());
                DateTime::from_timestamp_millis(now.div_euclid(step).checked_add(1)?.checked_mul(step)?)
            }
            Kind::Fields { minutes, hours, .. } => {
                let start = time.checked_add_signed(TimeDelta::minutes(1))?.with_second(0)?.with_nanosecond(0)?;
                let first = (start.date_naive(), start.hour(), start.minute());
                (0..LONGEST_SEARCH_DAYS).find_map(|offset| {
                    let date = first.0.checked_add_days(Days::new(offset))?;
                    let from = if offset == 0 { (first.1, first.2) } else { (0, 0) };
                    let time = self.on_day(date).then(|| time_from(*hours, *minutes, from)).flatten()?;
                    Some(date.and_time(time).and_utc())
                })
            }
        }
    }

    fn on_day(&self, date: NaiveDate) -> bool {
        match &self.0 {
            Kind::Every(_) => true,
            Kind::Fields { days, months, weekdays, either_day, .. } => {
                let (day, weekday) = (has(*days, date.day()), has(*weekdays, date.weekday().num_days_from_sunday()));
                has(*months, date.month()) && if *either_day { day || weekday } else { day && weekday }
            }
        }
    }
}

/// The first matching time of a day, from the given hour and minute on.
fn time_from(hours: u64, minutes: u64, (hour, minute): (u32, u32)) -> Option<NaiveTime> {
    (hour..24).filter(|candidate| has(hours, *candidate)).find_map(|candidate| {
        let from = if candidate == hour { minute } else { 0 };
        let minute = (from..60).find(|minute| has(minutes, *minute))?;
        NaiveTime::from_hms_opt(candidate, minute, 0)
    })
}

fn has(bits: u64, number: u32) -> bool {
    bits >> number & 1 == 1
}

/// The numbers of a field as bits.
fn bits(field: &str, allowed: RangeInclusive<u32>) -> Result<u64, ScheduleError> {
    let parts = field.split(',').map(|part| part_bits(part, &allowed));
    let whole = parts.into_iter().try_fold(0, |all, part| Some(all | part?));
    whole.ok_or_else(|| ScheduleError::Field(field.to_owned()))
}

fn part_bits(part: &str, allowed: &RangeInclusive<u32>) -> Option<u64> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let (first, last) = match (range, range.split_once('-')) {
        ("*", _) => (*allowed.start(), *allowed.end()),
        (_, Some((first, last))) => (first.parse().ok()?, last.parse().ok()?),
        (single, None) => {
            let single = single.parse().ok()?;
            (single, if step.is_some() { *allowed.end() } else { single })
        }
    };
    let valid = first <= last && allowed.contains(&first) && allowed.contains(&last);
    let numbers = (first..=last).step_by(usize::try_from(step.unwrap_or(1)).ok()?);
    valid.then(|| numbers.fold(0, |bits, number| bits | 1 << number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(expression: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::cron(expression).unwrap();
        let mut time: DateTime<Utc> = from.parse().unwrap();
        let mut next = || {
            time = schedule.after(time).unwrap();
            time.format("%F %R %a").to_string()
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn steps_lists_and_ranges_are_read() {
        assert_eq!(
            ticks("*/20 8-9 * * *", "2026-11-23T08:30:10Z", 4),
            ["2026-11-23 08:40 Mon", "2026-11-23 09:00 Mon", "2026-11-23 09:20 Mon", "2026-11-23 09:40 Mon"]
        );
        assert_eq!(
            ticks("5,50/5 3 * * *", "2026-11-23T03:50:00Z", 2),
            ["2026-11-23 03:55 Mon", "2026-11-24 03:05 Tue"]
        );
    }

    #[test]
    fn either_restricted_day_is_enough() {
        assert_eq!(
            ticks("0 0 13 * 5", "2026-11-11T00:00:00Z", 3),
            ["2026-11-13 00:00 Fri", "2026-11-20 00:00 Fri", "2026-11-27 00:00 Fri"]
        );
        assert_eq!(ticks("0 0 * * 7", "2026-11-23T00:00:00Z", 1), ["2026-11-29 00:00 Sun"]);
    }

    #[test]
    fn the_leap_day_comes() {
        assert_eq!(ticks("0 12 29 2 *", "2026-01-01T00:00:00Z", 2), ["2028-02-29 12:00 Tue", "2032-02-29 12:00 Sun"]);
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        assert_eq!(Schedule::cron("* * * *"), Err(ScheduleError::FieldCount));
        for field in ["60", "a", "5-1", "*/0", "", "-1", "1-", "1,,2"] {
            let expression = format!("{field} * * * *");
            assert!(Schedule::cron(&expression).is_err(), "{expression}");
        }
        assert_eq!(Schedule::cron("0 0 31 2 *"), Err(ScheduleError::Never));
        assert_eq!(Schedule::every(Duration::ZERO), Err(ScheduleError::Interval));
    }

    #[test]
    fn intervals_are_counted_from_the_epoch() {
        let every = Schedule::every(Duration::from_secs(90)).unwrap();
        let time = DateTime::from_timestamp(181, 0).unwrap();
        assert_eq!(every.after(time), DateTime::from_timestamp(270, 0));
    }
}
