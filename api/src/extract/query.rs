//! The parameters of a URL's query: each known, each at most once.

use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use url::form_urlencoded;

use crate::error::{ApiError, ApiResult, FieldError};

/// Parameters that were not taken yet. A handler takes what it knows and has the rest refused.
#[derive(Clone, Debug)]
pub struct Query {
    rest: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl FromRequest for Query {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self::parse(request.query_string())))
    }
}

impl Query {
    fn parse(text: &str) -> Self {
        Self { rest: form_urlencoded::parse(text.as_bytes()).into_owned().collect(), errors: vec![] }
    }

    /// The parameter's text, where it is given.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut values = self.rest.extract_if(.., |(key, _)| key == name).map(|(_, value)| value);
        let first = values.next();
        if values.count() > 0 {
            self.errors.push(FieldError::parameter(name, "repeated", "must be given once"));
        }
        first
    }

    /// The parameter as `parse` reads it; its refusal has this code.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(&self.text(name)?) {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.push(FieldError::parameter(name, code, error.to_string()));
                None
            }
        }
    }

    /// Refuses a parameter that was taken as text.
    pub fn refuse(&mut self, name: &str, code: &'static str, detail: String) {
        self.errors.push(FieldError::parameter(name, code, detail));
    }

    /// The parameter as a number within bounds.
    pub fn number<T>(&mut self, name: &str, range: std::ops::RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let parsed = self.text(name)?.parse().ok().filter(|number| range.contains(number));
        if parsed.is_none() {
            let detail = format!("must be a number from {} to {}", range.start(), range.end());
            self.errors.push(FieldError::parameter(name, "out_of_range", detail));
        }
        parsed
    }

    /// Ends the reading: refuses whatever was wrong, and every parameter that nobody took.
    pub fn finish(mut self) -> ApiResult<()> {
        let unknown = self.rest.iter().map(|(name, _)| {
            // Shown back to whoever sent it, at a bounded length.
            let name: String = name.chars().take(64).collect();
            FieldError::parameter(name, "unknown_parameter", "is not known here")
        });
        self.errors.extend(unknown);
        if self.errors.is_empty() { Ok(()) } else { Err(ApiError::BadRequest(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(result: ApiResult<()>) -> Vec<&'static str> {
        match result {
            Ok(()) => vec![],
            Err(ApiError::BadRequest(errors)) => errors.iter().map(|error| error.code).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn known_parameters_are_taken() {
        let mut query = Query::parse("limit=20&cursor=a%20b");
        assert_eq!(query.number("limit", 1..=200), Some(20));
        assert_eq!(query.text("cursor").as_deref(), Some("a b"));
        assert_eq!(query.text("after"), None);
        assert!(codes(query.finish()).is_empty());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut query = Query::parse("limit=201&limit=x&other=1&%ff=%ff");
        assert_eq!(query.number("limit", 1..=200), None);
        assert_eq!(codes(query.finish()), ["repeated", "out_of_range", "unknown_parameter", "unknown_parameter"]);
    }
}
