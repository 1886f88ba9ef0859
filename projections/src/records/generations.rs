//! Generations of contents: the one of each collection that is read, and the one that a pending change makes beside it.
//!
//! Rows of both stand side by side, so nobody who reads sees a part of either; that another one is read from now on is one
//! row. In what order events change that, and rows, is the log's order: the projection has one lane.

use std::collections::HashMap;

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, SelectableHelper, dsl::sql, expression::SqlLiteral, sql_types::Bool,
};
use diesel_async::RunQueryDsl;
use domain::{
    Aggregate,
    collections::{Collection, CollectionEvent, Conversion, Data, Proposal},
    schema_changes::{SchemaChange, SchemaChangeEvent, events::Advanced},
};
use event_store::{RecordedEvent, consumer::HandlerError};
use serde_json::Value;
use tracing::error;
use uuid::Uuid;

use super::{RecordRow, upsert::Upsert};
use crate::schema::{record_generations, records};

/// A row of the generation that is read.
pub(super) const SERVING: &str = "records.generation = coalesce((SELECT g.generation FROM record_generations g \
                                  WHERE g.collection = records.collection), 0)";

/// The same for diesel.
pub(super) fn serving() -> SqlLiteral<Bool> {
    sql(SERVING)
}

/// What is known of the collections of which any change was ever proposed.
pub(super) struct Generations(HashMap<Uuid, Known>);

struct Known {
    serving: i32,
    pending: Option<Pending>,
}

struct Pending {
    proposal: Proposal,
    /// Made when it is needed.
    conversion: Option<Conversion>,
}

impl Generations {
    pub(super) async fn load(conn: &mut Connection) -> Result<Self, HandlerError> {
        let rows: Vec<(Uuid, i32, Option<Value>)> = record_generations::table
            .select((record_generations::collection, record_generations::generation, record_generations::pending))
            .load(conn)
            .await?;
        let known = rows.into_iter().map(|(collection, serving, pending)| {
            let pending = pending.map(serde_json::from_value::<Proposal>).transpose().map_err(other)?;
            let pending = pending.map(|proposal| Pending { proposal, conversion: None });
            Ok((collection, Known { serving, pending }))
        });
        known.collect::<Result<_, HandlerError>>().map(Self)
    }

    /// The generation of a collection's records that is read.
    pub(super) fn serving(&self, collection: Uuid) -> i32 {
        self.0.get(&collection).map_or(0, |known| known.serving)
    }

    /// What a pending change makes of rows that were written since it was proposed, each of which keeps to it.
    pub(super) fn drafts(&mut self, rows: &[RecordRow]) -> Result<Vec<RecordRow>, HandlerError> {
        let mut drafts = vec![];
        for row in rows {
            let Some(pending) = self.pending(row.collection) else { continue };
            match pending.draft(row)? {
                Some(draft) => drafts.push(draft),
                None => return Err(HandlerError::Other("a record does not keep to the pending change".to_owned())),
            }
        }
        Ok(drafts)
    }

    fn pending(&mut self, collection: Uuid) -> Option<&mut Pending> {
        self.0.get_mut(&collection)?.pending.as_mut()
    }

    /// Takes in what happens to a collection, or to the look at its records.
    pub(super) async fn take(&mut self, conn: &mut Connection, event: &RecordedEvent) -> Result<(), HandlerError> {
        let id = event.aggregate_id().ok_or_else(|| HandlerError::Other("the stream names no aggregate".to_owned()))?;
        if event.category == Collection::CATEGORY {
            return self.take_definition(conn, id, event).await;
        }
        if event.category != SchemaChange::CATEGORY {
            return Ok(());
        }
        match event.decode()? {
            SchemaChangeEvent::Advanced(advanced) => self.make(conn, &advanced).await,
            SchemaChangeEvent::Swept(swept) => {
                let collection = swept.collection.as_uuid();
                let made = self.pending(collection).map(|pending| pending.proposal.generation);
                let read = self.serving(collection);
                let kept = if swept.everything { vec![] } else { vec![read, made.unwrap_or(read)] };
                let old = records::table
                    .filter(records::collection.eq(collection))
                    .filter(records::position.gt(swept.after))
                    .filter(records::position.le(swept.upto))
                    .filter(records::generation.ne_all(kept));
                diesel::delete(old).execute(conn).await?;
                Ok(())
            }
        }
    }

