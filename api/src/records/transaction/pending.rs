//! What a transaction owes to changes of collections that are pending: whatever it writes keeps to them already, and has the
//! unique values that it will have then. So nobody has to look at it again before such a change is accepted.

use std::collections::BTreeMap;

use domain::{
    collections::{Data, FieldProblem},
    records::{Contents, RecordId},
};
use event_store::{
    ClaimChange,
    record_claims::{self, SCOPE},
};

use super::{Transaction, claims::Taken};
use crate::{
    collections::Found,
    error::{ApiError, ApiResult, FieldError},
    records::stream,
};

impl Transaction<'_> {
    /// Refuses contents that would not be valid any more.
    pub(super) fn keeps_to_pending_changes(&self) -> ApiResult<()> {
        self.pending_claims().map(drop)
    }

    /// What has to be taken and let go of. Claims are taken also for what stays the same: whoever looks at the
    /// records from before comes to this one no more.
    pub(super) fn pending_claims(&self) -> ApiResult<Vec<(ClaimChange, Option<Taken>)>> {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        for (id, entry) in self.changed.iter().filter_map(|id| Some((*id, self.records.get(id)?))) {
            if let Some((found, contents)) = self.pending_of(entry.before.state.contents()) {
                // What was written before the change was proposed need not keep to it.
                let held = held(found, &contents.data).unwrap_or_default();
                before.extend(held.into_iter().map(|(hash, _)| (hash, id)));
            }
            if let Some((found, contents)) = self.pending_of(entry.state.contents()) {
                let held =
                    held(found, &contents.data).map_err(|problems| invalid(problems).in_operation(entry.operation))?;
                for (hash, field) in held {
                    let taken = Taken::of(id, &field);
                    if after.insert(hash, taken.clone()).is_some() {
                        return Err(self.not_unique(&taken));
                    }
                }
            }
        }
        let over = before.into_iter().filter(|(hash, _)| !after.contains_key(hash));
        let let_go = |(key_hash, id): (Vec<u8>, RecordId)| {
            (ClaimChange::LetGo { scope: SCOPE, key_hash, stream: stream(id) }, None)
        };
        let mut claims: Vec<_> = over.map(let_go).collect();
        claims.extend(after.into_iter().map(|(key_hash, taken)| {
            (ClaimChange::Take { scope: SCOPE, key_hash, stream: stream(taken.record) }, Some(taken))
        }));
        Ok(claims)
    }

    /// The contents, and their collection, if a change of that is pending.
    fn pending_of<'s>(&'s self, contents: Option<&'s Contents>) -> Option<(&'s Found, &'s Contents)> {
        let contents = contents?;
        let found = self.collections.get(&contents.collection)?.as_ref()?;
        found.evolved.pending.as_ref().map(|_| (found, contents))
    }
}

/// The claims that a content has under the pending change, with their fields, or what is wrong with it there.
pub(super) fn held(found: &Found, data: &Data) -> Result<Vec<(Vec<u8>, String)>, Vec<FieldProblem>> {
    let Some(pending) = &found.evolved.pending else { return Ok(vec![]) };
    let converted = pending.conversion.convert(data)?;
    let values = pending.conversion.after().unique_values(&converted);
    let taken = values.filter(|(field, _)| pending.taken.iter().any(|taken| taken == field));
    Ok(taken
        .map(|(field, value)| (record_claims::hash(found.id, field, Some(pending.change), value), field.to_owned()))
        .collect())
}

/// What the pending change says of a content.
pub(super) fn invalid(problems: Vec<FieldProblem>) -> ApiError {
    ApiError::InvalidForChange(problems.into_iter().map(FieldError::from).collect())
}
