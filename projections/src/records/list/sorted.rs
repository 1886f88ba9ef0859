//! The statement of a page in the order of keys. Each part of what comes after a place is a range of an index that has
//! these keys, so that a page late in the list costs what the first one costs.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

use super::{
    Selection, SortKey,
    row::Columns,
    sort::{self, Branch},
};
use crate::records::text::COLUMNS;

/// A page of records, in the order of keys of which the last one is the id.
#[derive(Clone, Copy, Debug)]
pub struct Sorted<'a> {
    pub selection: &'a Selection,
    pub keys: &'a [SortKey],
    /// Where the page before ended.
    pub after: Option<&'a [Option<String>]>,
    pub limit: i64,
    /// Whether the server keeps the statement, for one that comes again.
    pub prepared: bool,
}

impl QueryId for Sorted<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Sorted<'_> {
    type SqlType = Columns;
}

impl QueryFragment<Pg> for Sorted<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.prepared {
            out.unsafe_to_cache_prepared();
        }
        let branches = self.after.map(|place| sort::branches(self.keys, place));
        match branches.as_deref() {
            None => self.write_part(&mut out, None, Keys::AsPlace),
            Some([branch]) => self.write_part(&mut out, Some(*branch), Keys::AsPlace),
            Some(branches) => self.write_parts(&mut out, branches),
        }
    }
}

/// How the values of keys are answered.
#[derive(Clone, Copy)]
enum Keys {
    /// As one list of texts.
    AsPlace,
    /// Each by itself, for sorting again.
    Named,
}

impl Sorted<'_> {
    fn write_parts<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, branches: &[Branch]) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_sql(COLUMNS);
        self.write_sorted_by(out, |number, _| format!("key{number}::text"));
        self.selection.write_version(out);
        out.push_sql(" FROM (");
        for (number, branch) in branches.iter().enumerate() {
            out.push_sql(if number > 0 { " UNION ALL (" } else { "(" });
            self.write_part(out, Some(*branch), Keys::Named)?;
            out.push_sql(")");
        }
        out.push_sql(") AS page ORDER BY ");
        for (number, key) in self.keys.iter().enumerate() {
            out.push_sql(&format!("{}key{number}{}", comma(number), key.order()));
        }
        out.push_sql(&format!(" LIMIT {}", self.limit));
        Ok(())
    }

    /// Values of columns are there already.
    fn write_sorted_by(&self, out: &mut AstPass<'_, '_, Pg>, value: impl Fn(usize, &SortKey) -> String) {
        let keys = self.keys.iter().enumerate().filter(|(_, key)| !key.is_column());
        let values: Vec<String> = keys.map(|(number, key)| value(number, key)).collect();
        out.push_sql(&format!(", ARRAY[{}]::text[], ", values.join(", ")));
    }

    fn write_part<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, branch: Option<Branch>, named: Keys) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_sql(COLUMNS);
        match named {
            Keys::AsPlace => {
                self.write_sorted_by(out, |_, key| format!("{}::text", key.expression));
                self.selection.write_version(out);
            }
            Keys::Named => {
                for (number, key) in self.keys.iter().enumerate() {
                    out.push_sql(&format!(", {} AS key{number}", key.expression));
                }
            }
        }
        self.selection.write(out)?;
        if let (Some(branch), Some(place)) = (branch, self.after) {
            sort::write(out, self.keys, place, branch)?;
        }
        out.push_sql(" ORDER BY ");
        for (number, key) in self.keys.iter().enumerate() {
            out.push_sql(&format!("{}{}{}", comma(number), key.expression, key.order()));
        }
        // Written out, since a plan for any number of records is another one than for a few.
        out.push_sql(&format!(" LIMIT {}", self.limit));
        Ok(())
    }
}

fn comma(number: usize) -> &'static str {
    if number > 0 { ", " } else { "" }
}
