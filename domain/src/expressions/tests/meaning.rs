//! What expressions mean, in memory. That SQL means the same is tested with the database.

use serde_json::{Value, json};

use super::{
    super::{Expression, Filter, Request},
    ADA, by_ada, roles, schema,
};

fn record() -> Value {
    json!({
        "title": "Größe_100%",
        "status": null,
        "address": { "city": "Ulm" },
        "count": 5,
        "price": 2.5,
        "done": false,
        "due": "2026-11-25T11:00:00.000000Z",
        "author": ADA,
        "tags": ["a", "b", null],
        "sizes": [1, 2.0, "3"],
        "weights": [0.5, 9_007_199_254_740_993_u64],
        "created_at": "2026-11-01T00:00:00.000000Z",
    })
}

fn bound(source: &str) -> Filter {
    let expression = Expression::parse(source, &schema()).unwrap_or_else(|error| panic!("{source}: {error}"));
    expression.bind(&by_ada(&roles()))
}

fn hold(sources: &[&str]) {
    for source in sources {
        assert!(bound(source).matches(&record()), "{source} should hold");
        assert!(!bound(&format!("!({source})")).matches(&record()), "the negation of {source} should not hold");
    }
}

fn do_not_hold(sources: &[&str]) {
    for source in sources {
        assert!(!bound(source).matches(&record()), "{source} should not hold");
        assert!(bound(&format!("!({source})")).matches(&record()), "the negation of {source} should hold");
    }
}

#[test]
fn values_are_compared_by_their_types() {
    hold(&[
        "record.count == 5",
        "record.count == 5.0",
        "record.count < 5.5",
        "record.price > 2",
        "record.count > record.price",
        "record.title > \"Grö\"",
        "record.title < \"a\"",
        "record.address.city == \"Ulm\"",
        "record.done == false",
        "record.done != true",
        "record.done == (record.count > 7)",
        "record.due < now",
        "record.due >= now - duration(\"1h\")",
        "duration(\"30m\") + duration(\"30m\") + record_start == record.due"
            .replace("record_start", "timestamp(\"2026-11-25T10:00:00Z\")")
            .as_str(),
        "record.due == \"2026-11-25T12:00:00+01:00\"",
        "record.created_at < record.due",
        "record.author == user.id",
        "record.author == \"01890A5D-AC96-774B-BCCE-B302099A8057\"",
        "record.count == 2 * 3 - 1",
        "record.address.city == \"U\" + \"lm\"",
    ]);
}

#[test]
fn what_is_absent_compares_with_nothing() {
    hold(&[
        "record.status == null",
        "!has(record.status)",
        "has(record.title)",
        "record.title != null",
        "record.dates == null",
    ]);
    do_not_hold(&[
        "record.status == \"\"",
        "record.status < \"a\"",
        "record.status >= \"\"",
        "record.status == record.status",
        "record.status.contains(\"\")",
        "record.status in [\"a\", \"b\"]",
        "record.status in record.tags",
        "size(record.status) == 0",
        "size(record.dates) == 0",
        "has(record.dates)",
    ]);
    hold(&["record.status != \"open\"", "record.status != record.status", "!(record.status in [\"open\"])"]);
}

#[test]
fn an_anonymous_caller_owns_nothing() {
    let anonymous = Request { user_id: None, user_roles: &[], now: by_ada(&[]).now };
    let bound = |source: &str| Expression::parse(source, &schema()).unwrap().bind(&anonymous);
    let ownerless = json!({ "author": null });
    assert!(!bound("record.author == user.id").matches(&ownerless));
    assert_eq!(bound("record.author == user.id").constant(), Some(false));
    assert_eq!(bound("user.id == null").constant(), Some(true));
    assert_eq!(bound("\"admin\" in user.roles").constant(), Some(false));
}

