//! What a filter finds in the database is what it matches in memory, over more than 100,000 pairs of expression and record.

use std::time::{SystemTime, UNIX_EPOCH};

use bootstrap::db::Connection;
use diesel::{
    QueryableByName,
    pg::Pg,
    sql_query,
    sql_types::{Array, BigInt, Bool, Double, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use domain::{
    expressions::{Expression, Filter, Problem, Request, SqlValue},
    roles::RoleName,
};
use serde_json::{Map, Value};
use test_support::TestDatabase;

use super::{conditions::condition, dice::Dice, records::Row, schema, table};

const RECORDS: usize = 250;
const EXPRESSIONS: usize = 1000;

/// Expressions with their filters, and records as they were made and as they were read again.
struct Cases {
    seed: u64,
    filters: Vec<(String, Filter)>,
    records: Vec<[Map<String, Value>; 2]>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// `TIDEMARK_TEST_SEED` repeats a run.
fn seed() -> u64 {
    let given = std::env::var("TIDEMARK_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

async fn cases(conn: &mut Connection, seed: u64, expressions: usize) -> Cases {
    let mut dice = Dice::new(seed);
    let rows: Vec<_> = (0..RECORDS).map(|_| Row::by(&mut dice)).collect();
    table::create(conn).await;
    table::fill(conn, &rows).await;
    let read = table::contents(conn).await;
    let records = rows.iter().zip(&read).map(|(row, content)| [row.in_memory(&row.data), row.in_memory(content)]);
    let (schema, mut filters, mut refused) = (schema(), Vec::new(), 0);
    while filters.len() < expressions {
        let depth = dice.below(4);
        let source = condition(&mut dice, depth);
        match Expression::parse(&source, &schema) {
            Ok(expression) => {
                let request = request(&mut dice, &RoleName::MEMBER);
                let as_rule = dice.percent(50);
                filters
                    .push((source, if as_rule { expression.bind_rule(&request) } else { expression.bind(&request) }));
            }
            Err(error) => {
                let is_too_large = matches!(error.problem, Problem::TooDeep | Problem::TooManyPredicates);
                assert!(is_too_large || matches!(error.problem, Problem::TooLong), "seed {seed}: {source}: {error}");
                refused += 1;
            }
        }
    }
    assert!(refused * 4 < expressions, "{refused} of {expressions} were refused");
    Cases { seed, filters, records: records.collect() }
}

fn request<'a>(dice: &mut Dice, role: &'a RoleName) -> Request<'a> {
    let user_roles = if dice.percent(50) { std::slice::from_ref(role) } else { &[] };
    Request { user_id: dice.percent(80).then(|| dice.id()), user_roles, now: dice.moment().parse().unwrap() }
}

impl Cases {
    fn matching(&self, filter: &Filter, form: usize) -> Vec<i64> {
        let matches = |(n, record): (usize, &[Map<String, Value>; 2])| {
            filter.matches(&record[form]).then(|| i64::try_from(n).unwrap())
        };
        self.records.iter().enumerate().filter_map(matches).collect()
    }

    /// The smallest pair on which two evaluations differ, for people.
    fn smallest<'a>(&'a self, differing: impl Iterator<Item = (&'a String, &'a Filter, i64)>) -> Option<String> {
        let sized = differing.map(|(source, filter, n)| {
            let record = Value::Object(self.records[usize::try_from(n).unwrap()][0].clone()).to_string();
            (source.len() + record.len(), source, filter, record)
        });
        let (_, source, filter, record) = sized.min_by_key(|(size, ..)| *size)?;
        let sql = filter.to_sql("entries");
        let (text, values) = sql.numbered(1);
        Some(format!("seed {}\n{source}\n{text}\n{values:?}\n{record}", self.seed))
    }
}

fn differing(left: &[i64], right: &[i64]) -> Vec<i64> {
    let only = |these: &[i64], those: &[i64]| these.iter().filter(|n| !those.contains(n)).copied().collect::<Vec<_>>();
    [only(left, right), only(right, left)].concat()
}

#[tokio::test]
async fn a_filter_finds_what_it_matches() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let cases = cases(&mut conn, seed(), EXPRESSIONS).await;
    let (mut differences, mut pairs, mut matched) = (Vec::new(), 0, 0);
    for (source, filter) in &cases.filters {
        let found = table::found(&mut conn, filter).await.unwrap_or_else(|error| {
            panic!("seed {}: {source}: {error}\n{}", cases.seed, filter.to_sql("entries").numbered(1).0)
        });
        for form in [0, 1] {
            let matching = cases.matching(filter, form);
            differences.extend(differing(&found, &matching).into_iter().map(|n| (source, filter, n)));
        }
        pairs += RECORDS;
        matched += found.len();
    }
    let count = differences.len();
    if let Some(smallest) = cases.smallest(differences.into_iter()) {
        panic!("{count} of {pairs} differ, the smallest of them:\n{smallest}");
    }
    assert!(pairs >= 100_000, "{pairs}");
    // What always or never matches shows little.
    assert!(matched * 10 > pairs && matched * 10 < pairs * 9, "{matched} of {pairs} matched");
}

/// Mistakes that one could make in the SQL; the comparison has to see each of them.
#[tokio::test]
async fn seeded_mistakes_are_caught() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let cases = cases(&mut conn, 20_261_125, EXPRESSIONS).await;
    let mistakes = [
        ("null is taken for false", " IS NOT TRUE", " = FALSE"),
        ("order of a language, not of bytes", "COLLATE \"C\"", "COLLATE \"und-x-icu\""),
        (
            "doubles of half the precision",
            "THEN (\"entries\".\"data\"->'price')::double precision",
            "THEN round((\"entries\".\"data\"->'price')::numeric, 15)::double precision",
        ),
        ("wildcards are not escaped", "strpos(", "wild("),
        ("other types than declared are read", "= 'string' THEN (", "<> 'array' THEN ("),
        ("a null in a list is taken for an absent item", " IS NOT NULL AND ", " IS NOT DISTINCT FROM NULL OR "),
    ];
    let wild =
        "CREATE FUNCTION wild(text, text) RETURNS int LANGUAGE sql AS $$ SELECT ($1 LIKE '%' || $2 || '%')::int $$";
    diesel::sql_query(wild).execute(&mut conn).await.unwrap();
    for (name, right, wrong) in mistakes {
        let mut caught = false;
        for (_, filter) in &cases.filters {
            let sql = filter.to_sql("entries");
            let (text, values) = sql.numbered(1);
            if text.contains(right) {
                let found = spoiled(&mut conn, &text.replace(right, wrong), values).await.unwrap();
                caught = !differing(&found, &cases.matching(filter, 1)).is_empty();
            }
            if caught {
                break;
            }
        }
        assert!(caught, "{name}");
    }
}

