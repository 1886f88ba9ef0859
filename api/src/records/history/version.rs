//! Single versions of a record, found in the log.

use bootstrap::db::Connection;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{collections::Data, records::RecordEvent, users::UserId};
use event_store::{RecordedEvent, StreamId, history};

use crate::error::{ApiError, ApiResult};

/// How far the clocks of two servers may be apart.
const SKEW: TimeDelta = TimeDelta::minutes(1);
const PAGE: i64 = 100;

/// What one event made of a record.
#[derive(Clone, Debug)]
pub(in crate::records) struct Version {
    pub(super) number: i64,
    pub(super) kind: &'static str,
    pub(super) at: DateTime<Utc>,
    pub(super) by: UserId,
    /// `None` when it was deleted.
    pub(super) data: Option<Data>,
    /// Of the content.
    pub(super) generation: i32,
}

/// A version, and when the next one took its place.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) version: Version,
    pub(super) replaced_at: Option<DateTime<Utc>>,
}

/// Which version is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Moment {
    Version(i64),
    Time(DateTime<Utc>),
}

impl Moment {
    /// A number of a version, or a time as RFC 3339 writes it.
    pub(in crate::records) fn parse(text: &str) -> Result<Self, &'static str> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Version).map_err(|_| "must be a version, or a time as RFC 3339 writes it");
        }
        let time = DateTime::parse_from_rfc3339(text).map(|time| Self::Time(time.with_timezone(&Utc)));
        time.map_err(|_| "must be a version, or a time as RFC 3339 writes it")
    }
}

impl Version {
    pub(super) fn of(event: &RecordedEvent) -> ApiResult<Self> {
        let number = event.stream_version;
        let decoded = event.decode::<RecordEvent>().map_err(|error| ApiError::Internal(error.into()))?;
        Ok(match decoded {
            RecordEvent::Created(made) => Self {
                number,
                kind: "created",
                at: made.at,
                by: made.by,
                generation: made.generation,
                data: Some(made.data),
            },
            RecordEvent::Changed(made) => Self {
                number,
                kind: "changed",
                at: made.at,
                by: made.by,
                generation: made.generation,
                data: Some(made.data),
            },
            RecordEvent::Restored(made) => Self {
                number,
                kind: "restored",
                at: made.at,
                by: made.by,
                generation: made.generation,
                data: Some(made.data),
            },
            RecordEvent::Deleted(made) => {
                Self { number, kind: "deleted", at: made.at, by: made.by, generation: 0, data: None }
            }
        })
    }
}

/// The version of that moment; `None` when the record was not made yet, or was never at that version.
pub(super) async fn find(conn: &mut Connection, stream: &StreamId, moment: Moment) -> ApiResult<Option<Found>> {
    match moment {
        Moment::Version(version) => numbered(conn, stream, version).await,
        Moment::Time(time) => at_time(conn, stream, time).await,
    }
}

async fn numbered(conn: &mut Connection, stream: &StreamId, version: i64) -> ApiResult<Option<Found>> {
    let events = history::of_stream(conn, stream.as_str(), version.saturating_add(2), 2).await?;
    let Some(event) = events.iter().find(|event| event.stream_version == version) else { return Ok(None) };
    let next = events.iter().find(|event| event.stream_version > version);
    let replaced_at = next.map(Version::of).transpose()?.map(|next| next.at);
    Ok(Some(Found { version: Version::of(event)?, replaced_at }))
}

/// The last version that was made by then. An event is stored soon after the time that it says.
async fn at_time(conn: &mut Connection, stream: &StreamId, time: DateTime<Utc>) -> ApiResult<Option<Found>> {
    let stored_by = time.checked_add_signed(SKEW).unwrap_or(time);
    let mut events = history::of_stream_by(conn, stream.as_str(), stored_by, PAGE).await?;
    while let Some(oldest) = events.last().map(|event| event.stream_version) {
        for event in &events {
            let version = Version::of(event)?;
            if version.at <= time {
                return numbered(conn, stream, version.number).await;
            }
        }
        events = history::of_stream(conn, stream.as_str(), oldest, PAGE).await?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_version_or_a_time() {
        assert_eq!(Moment::parse("7"), Ok(Moment::Version(7)));
        let time = DateTime::from_timestamp(1_764_095_366, 500_000_000).unwrap();
        assert_eq!(Moment::parse("2025-11-25T19:29:26.5+01:00"), Ok(Moment::Time(time)));
        for text in ["", "-1", "v7", "yesterday", "2025-11-25", "99999999999999999999"] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
