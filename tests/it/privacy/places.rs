//! Where an installation leaves something: tables, the files of the database, its log of changes, Redis, the ledger.

use std::{fs, path::Path};

use bootstrap::db;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Array, BigInt, Binary, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::marker::Marker;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn lines(conn: &mut db::Connection, query: &str) -> Vec<String> {
    let lines: Vec<Line> = sql_query(query).load(conn).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    lines.into_iter().map(|line| line.line).collect()
}

/// Every row of every table as text, as a dump has it: what is binary in hexadecimal digits.
pub(crate) async fn in_tables(conn: &mut db::Connection, marker: &Marker) -> Vec<String> {
    let tables = "SELECT format('%I.%I', schemaname, tablename) AS line FROM pg_tables \
                  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let mut hits = vec![];
    for table in lines(conn, tables).await {
        let rows = lines(conn, &format!("SELECT t::text AS line FROM {table} t")).await.join("\n");
        hits.extend(marker.hits(rows.as_bytes()).into_iter().map(|hit| format!("{table}: {hit}")));
    }
    hits
}

/// The database's own files, with all that was replaced or deleted and not yet written over.
pub(crate) async fn in_files(conn: &mut db::Connection, marker: &Marker) -> Vec<String> {
    conn.batch_execute("CHECKPOINT").await.unwrap();
    let files = "SELECT 'base/' || d.oid || '/' || f AS line \
                 FROM pg_database d, pg_ls_dir('base/' || d.oid) f WHERE d.datname = current_database()";
    let files = lines(conn, files).await;
    assert!(files.len() > 100, "{files:?}");
    search(conn, files, marker).await
}

/// Where the log of changes is now.
pub(crate) async fn position(conn: &mut db::Connection) -> String {
    lines(conn, "SELECT pg_walfile_name(pg_current_wal_lsn()) AS line").await.remove(0)
}

/// The files of the log of changes since then. They are those of the whole server.
pub(crate) async fn in_log(conn: &mut db::Connection, since: &str, marker: &Marker) -> Vec<String> {
    let files = format!(
        "SELECT 'pg_wal/' || name AS line FROM pg_ls_waldir() \
         WHERE name BETWEEN '{since}' AND pg_walfile_name(pg_current_wal_lsn()) ORDER BY name"
    );
    let files = lines(conn, &files).await;
    assert!(!files.is_empty(), "the file at the beginning is there still");
    search(conn, files, marker).await
}

/// The server searches for itself: it can read the files, and is quick.
async fn search(conn: &mut db::Connection, files: Vec<String>, marker: &Marker) -> Vec<String> {
    let mut hits = vec![];
    for file in files {
        let found: Count = sql_query(
            "SELECT count(*) AS count FROM (SELECT pg_read_binary_file($1, 0, 1 << 29, true) AS content OFFSET 0) f, \
             unnest($2) pattern WHERE position(pattern IN f.content) > 0",
        )
        .bind::<Text, _>(&file)
        .bind::<Array<Binary>, _>(marker.patterns())
        .get_result(conn)
        .await
        .unwrap();
        if found.count > 0 {
            hits.push(file);
        }
    }
    hits
}

/// Names and values of all keys with a prefix, as Redis would dump them.
pub(crate) async fn in_redis(prefix: &str, marker: &Marker) -> Vec<String> {
    let mut hits = vec![];
    let mut conn = redis().await;
    let names: Vec<Vec<u8>> = redis::cmd("KEYS").arg(format!("{prefix}*")).query_async(&mut conn).await.unwrap();
    assert!(!names.is_empty(), "the installation uses Redis");
    for name in names {
        let dump: Option<Vec<u8>> = redis::cmd("DUMP").arg(&name).query_async(&mut conn).await.unwrap();
        hits.extend(marker.hits(&name));
        hits.extend(marker.hits(&dump.unwrap_or_default()));
    }
    hits
}

pub(crate) async fn plant_in_redis(name: &str, value: &str) {
    let mut conn = redis().await;
    redis::cmd("SET").arg(name).arg(value).arg("EX").arg(60).query_async::<()>(&mut conn).await.unwrap();
}

async fn redis() -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(test_support::redis_url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// Names and contents of the files in a directory.
pub(crate) fn in_directory(directory: &Path, marker: &Marker) -> Vec<String> {
    let files = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    let text = files.flat_map(|file| [file.display().to_string().into_bytes(), fs::read(&file).unwrap()].concat());
    marker.hits(&text.collect::<Vec<u8>>())
}
