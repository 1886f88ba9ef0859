//! In which order a list has records, and what comes after one of them.
//!
//! What is absent is less than every value: it comes first where values rise and last where they fall.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::AstPass,
    sql_types::{Nullable, Text},
};

use super::SortKey;

/// As indexes have it too: columns are never null, and keep to PostgreSQL's own order.
pub(in crate::records) fn order(descending: bool, is_nullable: bool) -> &'static str {
    match (descending, is_nullable) {
        (false, false) => " ASC",
        (true, false) => " DESC",
        (false, true) => " ASC NULLS FIRST",
        (true, true) => " DESC NULLS LAST",
    }
}

/// One of the parts, in none of which a record is twice, that make up what comes after a place: equal in the keys before
/// one, and after it in that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    /// Everything at once, by comparing rows of values.
    Rows,
    /// After the place's value of the key of this number.
    After(usize),
    /// Without a value of this key.
    Absent(usize),
}

/// The parts of what comes after a place.
pub(super) fn branches(keys: &[SortKey], place: &[Option<String>]) -> Vec<Branch> {
    let has_all_values = place.iter().all(Option::is_some);
    // Comparing rows finds nothing that lacks a value; where values rise, that has come before.
    let rise = has_all_values && keys.iter().all(|key| !key.descending);
    let fall = keys.iter().all(|key| key.descending && key.is_column());
    if rise || fall {
        return vec![Branch::Rows];
    }
    let mut branches = vec![];
    for (number, (key, value)) in keys.iter().zip(place).enumerate().rev() {
        match (key.descending, value) {
            // Nothing comes after what is absent where values fall.
            (true, None) => {}
            (true, Some(_)) if !key.is_column() => branches.extend([Branch::After(number), Branch::Absent(number)]),
            (true, Some(_)) | (false, _) => branches.push(Branch::After(number)),
        }
    }
    branches
}

/// The condition of a part, as one more of several: ` AND …`.
pub(super) fn write<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    keys: &'b [SortKey],
    place: &'b [Option<String>],
    branch: Branch,
) -> QueryResult<()> {
    match branch {
        Branch::Rows => write_rows(out, keys, place),
        Branch::After(number) => {
            write_equal(out, keys, place, number)?;
            write_after(out, &keys[number], &place[number])
        }
        Branch::Absent(number) => {
            write_equal(out, keys, place, number)?;
            out.push_sql(" AND ");
            out.push_sql(&keys[number].expression);
            out.push_sql(" IS NULL");
            Ok(())
        }
    }
}

fn write_rows<'b>(out: &mut AstPass<'_, 'b, Pg>, keys: &'b [SortKey], place: &'b [Option<String>]) -> QueryResult<()> {
    out.push_sql(" AND (");
    for (number, key) in keys.iter().enumerate() {
        out.push_sql(if number > 0 { ", " } else { "" });
        out.push_sql(&key.expression);
    }
    out.push_sql(if keys.iter().any(|key| key.descending) { ") < (" } else { ") > (" });
    for (number, (key, value)) in keys.iter().zip(place).enumerate() {
        out.push_sql(if number > 0 { ", " } else { "" });
        write_value(out, key, value)?;
    }
    out.push_sql(")");
    Ok(())
}

fn write_equal<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    keys: &'b [SortKey],
    place: &'b [Option<String>],
    before: usize,
) -> QueryResult<()> {
    for (key, value) in keys.iter().zip(place).take(before) {
        out.push_sql(" AND ");
        out.push_sql(&key.expression);
        match value {
            Some(_) => {
                out.push_sql(" = ");
                write_value(out, key, value)?;
            }
            None => out.push_sql(" IS NULL"),
        }
    }
    Ok(())
}

fn write_after<'b>(out: &mut AstPass<'_, 'b, Pg>, key: &'b SortKey, value: &'b Option<String>) -> QueryResult<()> {
    out.push_sql(" AND ");
    out.push_sql(&key.expression);
    match value {
        Some(_) => {
            out.push_sql(if key.descending { " < " } else { " > " });
            write_value(out, key, value)
        }
        None => {
            out.push_sql(" IS NOT NULL");
            Ok(())
        }
    }
}

fn write_value<'b>(out: &mut AstPass<'_, 'b, Pg>, key: &SortKey, value: &'b Option<String>) -> QueryResult<()> {
    out.push_bind_param::<Nullable<Text>, _>(value)?;
    out.push_sql("::text");
    if key.cast != "::text" {
        out.push_sql(key.cast);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::key::Column, *};

    fn key(is_nullable: bool, descending: bool) -> SortKey {
        let column = if is_nullable { None } else { Some(Column::Version) };
        SortKey { expression: "x".to_owned(), cast: "::text", column, descending }
    }

    #[test]
    fn what_comes_after_a_place_is_in_as_few_parts_as_can_be() {
        let some = || Some(String::new());
        let (rising, falling) = (SortKey::id(false), SortKey::id(true));
        let parts = |keys: &[SortKey], place: &[Option<String>]| branches(keys, place);
        assert_eq!(parts(&[SortKey::created_at(true), falling.clone()], &[some(), some()]), [Branch::Rows]);
        assert_eq!(parts(&[key(true, false), rising.clone()], &[some(), some()]), [Branch::Rows]);
        let after = [Branch::After(1), Branch::After(0)];
        assert_eq!(parts(&[key(true, false), rising.clone()], &[None, some()]), after);
        assert_eq!(parts(&[key(false, true), rising], &[some(), some()]), after);
        let with_absent = [Branch::After(1), Branch::After(0), Branch::Absent(0)];
        assert_eq!(parts(&[key(true, true), falling.clone()], &[some(), some()]), with_absent);
        assert_eq!(parts(&[key(true, true), falling], &[None, some()]), [Branch::After(1)]);
    }
}
