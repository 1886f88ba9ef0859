//! The SQL of expressions, as it is sent.

use std::fmt::Write;

use super::super::{
    Expression, index_expression,
    tests::{by_ada, roles, schema},
};

#[test]
fn filters_are_sql_with_bound_values() {
    let sources = [
        "record.status == \"open\"",
        "record.status != \"it's\"",
        "record.address.city < \"Ulm\"",
        "record.count >= 5",
        "record.count > 2.5",
        "record.price == 5",
        "record.done",
        "record.done == (record.count > 7)",
        "record.due < now - duration(\"1h\")",
        "record.created_at >= \"2026-11-25T12:00:00Z\"",
        "record.created_at < record.due",
        "record.id == user.id",
        "user.id == record.id",
        "record.author == user.id || \"admin\" in user.roles",
        "record.id in [\"01890a5d-ac96-774b-bcce-b302099a8057\"]",
        "record.status in user.roles",
        "record.count in [1, 2]",
        "\"a\" in record.tags",
        "record.status in record.tags",
        "2 in record.sizes",
        "2.5 in record.weights",
        "record.title.startsWith(\"a%\")",
        "record.title.lowerAscii().endsWith(\"b_\")",
        "record.title.contains(\"\\\\\")",
        "size(record.title) > 3 && size(record.tags) < 1.5",
        "record.tags == null || !has(record.created_at)",
        "!(record.count == 1 && (record.done || record.status == null))",
        "1 == 1",
    ];
    let (schema, roles) = (schema(), roles());
    let mut written = String::new();
    for source in sources {
        let filter = Expression::parse(source, &schema).unwrap().bind(&by_ada(&roles));
        let sql = filter.to_sql("records");
        let (text, values) = sql.numbered(1);
        writeln!(written, "{source}\n    {text}").unwrap();
        if !values.is_empty() {
            writeln!(written, "    {values:?}").unwrap();
        }
    }
    insta::assert_snapshot!(written);
}

#[test]
fn numbers_of_rules_are_written_out_and_nothing_else() {
    let (schema, roles) = (schema(), roles());
    let mut written = String::new();
    for (rule, asked) in [
        ("record.count >= -5", "record.count >= 5"),
        ("record.count > 2.5 || record.done == true", "true"),
        ("record.status == \"it's\" && record.price < 1e300", "record.due < now"),
        ("record.author == user.id && record.count in [1, 2]", "record.price == 5"),
        ("true", "record.price == 5"),
    ] {
        let parse = |source: &str| Expression::parse(source, &schema).unwrap();
        let filter = parse(rule).bind_rule(&by_ada(&roles)).and(parse(asked).bind(&by_ada(&roles)));
        let sql = filter.to_sql("records");
        let (text, values) = sql.numbered(1);
        writeln!(written, "{rule}; {asked}\n    {text}\n    {values:?}").unwrap();
    }
    insta::assert_snapshot!(written);
}

#[test]
fn an_index_is_on_the_expression_that_filters_have() {
    let schema = schema();
    let mut written = String::new();
    for name in ["title", "address.city", "count", "price", "done", "due", "author", "tags"] {
        writeln!(written, "{name}\n    {}", index_expression(schema.field(name).unwrap())).unwrap();
    }
    insta::assert_snapshot!(written);
}

#[test]
fn placeholders_begin_where_they_are_told_to() {
    let filter = Expression::parse("record.count == 1 || record.price == 2.0", &schema()).unwrap();
    let sql = filter.bind(&by_ada(&[])).to_sql("records");
    let (text, values) = sql.numbered(4);
    assert!(text.contains("$4::bigint") && text.contains("$5::double precision"), "{text}");
    assert_eq!(values.len(), 2);
}
