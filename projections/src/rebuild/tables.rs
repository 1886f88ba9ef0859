//! The tables of a build: made like the ones that serve, indexed late, moved between schemas.

use bootstrap::db::Connection;
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Bool, Nullable, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{
    Projection,
    builds::{Build, BuildState},
};

/// An index of a table that serves.
#[derive(QueryableByName)]
struct Index {
    /// `CREATE INDEX name ON public.table …`
    #[diesel(sql_type = Text)]
    definition: String,
    #[diesel(sql_type = Bool)]
    is_unique: bool,
    #[diesel(sql_type = Nullable<Text>)]
    constraint_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    constraint_definition: Option<String>,
}

impl Index {
    /// Upserts cannot do without it.
    fn is_needed_early(&self) -> bool {
        self.is_unique || self.constraint_name.is_some()
    }

    fn statement(&self, schema: &str, table: &str) -> String {
        match (&self.constraint_name, &self.constraint_definition) {
            (Some(name), Some(definition)) => {
                format!("ALTER TABLE {schema}.{table} ADD CONSTRAINT {name} {definition};")
            }
            _ => format!("{};", self.definition.replacen(" ON public.", &format!(" ON {schema}."), 1)),
        }
    }
}

/// Makes the schema of a new build and its tables, with no more indexes than loading needs.
pub(super) async fn create(conn: &mut Connection, projection: &dyn Projection, build: i32) -> QueryResult<()> {
    let Some(schema) = BuildState::Building.schema(projection.name(), build) else { return Ok(()) };
    conn.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    for table in projection.tables() {
        conn.batch_execute(&format!(
            "CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS \
             INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE INCLUDING COMMENTS)"
        ))
        .await?;
        for index in indexes(conn, table).await?.iter().filter(|index| index.is_needed_early()) {
            conn.batch_execute(&index.statement(&schema, table)).await?;
        }
    }
    Ok(())
}

/// Adds the other indexes and lets the planner know what the tables hold.
pub(super) async fn finish(conn: &mut Connection, projection: &dyn Projection, build: i32) -> QueryResult<()> {
    let Some(schema) = BuildState::Building.schema(projection.name(), build) else { return Ok(()) };
    for table in projection.tables() {
        for index in indexes(conn, table).await?.iter().filter(|index| !index.is_needed_early()) {
            conn.batch_execute(&index.statement(&schema, table)).await?;
        }
        conn.batch_execute(&format!("ANALYZE {schema}.{table}")).await?;
    }
    Ok(())
}

/// Puts the tables of `build` in the place of those of `serving`, which are kept. Waits for readers no longer than
/// the transaction's `lock_timeout`.
pub(super) async fn exchange(
    conn: &mut Connection,
    projection: &dyn Projection,
    (build, state): (&Build, BuildState),
    serving: &Build,
) -> QueryResult<()> {
    let name = projection.name();
    let (Some(from), Some(kept)) = (state.schema(name, build.build), BuildState::Retired.schema(name, serving.build))
    else {
        return Ok(());
    };
    let tables = projection.tables();
    let locked = tables.iter().map(|table| format!("public.{table}")).collect::<Vec<_>>().join(", ");
    let mut script = format!("LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE; CREATE SCHEMA {kept};");
    for table in tables {
        script +=
            &format!("ALTER TABLE public.{table} SET SCHEMA {kept}; ALTER TABLE {from}.{table} SET SCHEMA public;");
    }
    script += &format!("DROP SCHEMA {from}");
    conn.batch_execute(&script).await
}

async fn indexes(conn: &mut Connection, table: &str) -> QueryResult<Vec<Index>> {
    sql_query(
        "SELECT pg_get_indexdef(i.indexrelid) AS definition, i.indisunique AS is_unique, \
         quote_ident(c.conname) AS constraint_name, pg_get_constraintdef(c.oid) AS constraint_definition \
         FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x') \
         WHERE i.indrelid = to_regclass('public.' || quote_ident($1)) ORDER BY i.indexrelid",
    )
    .bind::<Text, _>(table)
    .load(conn)
    .await
}
