//! Reads what records refer to, one query for each relation that is followed.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Instant,
};

use bootstrap::db::Connection;
use domain::collections::Action;
use projections::records::{TextRecord, show};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{super::access::Access, Branch, Expansion};
use crate::{
    error::{ApiError, ApiResult},
    records::{ListPool, record_text},
};

/// Records that are read at once.
const AT_ONCE: usize = 200;
/// Records that come with those of one answer.
const MOST: usize = 2_000;
/// Bytes of them, counted as often as they are written.
const MOST_BYTES: usize = 16 << 20;

/// What comes with each record, as text: an object with a member for each relation.
pub(in crate::records) enum Expanded {
    Texts(Vec<String>),
    /// The rules of a collection that is referred to have changed meanwhile.
    Outdated,
}

/// What may still be read and written.
struct Room {
    records: usize,
    bytes: usize,
}

impl Room {
    fn take(&mut self, records: usize, bytes: usize) -> ApiResult<()> {
        let left = self.records.checked_sub(records).zip(self.bytes.checked_sub(bytes));
        (self.records, self.bytes) = left.ok_or(ApiError::ExpansionTooLarge)?;
        Ok(())
    }
}

impl Expansion {
    /// Reads what `records` refer to on a connection of `lists`.
    pub(in crate::records) async fn load(
        &self,
        (lists, conn): (&ListPool, &mut Connection),
        access: &Access<'_>,
        records: &[&TextRecord],
    ) -> ApiResult<Expanded> {
        let mut loading = Loading { lists, conn, access, room: Room { records: MOST, bytes: MOST_BYTES } };
        let texts = loading.texts(self, records).await?;
        Ok(texts.map_or(Expanded::Outdated, Expanded::Texts))
    }
}

struct Loading<'a> {
    lists: &'a ListPool,
    conn: &'a mut Connection,
    access: &'a Access<'a>,
    room: Room,
}

impl Loading<'_> {
    /// The text for each record; `None` when the rules have changed.
    async fn texts(&mut self, expansion: &Expansion, records: &[&TextRecord]) -> ApiResult<Option<Vec<String>>> {
        let mut texts = vec!["{".to_owned(); records.len()];
        for branch in &expansion.0 {
            let referred = records.iter().map(|record| references(record, &branch.field.name));
            let referred = referred.collect::<serde_json::Result<Vec<_>>>().map_err(unreadable)?;
            let Some(found) = self.found(branch, referred.iter().flatten().copied().collect()).await? else {
                return Ok(None);
            };
            for (text, ids) in texts.iter_mut().zip(&referred) {
                let before = text.len();
                write(text, branch, ids, &found).map_err(unreadable)?;
                self.room.take(0, text.len() - before)?;
            }
        }
        texts.iter_mut().for_each(|text| text.push('}'));
        Ok(Some(texts))
    }

    /// The text of each record that is there and may be viewed, with what it refers to in turn.
    async fn found(&mut self, branch: &Branch, ids: BTreeSet<Uuid>) -> ApiResult<Option<HashMap<Uuid, String>>> {
        let (target, ids) = (&branch.target, ids.into_iter().collect::<Vec<_>>());
        let visible = self.access.allow(Action::View, &target.shape);
        let mut found = vec![];
        for ids in ids.chunks(AT_ONCE) {
            let started = Instant::now();
            let read = show::show_some(self.conn, target.id, ids, &visible).await;
            let read = read.map_err(|error| self.lists.failed(error, started))?;
            let generation = read.generation.unwrap_or(0);
            if read.collection_version != Some(target.version) || generation != target.shape.generation() {
                return Ok(None);
            }
            self.room.take(read.records.len(), read.records.iter().map(|record| record.data.as_str().len()).sum())?;
            found.extend(read.records);
        }
        let inner = match branch.inner.is_empty() {
            true => None,
            false => match Box::pin(self.texts(&branch.inner, &found.iter().collect::<Vec<_>>())).await? {
                Some(texts) => Some(texts),
                None => return Ok(None),
            },
        };
        let mut texts = HashMap::new();
        for (number, record) in found.iter().enumerate() {
            let mut text = vec![];
            record_text::write(&mut text, record).map_err(unreadable)?;
            if let Some(inner) = &inner {
                record_text::add_expanded(&mut text, &inner[number]);
            }
            let text = String::from_utf8(text).map_err(|error| ApiError::Internal(error.into()))?;
            texts.insert(record.id, text);
        }
        Ok(Some(texts))
    }
}

/// A field with one reference has its record, or nothing; one with a list has those that are there.
fn write(out: &mut String, branch: &Branch, ids: &[Uuid], found: &HashMap<Uuid, String>) -> serde_json::Result<()> {
    let texts: Vec<&str> = ids.iter().filter_map(|id| found.get(id)).map(String::as_str).collect();
    let name = serde_json::to_string(&branch.field.name)?;
    let value = match (branch.field.is_many, texts.first()) {
        (true, _) => format!("[{}]", texts.join(",")),
        (false, Some(one)) => (*one).to_owned(),
        (false, None) => return Ok(()),
    };
    let comma = if out.len() > 1 { "," } else { "" };
    out.push_str(&format!("{comma}{name}:{value}"));
    Ok(())
}

/// The ids in a field, in their order.
fn references(record: &TextRecord, field: &str) -> serde_json::Result<Vec<Uuid>> {
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(record.data.as_str())?;
    let Some(value) = members.get(field) else { return Ok(vec![]) };
    Ok(match value.get().starts_with('[') {
        true => serde_json::from_str(value.get())?,
        false => serde_json::from_str::<Option<Uuid>>(value.get())?.into_iter().collect(),
    })
}

fn unreadable(error: serde_json::Error) -> ApiError {
    ApiError::Internal(error.into())
}