#[test]
fn a_value_of_another_type_than_declared_is_absent() {
    let wrong = json!({
        "title": 5, "count": "5", "price": "2.5", "done": "true", "due": "2026-11-25", "author": 1, "tags": "a",
        "address": "Ulm",
    });
    for field in ["title", "count", "price", "done", "due", "author", "tags", "address.city"] {
        assert!(bound(&format!("record.{field} == null")).matches(&wrong), "{field}");
    }
    assert!(bound("record.count == null").matches(&json!({ "count": 5.5 })));
    assert!(bound("record.count == null").matches(&json!({ "count": 9_223_372_036_854_775_808_u64 })));
    assert!(bound("record.count == 1000").matches(&json!({ "count": 1e3 })));
    assert!(!bound("\"a\" in record.tags").matches(&wrong));
}

#[test]
fn lists_are_asked_for_members_and_size() {
    hold(&[
        "\"a\" in record.tags",
        "size(record.tags) == 3",
        "record.tags.size() > 2",
        "2 in record.sizes",
        "1.0 in record.sizes",
        "0.5 in record.weights",
        "9007199254740992.0 in record.weights",
        "record.count in [1, 5]",
        "record.count in [1, 5.0]",
        "record.author in [user.id_]".replace("user.id_", "\"01890a5d-ac96-774b-bcce-b302099a8057\"").as_str(),
        "\"editor\" in user.roles",
        "size(user.roles) == 2",
    ]);
    do_not_hold(&["\"c\" in record.tags", "3 in record.sizes", "record.count in []", "record.title in user.roles"]);
}

#[test]
fn texts_are_tested_literally() {
    hold(&[
        "record.title.contains(\"e_1\")",
        "record.title.endsWith(\"0%\")",
        "record.title.startsWith(\"Grö\")",
        "record.title.startsWith(\"\")",
        "record.title.lowerAscii() == \"größe_100%\"",
        "size(record.title) == 10",
        "record.title.contains(record.address.city) == false",
    ]);
    do_not_hold(&[
        "record.title.contains(\"_%\")",
        "record.title.startsWith(\"g\")",
        "record.title.endsWith(\"1__%\")",
    ]);
}

#[test]
fn what_the_request_decides_is_decided_without_a_record() {
    let decided = [
        ("\"admin\" in user.roles || record.done", None),
        ("\"editor\" in user.roles || record.done", Some(true)),
        ("\"admin\" in user.roles && record.done", Some(false)),
        ("user.id != null && !(\"admin\" in user.roles)", Some(true)),
        ("now > timestamp(\"2026-01-01T00:00:00Z\")", Some(true)),
        ("record.count in []", Some(false)),
        ("1 < 2", Some(true)),
        ("user.id == record.author", None),
    ];
    for (source, constant) in decided {
        assert_eq!(bound(source).constant(), constant, "{source}");
    }
    assert!(Expression::parse("record.due < now", &schema()).unwrap().uses_now());
    assert!(!Expression::parse("record.due < record.created_at", &schema()).unwrap().uses_now());
}

#[test]
fn what_names_neither_the_user_nor_the_time_is_the_same_for_everybody() {
    let is_universal = |source: &str| Expression::parse(source, &schema()).unwrap().is_universal();
    for source in
        ["true", "record.count > 1 && !record.done", "record.due < record.created_at", "record.title == \"user\""]
    {
        assert!(is_universal(source), "{source}");
    }
    for source in [
        "user.id == record.author",
        "record.done || !(record.author == user.id)",
        "\"admin\" in user.roles",
        "record.done && size(user.roles) > 1",
        "record.due < now",
        "record.due < now - duration(\"1h\")",
    ] {
        assert!(!is_universal(source), "{source}");
    }
}

#[test]
fn a_filter_is_narrowed_by_a_rule() {
    let narrowed = bound("record.count == 5").and(bound("record.author == user.id"));
    assert!(narrowed.matches(&record()));
    assert!(!narrowed.matches(&json!({ "count": 5 })));
    assert_eq!(bound("record.done").and(bound("1 == 2")).constant(), Some(false));
}
