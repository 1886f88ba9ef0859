//! Reads an object in one pass that also finds what no body may have: for content of which there is much.

use std::{borrow::Cow, fmt};

use domain::collections::Data;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::json_check::{self, MAX_DEPTH};
use crate::error::{ApiError, ApiResult};

/// The object, if it keeps to what every body keeps to.
pub(crate) fn read(text: &[u8]) -> ApiResult<Data> {
    let text = std::str::from_utf8(text).map_err(|_| ApiError::MalformedBody("It is not valid UTF-8.".into()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Read { depth: 0 }.deserialize(&mut deserializer);
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(Value::Object(data)) => Ok(data),
        // A second look tells what is wrong, and where.
        Ok(_) | Err(_) => match json_check::check(text) {
            Err(error) => Err(error),
            Ok(()) => Err(ApiError::MalformedBody("It is not valid JSON.".into())),
        },
    }
}

#[derive(Clone, Copy)]
struct Read {
    depth: usize,
}

impl Read {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH { Err(E::custom("too deep")) } else { Ok(Self { depth: self.depth + 1 }) }
    }
}

impl<'de> DeserializeSeed<'de> for Read {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Read {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        if text.contains('\0') { Err(E::custom("nul")) } else { Ok(Value::String(text)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let (inner, mut read) = (self.deeper()?, vec![]);
        while let Some(item) = items.next_element_seed(inner)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let (inner, mut read) = (self.deeper()?, Map::new());
        while let Some(key) = members.next_key::<Cow<'de, str>>()? {
            let value = members.next_value_seed(inner)?;
            if key.contains('\0') || read.insert(key.into_owned(), value).is_some() {
                return Err(A::Error::custom("a member"));
            }
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_body_keeps_to_is_kept_to_here() {
        let text = r#"{"a":[1,-2,3.5,true,null,"\u00fc",{"b":18446744073709551615}],"c":1e300}"#;
        assert_eq!(Value::Object(read(text.as_bytes()).unwrap()), serde_json::from_str::<Value>(text).unwrap());
        let deep = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        assert!(read(deep(MAX_DEPTH).as_bytes()).is_ok());
        for (text, code) in [
            (r#"{"a":1,"a":2}"#.to_owned(), "duplicate_member"),
            (r#"{"a":"\u0000"}"#.to_owned(), "nul_character"),
            (r#"{"\u0000":1}"#.to_owned(), "nul_character"),
            (deep(MAX_DEPTH + 1), "too_deep"),
            ("[1]".to_owned(), "wrong_type"),
            ("7".to_owned(), "wrong_type"),
        ] {
            match read(text.as_bytes()) {
                Err(ApiError::Invalid(errors)) => assert_eq!(errors[0].code, code, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["", "{", "{}}", "{'a':1}", r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#] {
            assert!(matches!(read(text.as_bytes()), Err(ApiError::MalformedBody(_))), "{text}");
        }
        assert!(matches!(read(b"{\"a\":\"\xff\"}"), Err(ApiError::MalformedBody(_))));
    }
}
