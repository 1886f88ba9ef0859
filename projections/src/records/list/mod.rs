//! Lists of records: filtered, searched, sorted, a page at a time.

mod count;
mod key;
mod ranked;
mod row;
mod sort;
mod sorted;

use std::time::{Duration, Instant};

use bootstrap::db::Connection;
use diesel::{
    QueryResult,
    pg::{Pg, PgQueryBuilder},
    query_builder::{AstPass, QueryBuilder, QueryFragment},
    result::{DatabaseErrorKind, Error},
    sql_types::Text,
};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::{
    Aggregate,
    collections::{Collection, CollectionId, Searched},
    expressions::Filter,
};
use event_store::StreamId;

use super::search;
use crate::Condition;

pub use count::Count;
pub use key::SortKey;
pub use ranked::{MOST_RANKED, Ranked};
pub use row::ListedRecord;
pub(super) use sort::order;
pub use sorted::Sorted;

/// Which records a list is about. The collection stands in the text of its statements, for the indexes of collections are
/// on parts of the table; everything that a caller has given is a bound value.
#[derive(Clone, Debug)]
pub struct Selection {
    collection: CollectionId,
    generation: i32,
    condition: Option<Condition>,
    words: Option<Words>,
}

/// Words to look for.
#[derive(Clone, Debug)]
struct Words {
    /// Of the record, an expression.
    vector: String,
    configuration: String,
    text: String,
}

impl Selection {
    /// The records of a collection that match; `None` when none can.
    pub fn new(collection: CollectionId, filter: &Filter) -> Option<Self> {
        let condition = match filter.constant() {
            Some(true) => None,
            Some(false) => return None,
            None => Some(Condition::of(filter, "records")),
        };
        Some(Self { collection, generation: 0, condition, words: None })
    }

    /// The same of contents of a generation. Whether that is the one that is read, the records tell.
    #[must_use]
    pub fn of_generation(self, generation: i32) -> Self {
        Self { generation, ..self }
    }

    /// Those of them that have words, as `websearch_to_tsquery` understands them.
    #[must_use]
    pub fn with_words(self, searched: &Searched, text: &str) -> Self {
        let (vector, configuration) = (search::vector(searched), search::configuration(searched.language));
        Self { words: Some(Words { vector, configuration, text: text.to_owned() }), ..self }
    }

    /// The version of the collection and the generation of its records that is read, which tell whether the rules that this
    /// was made of are those of the moment.
    fn write_version(&self, out: &mut AstPass<'_, '_, Pg>) {
        let stream = StreamId::new(Collection::CATEGORY, self.collection.as_uuid());
        out.push_sql(&format!("(SELECT max(stream_version) FROM events WHERE stream_id = '{}'), ", stream.as_str()));
        let collection = self.collection.as_uuid();
        out.push_sql(&format!("(SELECT generation FROM record_generations WHERE collection = '{collection}')"));
    }

    /// `FROM … WHERE …`
    fn write<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let collection = self.collection.as_uuid();
        let generation = self.generation;
        out.push_sql(&format!(
            " FROM records WHERE collection = '{collection}' AND generation = {generation} AND NOT deleted"
        ));
        if let Some(condition) = &self.condition {
            out.push_sql(" AND ");
            condition.walk_ast(out.reborrow())?;
        }
        if let Some(words) = &self.words {
            out.push_sql(" AND (");
            out.push_sql(&words.vector);
            out.push_sql(") @@ ");
            words.write_query(out)?;
        }
        Ok(())
    }
}

impl Words {
    fn write_query<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("websearch_to_tsquery(");
        out.push_sql(&self.configuration);
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql("::text)");
        Ok(())
    }
}

/// The records of a page in the order of its keys.
pub async fn sorted(conn: &mut Connection, list: Sorted<'_>) -> QueryResult<Vec<ListedRecord>> {
    list.load(conn).await
}

/// The records of a page, those first whose words count most.
pub async fn ranked(conn: &mut Connection, list: Ranked<'_>) -> QueryResult<Vec<ListedRecord>> {
    list.load(conn).await
}

/// The text of a statement, with placeholders for its values.
pub fn text(statement: &impl QueryFragment<Pg>) -> QueryResult<String> {
    let mut text = PgQueryBuilder::default();
    statement.to_sql(&mut text, &Pg)?;
    Ok(text.finish())
}

/// How many there are in all; `None` when counting would take longer than `patience`.
pub async fn count(conn: &mut Connection, selection: &Selection, patience: Duration) -> QueryResult<Option<i64>> {
    let (started, limit) = (Instant::now(), patience.as_millis());
    let counted = conn
        .transaction(async |conn| {
            conn.batch_execute(&format!("SET LOCAL statement_timeout = {limit}")).await?;
            Count(selection).get_result(conn).await
        })
        .await;
    match counted {
        Ok(count) => Ok(Some(count)),
        // The server says in its own language that it has stopped, so the time tells.
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, _)) if started.elapsed() >= patience => Ok(None),
        Err(error) => Err(error),
    }
}
