//! What the values are, and what is no value.

use serde_json::{Value, json};

use super::{Upcast, evaluate::fits};
use crate::expressions::{Kind, Schema, Type};

fn schema() -> Schema {
    Schema::new()
        .with_column("id", Kind::Id)
        .and_then(|schema| schema.with("name", Type::One(Kind::String)))
        .and_then(|schema| schema.with("rank", Type::One(Kind::String)))
        .and_then(|schema| schema.with("count", Type::One(Kind::Integer)))
        .and_then(|schema| schema.with("share", Type::One(Kind::Number)))
        .and_then(|schema| schema.with("tags", Type::ManyOf(Kind::String)))
        .and_then(|schema| schema.with("address.city", Type::One(Kind::String)))
        .unwrap()
}

fn value(source: &str) -> Option<Value> {
    let record = json!({"name": "Ada Lovelace", "rank": " 7 ", "count": 5, "share": 2.75, "tags": ["a", "b"],
                        "address": {"city": "London"}});
    Upcast::parse(source, &schema()).unwrap_or_else(|error| panic!("{source}: {error}")).evaluate(&record)
}

#[test]
fn fields_are_made_of_other_fields() {
    for (source, expected) in [
        ("int(record.rank)", json!(7)),
        ("int(record.share)", json!(2)),
        ("double(record.rank)", json!(7.0)),
        ("string(record.count)", json!("5")),
        ("record.name.split(\" \")[0]", json!("Ada")),
        ("record.tags.join(\", \")", json!("a, b")),
        ("record.name + \"!\"", json!("Ada Lovelace!")),
        ("record.count * 2 + 1", json!(11)),
        ("record.count + record.share", json!(7.75)),
        ("-record.count", json!(-5)),
        ("record.count % 2", json!(1)),
        ("has(record.name) ? record.name.lowerAscii() : \"nobody\"", json!("ada lovelace")),
        ("record.name.replace(\"a\", \"o\").trim().upperAscii()", json!("ADO LOVELOCE")),
        ("record.address.city", json!("London")),
        ("record.count > 3", json!(true)),
        ("record.name.startsWith(\"Eve\")", json!(false)),
        ("[record.name, record.rank]", json!(["Ada Lovelace", " 7 "])),
        ("size(record.tags)", json!(2)),
        ("timestamp(\"2026-11-25T20:29:26+02:00\")", json!("2026-11-25T18:29:26.000000Z")),
        ("record.rank == \"x\" ? 1 : 2", json!(2)),
    ] {
        assert_eq!(value(source), Some(expected), "{source}");
    }
}

#[test]
fn what_cannot_be_worked_out_is_absent() {
    for source in [
        "null",
        "int(record.name)",
        "record.name.split(\" \")[2]",
        "record.count / 0",
        "record.count * 9223372036854775807",
        "record.share / 0.0",
        "bool(record.name)",
        "timestamp(record.name)",
    ] {
        assert_eq!(value(source), None, "{source}");
    }
    let missing = Upcast::parse("record.name + \"!\"", &schema()).unwrap();
    assert_eq!((missing.evaluate(&json!({})), missing.evaluate(&json!({"name": 1}))), (None, None));
}

#[test]
fn what_is_no_value_of_a_record_is_refused() {
    for (source, code) in [
        ("record.nmae", "expression_unknown_field"),
        ("record.id", "expression_unknown_field"),
        ("record.id == \"x\" ? 1 : 2", "expression_unsupported"),
        ("user.id", "expression_unsupported"),
        ("now > now ? 1 : 2", "expression_unsupported"),
        ("\"admin\" in user.roles ? 1 : 2", "expression_unsupported"),
        ("rand()", "expression_unknown_function"),
        ("int(record.tags)", "expression_type_mismatch"),
        ("record.name + 1", "expression_type_mismatch"),
        ("record.count > 1 ? 1 : \"x\"", "expression_type_mismatch"),
        ("[1, \"x\"]", "expression_type_mismatch"),
        ("record.tags.map(tag, tag)", "expression_unsupported"),
        ("record.count +", "expression_syntax"),
    ] {
        let error = Upcast::parse(source, &schema()).expect_err(source);
        assert_eq!(error.problem.code(), code, "{source}: {error}");
    }
    let deep = (0..20).fold("record.name".to_owned(), |inner, _| format!("{inner}.trim()"));
    assert_eq!(Upcast::parse(&deep, &schema()).unwrap_err().problem.code(), "expression_too_complex");
}

#[test]
fn types_are_known_beforehand() {
    let result = |source: &str| Upcast::parse(source, &schema()).unwrap().result();
    assert_eq!(result("int(record.rank)"), Some(Type::One(Kind::Integer)));
    assert_eq!(result("record.name.split(\" \")"), Some(Type::ManyOf(Kind::String)));
    assert_eq!((result("null"), result("record.count > 1 ? 1 : null")), (None, Some(Type::One(Kind::Integer))));
    assert!(fits(Type::One(Kind::Integer), Type::One(Kind::Number)));
    assert!(fits(Type::One(Kind::String), Type::One(Kind::Timestamp)));
    assert!(!fits(Type::One(Kind::Number), Type::One(Kind::Integer)));
    assert!(!fits(Type::One(Kind::String), Type::ManyOf(Kind::String)));
}