    async fn take_definition(
        &mut self,
        conn: &mut Connection,
        collection: Uuid,
        event: &RecordedEvent,
    ) -> Result<(), HandlerError> {
        match event.decode()? {
            CollectionEvent::Defined(_) | CollectionEvent::Changed(_) => Ok(()),
            CollectionEvent::ChangeProposed(proposed) => {
                let (serving, proposal) = (self.serving(collection), *proposed.proposal);
                let written = serde_json::to_value(&proposal).map_err(other)?;
                write(conn, collection, serving, Some(&written)).await?;
                self.0.insert(collection, Known { serving, pending: Some(Pending { proposal, conversion: None }) });
                Ok(())
            }
            CollectionEvent::ChangeAccepted(accepted) => self.end(conn, collection, accepted.generation).await,
            CollectionEvent::ChangeRefused(_) | CollectionEvent::ChangeWithdrawn(_) | CollectionEvent::Deleted(_) => {
                self.end(conn, collection, self.serving(collection)).await
            }
        }
    }

    /// Nothing is pending any more, and this generation is read.
    async fn end(&mut self, conn: &mut Connection, collection: Uuid, serving: i32) -> Result<(), HandlerError> {
        let Some(known) = self.0.get_mut(&collection) else { return Ok(()) };
        write(conn, collection, serving, None).await?;
        *known = Known { serving, pending: None };
        Ok(())
    }

    /// Makes the rows of a pending change for records that were looked at. One that does not keep to it has none: that was
    /// found, and the change is refused.
    async fn make(&mut self, conn: &mut Connection, advanced: &Advanced) -> Result<(), HandlerError> {
        let collection = advanced.collection.as_uuid();
        let read = self.serving(collection);
        let Some(pending) = self.pending(collection).filter(|known| known.proposal.change == advanced.change) else {
            return Ok(());
        };
        let rows: Vec<RecordRow> = records::table
            .filter(records::collection.eq(collection))
            .filter(records::generation.eq(read))
            .filter(records::position.gt(advanced.after))
            .filter(records::position.le(advanced.upto))
            .select(RecordRow::as_select())
            .load(conn)
            .await?;
        let drafts = rows.iter().filter_map(|row| pending.draft(row).transpose()).collect::<Result<Vec<_>, _>>()?;
        if !drafts.is_empty() {
            Upsert::of(&drafts.iter().collect::<Vec<_>>()).execute(conn).await?;
        }
        Ok(())
    }
}

impl Pending {
    /// The row as it would be; `None` when the record does not keep to the change. Of a tombstone there is nothing to convert.
    fn draft(&mut self, row: &RecordRow) -> Result<Option<RecordRow>, HandlerError> {
        let generation = self.proposal.generation;
        if row.deleted {
            return Ok(Some(RecordRow { generation, ..row.clone() }));
        }
        let conversion = match &mut self.conversion {
            Some(conversion) => conversion,
            none @ None => {
                let Proposal { before, definition, upcasts, .. } = &self.proposal;
                // It was checked before it was stored.
                let made = Conversion::of(before, definition, upcasts).map_err(|problems| {
                    error!(?problems, "a stored change of a collection cannot be read");
                    HandlerError::Other("a stored change of a collection cannot be read".to_owned())
                })?;
                none.insert(made)
            }
        };
        let nothing = Data::new();
        let converted = conversion.convert(row.data.as_object().unwrap_or(&nothing)).ok();
        Ok(converted.map(|data| RecordRow { data: Value::Object(data), generation, ..row.clone() }))
    }
}

async fn write(conn: &mut Connection, collection: Uuid, serving: i32, pending: Option<&Value>) -> QueryResult<()> {
    let (generation, pending) = (record_generations::generation.eq(serving), record_generations::pending.eq(pending));
    diesel::insert_into(record_generations::table)
        .values((record_generations::collection.eq(collection), generation, pending))
        .on_conflict(record_generations::collection)
        .do_update()
        .set((generation, pending))
        .execute(conn)
        .await?;
    Ok(())
}

fn other(error: serde_json::Error) -> HandlerError {
    HandlerError::Other(error.to_string())
}
