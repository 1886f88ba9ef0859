//! The statement of a page of what a search has found, those records first whose words count most.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Float, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{Selection, row::Columns};
use crate::records::text::COLUMNS;

/// Records that are ranked: the newest that match. To rank more takes longer than anybody waits, since the words of each
/// have to be looked at.
pub const MOST_RANKED: i64 = 5_000;

/// A page of a selection with words. Records that count alike are in the order of their ids, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct Ranked<'a> {
    pub selection: &'a Selection,
    /// Rank and id of the last record of the page before.
    pub after: Option<(f32, Uuid)>,
    pub limit: i64,
    /// Whether the server keeps the statement, for one that comes again.
    pub prepared: bool,
}

impl QueryId for Ranked<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Ranked<'_> {
    type SqlType = Columns;
}

impl QueryFragment<Pg> for Ranked<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.prepared {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("SELECT ");
        out.push_sql(COLUMNS);
        out.push_sql(", ARRAY[rank::text], ");
        self.selection.write_version(&mut out);
        out.push_sql(" FROM (SELECT ");
        out.push_sql(COLUMNS);
        out.push_sql(", ");
        match &self.selection.words {
            Some(words) => {
                out.push_sql("ts_rank(");
                out.push_sql(&words.vector);
                out.push_sql(", ");
                words.write_query(&mut out)?;
                out.push_sql(")");
            }
            None => out.push_sql("0::real"),
        }
        out.push_sql(" AS rank FROM (SELECT ");
        out.push_sql(COLUMNS);
        self.selection.write(&mut out)?;
        out.push_sql(&format!(" ORDER BY created_at DESC, id DESC LIMIT {MOST_RANKED}) AS found) AS ranked"));
        if let Some((rank, id)) = &self.after {
            out.push_sql(" WHERE (rank, id) < (");
            out.push_bind_param::<Float, _>(rank)?;
            out.push_sql("::real, ");
            out.push_bind_param::<SqlUuid, _>(id)?;
            out.push_sql("::uuid)");
        }
        out.push_sql(&format!(" ORDER BY rank DESC, id DESC LIMIT {}", self.limit));
        Ok(())
    }
}
