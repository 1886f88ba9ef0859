//! Records as text, made of the text that the database has: nothing of their content is read on the way.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, SecondsFormat, Utc};
use projections::records::TextRecord;
use serde_json::value::RawValue;

/// Writes a record as [`super::RecordView`] is written.
pub(super) fn write(out: &mut Vec<u8>, record: &TextRecord) -> serde_json::Result<()> {
    let TextRecord { id, version, data, created_at, updated_at, created_by } = record;
    out.extend_from_slice(b"{\"id\":");
    serde_json::to_writer(&mut *out, id)?;
    out.extend_from_slice(b",\"version\":");
    serde_json::to_writer(&mut *out, version)?;
    out.extend_from_slice(b",\"created_at\":");
    write_moment(out, *created_at);
    out.extend_from_slice(b",\"updated_at\":");
    write_moment(out, *updated_at);
    out.extend_from_slice(b",\"created_by\":");
    serde_json::to_writer(&mut *out, created_by)?;
    match data.as_str().strip_prefix('{') {
        Some("}") | None => out.push(b'}'),
        Some(members) => {
            out.push(b',');
            out.extend_from_slice(members.as_bytes());
        }
    }
    Ok(())
}

/// As it is serialized, in half the time.
fn write_moment(out: &mut Vec<u8>, at: DateTime<Utc>) {
    out.push(b'"');
    out.extend_from_slice(at.to_rfc3339_opts(SecondsFormat::AutoSi, true).as_bytes());
    out.push(b'"');
}

/// Adds what comes with a record that was written just now.
pub(super) fn add_expanded(out: &mut Vec<u8>, expanded: &str) {
    // A record has an id at least.
    out.pop();
    out.extend_from_slice(b",\"expand\":");
    out.extend_from_slice(expanded.as_bytes());
    out.push(b'}');
}

/// Writes some of its members, and the id.
pub(super) fn write_some(out: &mut Vec<u8>, record: &TextRecord, shown: &[String]) -> serde_json::Result<()> {
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(record.data.as_str())?;
    let mut first = true;
    let mut name = |out: &mut Vec<u8>, name: &str| {
        out.push(if std::mem::take(&mut first) { b'{' } else { b',' });
        serde_json::to_writer(&mut *out, name)?;
        out.push(b':');
        Ok::<_, serde_json::Error>(())
    };
    let is_shown = |name: &str| shown.iter().any(|other| other == name);
    name(out, "id")?;
    serde_json::to_writer(&mut *out, &record.id)?;
    macro_rules! column {
        ($($field:ident),*) => {$(
            if is_shown(stringify!($field)) {
                name(out, stringify!($field))?;
                serde_json::to_writer(&mut *out, &record.$field)?;
            }
        )*};
    }
    column!(version, created_at, updated_at, created_by);
    for (member, value) in members.iter().filter(|(member, _)| is_shown(member)) {
        name(out, member)?;
        out.extend_from_slice(value.get().as_bytes());
    }
    out.push(b'}');
    Ok(())
}
