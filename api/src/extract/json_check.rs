//! What every JSON body must keep to, whatever it means: an object, shallow, no member twice, no character that the
//! database refuses.

use std::{cell::Cell, collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::{Path, Segment, Track};

use crate::error::{ApiError, ApiResult, FieldError};

/// Objects and arrays within each other.
pub(super) const MAX_DEPTH: usize = 64;

#[derive(Clone, Copy, Debug)]
enum Fault {
    NoObject,
    TooDeep,
    Duplicate,
    Nul,
}

/// Walks over the whole text once.
pub(super) fn check(text: &str) -> ApiResult<()> {
    let fault = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = Track::new();
    let walk = Walk { depth: 0, fault: &fault };
    let walked = walk.deserialize(serde_path_to_error::Deserializer::new(&mut deserializer, &mut track));
    match walked.and_then(|()| deserializer.end()) {
        Ok(()) => Ok(()),
        Err(error) => Err(match fault.get() {
            Some(fault) => refusal(fault, pointer(&track.path())),
            None => ApiError::MalformedBody(syntax(&error).into()),
        }),
    }
}

fn refusal(fault: Fault, pointer: String) -> ApiError {
    let error = match fault {
        Fault::NoObject => FieldError::at(pointer, "wrong_type", "must be an object"),
        Fault::TooDeep => FieldError::at(pointer, "too_deep", format!("must have at most {MAX_DEPTH} levels")),
        Fault::Duplicate => FieldError::at(pointer, "duplicate_member", "stands there twice"),
        Fault::Nul => FieldError::at(pointer, "nul_character", "must not contain U+0000"),
    };
    ApiError::Invalid(vec![error])
}

/// Where the text stops being JSON; what stands there is not repeated.
fn syntax(error: &serde_json::Error) -> String {
    let end = if error.is_eof() { " It ends too early." } else { "" };
    format!("It breaks off being JSON at line {}, column {}.{end}", error.line(), error.column())
}

/// The path as a JSON Pointer (RFC 6901).
pub(super) fn pointer(path: &Path) -> String {
    path.iter()
        .map(|part| match part {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => segment(key),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// One step of a JSON Pointer.
pub(super) fn segment(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    depth: usize,
    fault: &'a Cell<Option<Fault>>,
}

impl Walk<'_> {
    fn fail<E: Error>(self, fault: Fault) -> E {
        self.fault.set(Some(fault));
        E::custom("refused")
    }

    /// Refuses values that may not stand at the top.
    fn below_top<E: Error>(self) -> Result<(), E> {
        if self.depth == 0 { Err(self.fail(Fault::NoObject)) } else { Ok(()) }
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.fail(Fault::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.below_top()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.below_top()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.below_top()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.below_top()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.below_top()
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.below_top()?;
        if text.contains('\0') { Err(self.fail(Fault::Nul)) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.below_top()?;
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut seen = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            let nul = key.contains('\0');
            let fault = if !seen.insert(key) { Some(Fault::Duplicate) } else { nul.then_some(Fault::Nul) };
            match fault {
                None => members.next_value_seed(inner)?,
                // Within the member, so that the path names it.
                Some(fault) => members.next_value_seed(Refuse { walk: inner, fault })?,
            }
        }
        Ok(())
    }
}

/// A value that is refused for its key.
struct Refuse<'a> {
    walk: Walk<'a>,
    fault: Fault,
}

impl<'de> DeserializeSeed<'de> for Refuse<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(self.walk.fail(self.fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels))
    }

    #[test]
    fn sixty_four_levels_are_taken_and_one_more_is_not() {
        assert!(check(&nested(64)).is_ok());
        match check(&nested(65)) {
            Err(ApiError::Invalid(errors)) => {
                assert_eq!(errors, [FieldError::at("/a".repeat(64), "too_deep", "must have at most 64 levels")]);
            }
            other => panic!("{other:?}"),
        }
        assert!(check(&"[".repeat(100_000)).is_err(), "depth costs no stack");
        assert!(check(&nested(100_000)).is_err(), "depth costs no stack");
    }

    #[test]
    fn faults_are_found_wherever_they_hide() {
        for (text, pointer, code) in [
            (r#"{"a":[0,{"b":"\u0000"}]}"#, "/a/1/b", "nul_character"),
            (r#"{"a":{"x\u0000":1}}"#, "/a/x\0", "nul_character"),
            (r#"{"a":[{"b":1,"b":2}]}"#, "/a/0/b", "duplicate_member"),
        ] {
            match check(text) {
                Err(ApiError::Invalid(errors)) => {
                    assert_eq!((&errors[0].place, errors[0].code), (&FieldError::at(pointer, "", "").place, code));
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(check(r#"{"a":"\\u0000","b":[true,null,-1,1.5,{}]}"#).is_ok(), "an escaped backslash is no escape");
    }
}
