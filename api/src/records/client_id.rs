//! Ids that clients make for records.

use chrono::{DateTime, TimeDelta, Utc};
use domain::records::RecordId;
use uuid::{Uuid, Version};

/// How far a client's clock may be ahead. Records are listed by the time in their ids: one of next year would lead every
/// list until then.
const MOST_AHEAD: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID of version 7, and not of the future")]
pub(crate) struct InvalidClientId;

/// The id, if a record can have it: a UUIDv7 of a time that has been, such as that of a record made without a connection.
pub(crate) fn parse(text: &str, now: DateTime<Utc>) -> Result<RecordId, InvalidClientId> {
    let id = Uuid::try_parse(text).map_err(|_| InvalidClientId)?;
    let time = id.get_timestamp().filter(|_| id.get_version() == Some(Version::SortRand)).ok_or(InvalidClientId)?;
    let (seconds, _) = time.to_unix();
    let made = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    made.filter(|made| *made <= now + MOST_AHEAD).map(|_| RecordId::from_uuid(id)).ok_or(InvalidClientId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_version_7_are_taken_unless_they_are_of_the_future() {
        let id = Uuid::now_v7();
        let (seconds, _) = id.get_timestamp().unwrap().to_unix();
        let made = DateTime::from_timestamp(i64::try_from(seconds).unwrap(), 0).unwrap();
        assert_eq!(parse(&id.to_string(), made), Ok(RecordId::from_uuid(id)));
        assert!(parse(&id.to_string(), made + TimeDelta::days(900)).is_ok());
        assert!(parse(&id.to_string(), made - MOST_AHEAD).is_ok());
        assert!(parse(&id.to_string(), made - MOST_AHEAD - TimeDelta::seconds(1)).is_err());
        for text in ["", "7", "00000000-0000-0000-0000-000000000000", "f47ac10b-58cc-4372-a567-0e02b2c3d479"] {
            assert_eq!(parse(text, made), Err(InvalidClientId), "{text}");
        }
    }
}
