//! What people are told of a wrong expression.

use std::fmt::Write;

use super::{super::Expression, schema};

#[test]
fn errors_say_what_is_wrong_and_where() {
    let sources = [
        "",
        "record.status ==",
        "record.status = \"open\"",
        "record.status == \"open",
        "record.status == \"open\" &&\n  record.stauts == \"x\"",
        "record.\"title\" == 1",
        "(record.done",
        "record.done record.done",
        "\"ä\" == record.titel",
        "record.nothing == 1",
        "record.address.town == \"Ulm\"",
        "record.address == null",
        "recrod.title == \"a\"",
        "title == \"a\"",
        "user.name == \"ada\"",
        "user.role == \"admin\"",
        "record == null",
        "now.year == 1",
        "record.count == \"5\"",
        "record.title > 5",
        "record.done < true",
        "record.tags == [\"a\"]",
        "record.tags == \"a\"",
        "record.title",
        "5",
        "record.count && record.done",
        "!record.title",
        "record.count in [1, \"a\"]",
        "record.count in [\"a\"]",
        "record.count in record.tags",
        "record.count in [1, null]",
        "record.count in [1, record.count]",
        "record.title in record.title",
        "null in record.tags",
        "record.due < \"tomorrow\"",
        "record.due in [\"2026-13-01T00:00:00Z\"]",
        "record.due < 5",
        "record.due < timestamp(\"2026-02-30T00:00:00Z\")",
        "record.due > now - duration(\"1 day\")",
        "record.due > duration(\"1h\")",
        "record.due - duration(\"1h\") < now",
        "record.author == \"ada\"",
        "record.author == 5",
        "record.count + 1 == 2",
        "-record.count == 2",
        "record.count == 9223372036854775807 + 1",
        "record.count == 1 / 0",
        "record.price == 1.0 / 0.0",
        "record.price == 1.5 % 1.0",
        "record.count == 1 + 1.5",
        "record.count == 99999999999999999999",
        "record.count == 1u",
        "record.title == b\"a\"",
        "record.title == \"a\\u0000b\"",
        "record.title.matches(\"^a\")",
        "record.title.startswith(\"a\")",
        "record.title.startsWith(5)",
        "record.title.startsWith()",
        "record.count.contains(\"a\")",
        "size(record.count) > 1",
        "lower(record.title) == \"a\"",
        "record.tags.exists(t, t == \"a\")",
        "record.tags[0] == \"a\"",
        "record.done ? record.done : record.done",
        "has(record.nothing)",
        "has(5)",
        "duration(record.title) == duration(\"1h\")",
        "{\"a\": 1} == null",
        "drop(table)",
    ];
    let schema = schema();
    let mut told = String::new();
    for source in sources {
        let error = Expression::parse(source, &schema).expect_err(source);
        writeln!(told, "{source}\n    {error} [{}]", error.problem.code()).unwrap();
    }
    insta::assert_snapshot!(told);
}
