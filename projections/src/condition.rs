//! A filter of records in a query: the domain's SQL as a part of diesel's.

use diesel::{
    AppearsOnTable, Expression, QueryResult, SelectableExpression,
    expression::{ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Double, Nullable, Text, Timestamptz, Uuid},
};
use domain::expressions::{Filter, Piece, Sql, SqlValue};

/// Whether a row's record matches a filter, for `.filter(…)`. True or not true: it must not stand under `NOT`.
#[derive(Clone, Debug)]
pub struct Condition(Sql);

impl Condition {
    /// For the rows of `table`, a name as in the query; its columns are those that [`Filter::to_sql`] tells of.
    pub fn of(filter: &Filter, table: &str) -> Self {
        Self(filter.to_sql(table))
    }
}

impl Expression for Condition {
    type SqlType = Nullable<Bool>;
}

// Which columns it names is known only when it runs.
impl<Source> AppearsOnTable<Source> for Condition {}
impl<Source> SelectableExpression<Source> for Condition {}

impl<GroupBy> ValidGrouping<GroupBy> for Condition {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Condition {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Condition {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for piece in self.0.pieces() {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Value(value) => push_value(&mut out, value)?,
            }
        }
        Ok(())
    }
}

fn push_value<'b>(out: &mut AstPass<'_, 'b, Pg>, value: &'b SqlValue) -> QueryResult<()> {
    match value {
        SqlValue::Text(value) => out.push_bind_param::<Text, _>(value),
        SqlValue::Texts(values) => out.push_bind_param::<Array<Text>, _>(values),
        SqlValue::BigInt(value) => out.push_bind_param::<BigInt, _>(value),
        SqlValue::BigInts(values) => out.push_bind_param::<Array<BigInt>, _>(values),
        SqlValue::Double(value) => out.push_bind_param::<Double, _>(value),
        SqlValue::Doubles(values) => out.push_bind_param::<Array<Double>, _>(values),
        SqlValue::Boolean(value) => out.push_bind_param::<Bool, _>(value),
        SqlValue::Booleans(values) => out.push_bind_param::<Array<Bool>, _>(values),
        SqlValue::Timestamp(value) => out.push_bind_param::<Timestamptz, _>(value),
        SqlValue::Timestamps(values) => out.push_bind_param::<Array<Timestamptz>, _>(values),
        SqlValue::Uuid(value) => out.push_bind_param::<Uuid, _>(value),
        SqlValue::Uuids(values) => out.push_bind_param::<Array<Uuid>, _>(values),
    }
}