async fn spoiled(conn: &mut Connection, text: &str, values: Vec<&SqlValue>) -> diesel::QueryResult<Vec<i64>> {
    let mut query = sql_query(format!("SELECT n FROM entries WHERE {text} ORDER BY n")).into_boxed::<Pg>();
    for value in values {
        query = match value.clone() {
            SqlValue::Text(value) => query.bind::<Text, _>(value),
            SqlValue::Texts(values) => query.bind::<Array<Text>, _>(values),
            SqlValue::BigInt(value) => query.bind::<BigInt, _>(value),
            SqlValue::BigInts(values) => query.bind::<Array<BigInt>, _>(values),
            SqlValue::Double(value) => query.bind::<Double, _>(value),
            SqlValue::Doubles(values) => query.bind::<Array<Double>, _>(values),
            SqlValue::Boolean(value) => query.bind::<Bool, _>(value),
            SqlValue::Booleans(values) => query.bind::<Array<Bool>, _>(values),
            SqlValue::Timestamp(value) => query.bind::<Timestamptz, _>(value),
            SqlValue::Timestamps(values) => query.bind::<Array<Timestamptz>, _>(values),
            SqlValue::Uuid(value) => query.bind::<diesel::sql_types::Uuid, _>(value),
            SqlValue::Uuids(values) => query.bind::<Array<diesel::sql_types::Uuid>, _>(values),
        };
    }
    let found: Vec<Found> = query.load(conn).await?;
    Ok(found.into_iter().map(|found| found.n).collect())
}
