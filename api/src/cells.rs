//! Values of fields as cells of CSV, and back: what is exported comes in again as it was.
//!
//! A cell has no type, so the field's schema says how it is read. Programs that show tables take a text that begins with
//! `=`, `+`, `-` or `@` for a formula; an apostrophe before it keeps them from it (OWASP, CSV injection), and is taken off when
//! the cell comes in. Nothing at all is an absent value, a lone apostrophe the empty text, and `\N` is `null`.

use std::borrow::Cow;

use domain::expressions::Kind;
use serde_json::{Number, Value, value::RawValue};

/// As PostgreSQL's COPY writes it.
const NULL: &str = r"\N";
const APOSTROPHE: char = '\'';

/// The value of a cell, of a field of this kind; `None` for an empty cell. What is not as the kind wants it stays a text,
/// which the schema refuses then.
pub(crate) fn read(cell: &str, kind: Option<Kind>) -> Option<Value> {
    if cell.is_empty() {
        return None;
    }
    if cell == NULL {
        return Some(Value::Null);
    }
    let text = |cell: &str| Value::String(bare(cell).to_owned());
    let value = match kind {
        Some(Kind::String | Kind::Timestamp | Kind::Id) => text(cell),
        Some(Kind::Integer | Kind::Number) => {
            let number = serde_json::from_str::<Number>(cell.trim());
            number.map_or_else(|_| text(cell), Value::Number)
        }
        Some(Kind::Boolean) => match cell.trim() {
            word if word.eq_ignore_ascii_case("true") => Value::Bool(true),
            word if word.eq_ignore_ascii_case("false") => Value::Bool(false),
            _ => text(cell),
        },
        None => serde_json::from_str(cell).unwrap_or_else(|_| text(cell)),
    };
    Some(value)
}

/// A value that is there as a cell.
pub(crate) fn written<'a>(value: &'a RawValue, kind: Option<Kind>) -> serde_json::Result<Cow<'a, str>> {
    let json = value.get();
    Ok(match (kind, json.as_bytes().first()) {
        (_, Some(b'n')) => NULL.into(),
        (Some(_), Some(b'"')) => {
            let text: Cow<'a, str> = serde_json::from_str::<BorrowedText<'a>>(json)?.0;
            if is_in_need(&text) { format!("{APOSTROPHE}{text}").into() } else { text }
        }
        (Some(_) | None, _) => json.into(),
    })
}

/// Without copying where nothing is escaped.
#[derive(serde::Deserialize)]
struct BorrowedText<'a>(#[serde(borrow)] Cow<'a, str>);

/// Whether a text would mean something else if it stood there by itself.
fn is_in_need(text: &str) -> bool {
    text.is_empty() || text == NULL || text.starts_with(is_special)
}

/// What makes a formula, and the apostrophe itself.
fn is_special(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | APOSTROPHE)
}

/// A text without the apostrophe that was put before it. Any other apostrophe is one.
fn bare(cell: &str) -> &str {
    cell.strip_prefix(APOSTROPHE).filter(|rest| is_in_need(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use serde_json::{json, value::to_raw_value};

    use super::*;

    fn cell(value: &Value, kind: Option<Kind>) -> String {
        written(&to_raw_value(value).unwrap(), kind).unwrap().into_owned()
    }

    #[test]
    fn cells_are_read_as_their_fields_are() {
        for (text, kind, value) in [
            ("7", Some(Kind::Integer), json!(7)),
            (" -7 ", Some(Kind::Integer), json!(-7)),
            ("1.50", Some(Kind::Number), json!(1.5)),
            ("1,5", Some(Kind::Number), json!("1,5")),
            ("007", Some(Kind::Integer), json!("007")),
            ("TRUE", Some(Kind::Boolean), json!(true)),
            ("false", Some(Kind::Boolean), json!(false)),
            ("yes", Some(Kind::Boolean), json!("yes")),
            ("7", Some(Kind::String), json!("7")),
            ("true", Some(Kind::String), json!("true")),
            ("2026-11-26T05:00:00Z", Some(Kind::Timestamp), json!("2026-11-26T05:00:00Z")),
            ("[1,{\"a\":null}]", None, json!([1, {"a": null}])),
            ("plain", None, json!("plain")),
            ("\\N", Some(Kind::Integer), json!(null)),
            ("'=1+1", Some(Kind::String), json!("=1+1")),
            ("'", Some(Kind::String), json!("")),
            ("'tis", Some(Kind::String), json!("'tis")),
            ("'90s", Some(Kind::String), json!("'90s")),
        ] {
            assert_eq!(read(text, kind), Some(value), "{text}");
        }
        assert_eq!(read("", Some(Kind::String)), None);
    }

    #[test]
    fn no_text_is_taken_for_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(cell(&json!(text), Some(Kind::String)), format!("'{text}"));
        }
        assert_eq!(cell(&json!(-5), Some(Kind::Integer)), "-5", "a number is none");
        assert_eq!(cell(&json!("=1"), None), "\"=1\"", "in quotes it is none");
    }

    proptest! {
        #[test]
        fn every_text_comes_in_as_it_went_out(text in any::<String>(), prefix in "[=+@'\\\\\\t-]{0,3}N?") {
            for text in [text.clone(), format!("{prefix}{text}"), prefix.clone()] {
                for kind in [Some(Kind::String), None] {
                    let value = Value::String(text.clone());
                    prop_assert_eq!(read(&cell(&value, kind), kind), Some(value));
                }
            }
        }

        #[test]
        fn every_number_comes_in_as_it_went_out(whole in any::<i64>(), part in -1e15..1e15_f64) {
            for value in [json!(whole), json!(part), json!(null)] {
                for kind in [Some(Kind::Number), None] {
                    prop_assert_eq!(read(&cell(&value, kind), kind), Some(value.clone()));
                }
            }
        }
    }
}
