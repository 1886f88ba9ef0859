//! Words in the texts of records, in SQL.

use domain::{
    collections::{Language, Searched},
    expressions::index_expression,
};

/// Characters of a record that are searched, shared evenly by its fields: the words of more might not fit into one value
/// of PostgreSQL, which has a megabyte, and a record that cannot be indexed could not be stored.
const MOST_CHARACTERS: usize = 100_000;
/// What the words of the first fields count, and of all others.
const WEIGHTS: [char; 4] = ['A', 'B', 'C', 'D'];

/// The words of a record, in an expression that never fails.
pub(super) fn vector(searched: &Searched) -> String {
    let (language, share) = (configuration(searched.language), MOST_CHARACTERS / searched.fields.len().max(1));
    let words = searched.fields.iter().enumerate().map(|(at, field)| {
        let weight = WEIGHTS[at.min(WEIGHTS.len() - 1)];
        let text = index_expression(field);
        format!("setweight(to_tsvector({language}, left(coalesce({text}, ''), {share})), '{weight}')")
    });
    words.collect::<Vec<_>>().join(" || ")
}

/// As a constant: an index cannot be on what a session's settings decide.
pub(super) fn configuration(language: Language) -> String {
    format!("'pg_catalog.{}'::regconfig", language.as_str())
}
