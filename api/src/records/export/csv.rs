//! Records as a table of comma-separated values (RFC 4180): a line of names, then a line for each.

use std::{borrow::Cow, collections::BTreeMap};

use csv_core::{Terminator, WriteResult, Writer, WriterBuilder};
use domain::{
    collections::{RESERVED, Shape},
    expressions::Kind,
};
use projections::records::{TextRecord, list::ListedRecord};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::cells;

/// The columns, and what writes them.
pub(super) struct Table {
    columns: Vec<(String, Option<Kind>)>,
    writer: Writer,
}

impl Table {
    /// All members that records of this shape may have, or the id and those that are wanted.
    pub(super) fn of(shape: &Shape, wanted: Option<&[String]>) -> Self {
        let is_wanted = |name: &str| name == "id" || wanted.is_none_or(|wanted| wanted.iter().any(|one| one == name));
        let members = shape.members().iter().map(String::as_str);
        let names = RESERVED.into_iter().chain(members).filter(|name| is_wanted(name));
        let columns = names.map(|name| (name.to_owned(), shape.plain_kind(name))).collect();
        Self { columns, writer: WriterBuilder::new().terminator(Terminator::CRLF).build() }
    }

    pub(super) fn write(
        &mut self,
        out: &mut Vec<u8>,
        is_first: bool,
        records: &[ListedRecord],
    ) -> serde_json::Result<()> {
        let Self { columns, writer } = self;
        if is_first {
            write_row(writer, out, columns.iter().map(|(name, _)| Cow::from(name)));
        }
        for ListedRecord { record, .. } in records {
            let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(record.data.as_str())?;
            let cell = |(name, kind): &(String, Option<Kind>)| match members.get(name.as_str()) {
                Some(value) => cells::written(value, *kind),
                None => own(record, name),
            };
            let row = columns.iter().map(cell).collect::<serde_json::Result<Vec<_>>>()?;
            write_row(writer, out, row.into_iter());
        }
        Ok(())
    }
}

/// What every record has beside its content; nothing for a field that this one does not have.
fn own<'a>(record: &TextRecord, name: &str) -> serde_json::Result<Cow<'a, str>> {
    let cell = match name {
        "id" => text(&record.id)?,
        "version" => text(&record.version)?,
        "created_at" => text(&record.created_at)?,
        "updated_at" => text(&record.updated_at)?,
        "created_by" => text(&record.created_by)?,
        _ => String::new(),
    };
    Ok(cell.into())
}

/// As JSON has it, without quotes: nothing of it has to be escaped.
fn text(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string(value)?.trim_matches('"').to_owned())
}

fn write_row<'a>(writer: &mut Writer, out: &mut Vec<u8>, cells: impl Iterator<Item = Cow<'a, str>>) {
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            write(out, 0, |room| writer.delimiter(room));
        }
        let mut rest = cell.as_bytes();
        while !rest.is_empty() {
            write(out, rest.len(), |room| {
                let (result, taken, written) = writer.field(rest, room);
                rest = &rest[taken..];
                (result, written)
            });
        }
    }
    write(out, 0, |room| writer.terminator(room));
}

/// Makes room for twice so many bytes and some more, as often as it takes.
fn write(out: &mut Vec<u8>, bytes: usize, mut put: impl FnMut(&mut [u8]) -> (WriteResult, usize)) {
    loop {
        let begin = out.len();
        out.resize(begin + 2 * bytes + 16, 0);
        let (result, written) = put(&mut out[begin..]);
        out.truncate(begin + written);
        match result {
            WriteResult::InputEmpty => return,
            WriteResult::OutputFull => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        let (mut writer, mut out) = (WriterBuilder::new().terminator(Terminator::CRLF).build(), vec![]);
        let long = "\"".repeat(100);
        for row in [["a", "b, c", "\"d\""], ["", "two\r\nlines", "ü"], ["x", "", &long]] {
            write_row(&mut writer, &mut out, row.into_iter().map(Cow::from));
        }
        let expected = format!("a,\"b, c\",\"\"\"d\"\"\"\r\n,\"two\r\nlines\",ü\r\nx,,\"{}\"\r\n", "\"".repeat(200));
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
