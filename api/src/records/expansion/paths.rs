//! Which relations are to be followed: names, and after a dot those of the records to which they lead.

use std::collections::BTreeMap;

use crate::extract::Query;

/// Names of one path.
const DEEPEST: usize = 3;
/// Paths that are given.
const MOST: usize = 10;

/// Paths by their first name, those that begin alike put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::records) struct Paths(BTreeMap<String, Paths>);

impl Paths {
    /// Reads paths such as `author` and `post.author`.
    pub(in crate::records) fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Self, String> {
        if texts.len() > MOST {
            return Err(format!("must have at most {MOST} relations"));
        }
        let mut paths = Self::default();
        for text in texts {
            let names: Vec<_> = text.as_ref().split('.').collect();
            if names.len() > DEEPEST || names.iter().any(|name| name.is_empty()) {
                return Err(format!("must be names of relations, of which a dot leads on, at most {DEEPEST} in a row"));
            }
            names.into_iter().fold(&mut paths, |paths, name| paths.0.entry(name.to_owned()).or_default());
        }
        Ok(paths)
    }

    /// The parameter `expand`.
    pub(in crate::records) fn take(query: &mut Query) -> Self {
        let parse = |text: &str| Self::parse(&text.split(',').collect::<Vec<_>>());
        query.parsed("expand", "malformed", parse).unwrap_or_default()
    }

    pub(in crate::records) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn branches(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.0.iter().map(|(name, inner)| (name.as_str(), inner))
    }

    /// In one form for all ways to write them.
    pub(in crate::records) fn canonical(&self) -> String {
        let mut texts = vec![];
        self.collect("", &mut texts);
        texts.join(",")
    }

    fn collect(&self, before: &str, texts: &mut Vec<String>) {
        for (name, inner) in self.branches() {
            let path = format!("{before}{name}");
            match inner.is_empty() {
                true => texts.push(path),
                false => inner.collect(&format!("{path}."), texts),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_in_one_form() {
        for (texts, form) in [
            (&["author"][..], "author"),
            (&["post.author", "author", "post"], "author,post.author"),
            (&["a.b.c", "a.b", "a.d", "a.d"], "a.b.c,a.d"),
            (&[], ""),
        ] {
            assert_eq!(Paths::parse(texts).unwrap().canonical(), form);
        }
        for wrong in [&[""][..], &["a."], &[".a"], &["a..b"], &["a.b.c.d"], &["a"; 11]] {
            assert!(Paths::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
