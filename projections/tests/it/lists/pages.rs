//! Pages put together are the whole list in its order, whatever it is sorted by.

use std::cmp::Ordering;

use bootstrap::db::Connection;
use domain::{
    collections::Shape,
    expressions::{Filter, Request},
};
use projections::records::{
    indexes,
    list::{self, Selection, SortKey, Sorted},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};
use test_support::TestDatabase;

use super::{collection, fill, shape};

const RECORDS: usize = 150;
const SORTS: usize = 60;
const FIELDS: [&str; 9] = ["rank", "price", "done", "due", "title", "long", "author", "address.city", "created_at"];

fn ours() -> Shape {
    let properties = json!({
        "rank": {"type": "integer"}, "price": {"type": ["number", "null"]}, "done": {"type": "boolean"},
        "due": {"type": "string", "format": "date-time"}, "title": {"type": "string", "maxLength": 100},
        "long": {"type": "string"}, "author": {"type": "string", "format": "uuid"},
        "address": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 9}}},
    });
    let indexed =
        json!(["rank", ["rank", "-price"], ["done", "title"], "due", "author", ["address.city", "created_at"]]);
    shape(&properties, &indexed, &["title", "long"], &["title", "long"])
}

/// Few values, so that many are equal, and often none.
fn content() -> impl Strategy<Value = Value> {
    let one_of = |values: Vec<Value>| prop::option::weighted(0.7, prop::sample::select(values));
    let (text, time) = (
        ["", "a", "B", "ä", "ab", "\u{1f30a}"],
        ["2026-01-01T00:00:00.000000Z", "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"],
    );
    let values = (
        one_of(vec![json!(0), json!(-1), json!(7), json!(i64::MAX), json!(i64::MIN), Value::Null]),
        one_of(vec![json!(0.1), json!(-1e300), json!(1e-300), json!(3), json!(9_007_199_254_740_993_i64), Value::Null]),
        one_of(vec![json!(true), json!(false)]),
        one_of(time.map(Value::from).to_vec()),
        one_of(text.map(Value::from).to_vec()),
        one_of(
            [text.map(str::to_owned).to_vec(), vec!["x".repeat(5_000)]].concat().into_iter().map(Value::from).collect(),
        ),
        one_of((0..3).map(|n| json!(uuid::Uuid::from_u128(n))).collect()),
        one_of(text[..3].iter().map(|text| json!(text)).collect()),
    );
    values.prop_map(|(rank, price, done, due, title, long, author, city)| {
        let mut content = serde_json::Map::new();
        for (name, value) in [("rank", rank), ("price", price), ("done", done), ("due", due), ("title", title)] {
            content.extend(value.map(|value| (name.to_owned(), value)));
        }
        for (name, value) in [("long", long), ("author", author)] {
            content.extend(value.map(|value| (name.to_owned(), value)));
        }
        content.extend(city.map(|city| ("address".to_owned(), json!({ "city": city }))));
        Value::Object(content)
    })
}

/// Names and directions.
fn sort() -> impl Strategy<Value = Vec<(&'static str, bool)>> {
    prop::collection::vec((prop::sample::select(FIELDS.to_vec()), any::<bool>()), 1..5).prop_map(|mut keys| {
        let mut seen = vec![];
        keys.retain(|(name, _)| {
            !seen.contains(name) && {
                seen.push(*name);
                true
            }
        });
        keys
    })
}

/// What is sorted by, from the record itself and without the database.
fn value(number: usize, content: &Value, name: &str) -> Value {
    match name {
        "created_at" => json!((number + 1) % 7),
        "address.city" => content["address"]["city"].clone(),
        name => content[name].clone(),
    }
}

fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::String(one), Value::String(other)) => one.as_bytes().cmp(other.as_bytes()),
        (one, other) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => one.as_f64().unwrap().total_cmp(&other.as_f64().unwrap()),
        },
    }
}

/// Numbers of the records in the order of the keys, and then of their ids.
fn expected(contents: &[Value], sort: &[(&str, bool)]) -> Vec<u128> {
    let mut numbers: Vec<usize> = (0..contents.len()).collect();
    let falls = sort.last().unwrap().1;
    numbers.sort_by(|one, other| {
        let keys = sort.iter().map(|(name, falls)| {
            let order = match *name {
                // As doubles, which is what they are stored to be.
                "price" => {
                    let double = |number: usize| contents[number]["price"].as_f64().map_or(Value::Null, Value::from);
                    compare(&double(*one), &double(*other))
                }
                name => compare(&value(*one, &contents[*one], name), &value(*other, &contents[*other], name)),
            };
            if *falls { order.reverse() } else { order }
        });
        let ids = if falls { other.cmp(one) } else { one.cmp(other) };
        keys.fold(Ordering::Equal, Ordering::then).then(ids)
    });
    numbers.into_iter().map(|number| number as u128 + 1).collect()
}

async fn paged(conn: &mut Connection, selection: &Selection, keys: &[SortKey], size: i64) -> Vec<u128> {
    let (mut ids, mut after) = (vec![], None::<Vec<Option<String>>>);
    loop {
        let page = Sorted { selection, keys, after: after.as_deref(), limit: size, prepared: false };
        let page = list::sorted(conn, page).await.unwrap();
        ids.extend(page.iter().map(|listed| listed.record.id.as_u128()));
        match page.last() {
            Some(last) if page.len() as i64 == size => after = Some(last.place(Some(keys))),
            Some(_) | None => return ids,
        }
        assert!(ids.len() <= RECORDS, "pages come to no end");
    }
}

fn keys(shape: &Shape, sort: &[(&str, bool)]) -> Vec<SortKey> {
    let keys = sort.iter().map(|(name, falls)| SortKey::new(shape.sort_field(name).unwrap(), *falls));
    keys.chain([SortKey::id(sort.last().unwrap().1)]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_put_together_are_the_whole_list_in_its_order() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let (mut runner, shape) = (TestRunner::deterministic(), ours());
    let contents: Vec<_> = (0..RECORDS).map(|_| content().new_tree(&mut runner).unwrap().current()).collect();
    fill(&mut conn, &contents).await;
    let request = Request { user_id: None, user_roles: &[], now: "2026-11-25T12:00:00Z".parse().unwrap() };
    let all = Selection::new(collection(), &Filter::constantly(true)).unwrap();
    let filter = shape.filter("record.rank != 7").unwrap().bind(&request);
    let some = Selection::new(collection(), &filter).unwrap();
    for case in 0..SORTS {
        if case == SORTS / 2 {
            // The same with indexes, and with plans that use them wherever they can.
            indexes::sync(&mut conn, collection(), std::slice::from_ref(&shape)).await.unwrap();
            diesel_async::SimpleAsyncConnection::batch_execute(
                &mut conn,
                "SET enable_seqscan = off; SET enable_sort = off; SET jit = off",
            )
            .await
            .unwrap();
        }
        let sort = sort().new_tree(&mut runner).unwrap().current();
        let size = (3..40i64).new_tree(&mut runner).unwrap().current();
        let (keys, whole) = (keys(&shape, &sort), expected(&contents, &sort));
        assert_eq!(paged(&mut conn, &all, &keys, size).await, whole, "{sort:?} in pages of {size}");
        let whole: Vec<_> = whole.into_iter().filter(|id| contents[*id as usize - 1]["rank"] != json!(7)).collect();
        assert_eq!(paged(&mut conn, &some, &keys, size).await, whole, "{sort:?} filtered, in pages of {size}");
    }
}
