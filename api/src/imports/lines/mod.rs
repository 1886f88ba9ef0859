//! The lines of a content, taken apart as it comes: nothing is kept but the line that is not complete yet.

mod csv;
mod ndjson;

use bytes::Bytes;
use domain::imports::ImportFormat;

/// Bytes of one line; of a longer one nothing is kept.
pub(crate) const MOST_BYTES: usize = 1 << 20;

/// A line that is complete, or, of CSV, a record over several.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// In which it begins; counts from 1.
    pub(super) number: u64,
    pub(super) text: LineText,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineText {
    Json(Bytes),
    Cells(Cells),
    TooLong,
}

/// Cells of CSV, without their quotes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

/// How much of a content is in the lines that were given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) bytes: u64,
    /// Ends of lines within these bytes.
    pub(super) lines: u64,
}

/// Reads lines from a place on.
pub(super) enum Lines {
    Ndjson(ndjson::Reader),
    Csv(Box<csv::Reader>),
}

impl Lines {
    pub(super) fn from(format: ImportFormat, place: Place) -> Self {
        match format {
            ImportFormat::Ndjson => Self::Ndjson(ndjson::Reader::from(place)),
            ImportFormat::Csv => Self::Csv(Box::new(csv::Reader::from(place))),
        }
    }

    /// Takes from the front of what has come until a line is complete; `None` when all of it was taken. Blank lines are
    /// passed over.
    pub(super) fn take(&mut self, input: &mut Bytes) -> Option<Line> {
        match self {
            Self::Ndjson(reader) => reader.take(input),
            Self::Csv(reader) => reader.take(input),
        }
    }

    /// The content is at its end: its last line, where no end of a line follows.
    pub(super) fn end(&mut self) -> Option<Line> {
        match self {
            Self::Ndjson(reader) => reader.end(),
            Self::Csv(reader) => reader.end(),
        }
    }

    /// The end of the line that was given out last.
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Ndjson(reader) => reader.place(),
            Self::Csv(reader) => reader.place(),
        }
    }
}

impl LineText {
    /// Bytes that are kept.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Json(text) => text.len(),
            Self::Cells(cells) => cells.text.len(),
            Self::TooLong => 0,
        }
    }
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a content that comes in pieces of this size: lines with their numbers, and places after each.
    fn read(format: ImportFormat, content: &[u8], piece: usize, from: Place) -> Vec<(u64, Vec<String>, Place)> {
        let (mut lines, mut all) = (Lines::from(format, from), vec![]);
        let mut told = |line: Line, place: Place| {
            let text = match line.text {
                LineText::Json(text) => vec![String::from_utf8(text.to_vec()).unwrap()],
                LineText::Cells(cells) => cells.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect(),
                LineText::TooLong => vec!["too long".to_owned()],
            };
            all.push((line.number, text, place));
        };
        for chunk in content[from.bytes as usize..].chunks(piece) {
            let mut chunk = Bytes::copy_from_slice(chunk);
            while let Some(line) = lines.take(&mut chunk) {
                told(line, lines.place());
            }
            assert!(chunk.is_empty(), "all of it is taken");
        }
        if let Some(line) = lines.end() {
            told(line, lines.place());
        }
        assert_eq!(lines.place().bytes, content.len() as u64, "all of it is in lines");
        all
    }

    /// Whatever the pieces, the same lines come of it; and from each place on, the rest of them.
    fn check(format: ImportFormat, content: &[u8], expected: &[(u64, &[&str])]) {
        let whole = read(format, content, content.len().max(1), Place::default());
        let told: Vec<(u64, Vec<&str>)> =
            whole.iter().map(|(number, text, _)| (*number, text.iter().map(String::as_str).collect())).collect();
        let expected: Vec<(u64, Vec<&str>)> = expected.iter().map(|(number, text)| (*number, text.to_vec())).collect();
        assert_eq!(told, expected);
        for piece in [1, 2, 3, 5, 7] {
            let pieces = read(format, content, piece, Place::default());
            assert_eq!(
                pieces.iter().map(|line| (&line.0, &line.1)).collect::<Vec<_>>(),
                whole.iter().map(|line| (&line.0, &line.1)).collect::<Vec<_>>()
            );
            for (at, (_, _, place)) in pieces.iter().enumerate() {
                let rest = read(format, content, piece, *place);
                assert_eq!(
                    rest.iter().map(|line| (&line.0, &line.1)).collect::<Vec<_>>(),
                    pieces[at + 1..].iter().map(|line| (&line.0, &line.1)).collect::<Vec<_>>(),
                    "from {place:?} in pieces of {piece}"
                );
            }
        }
    }

    #[test]
    fn lines_of_json_are_taken_apart_wherever_the_content_is_cut() {
        let content = "\u{feff}{\"a\":1}\r\n\n  \n{\"b\":\"ü\"}\n{\"c\":3}".as_bytes();
        check(ImportFormat::Ndjson, content, &[(1, &["{\"a\":1}\r"]), (4, &["{\"b\":\"ü\"}"]), (5, &["{\"c\":3}"])]);
        check(ImportFormat::Ndjson, b"", &[]);
        check(ImportFormat::Ndjson, b"\n\n", &[]);
    }

    #[test]
    fn records_of_csv_are_taken_apart_wherever_the_content_is_cut() {
        let content =
            "title,body\r\n\"a, \"\"b\"\"\",\"two\r\nlines\"\r\n\r\n'c',\n\"\u{fc}\",x\n\n,,\nlast".as_bytes();
        check(
            ImportFormat::Csv,
            content,
            &[
                (1, &["title", "body"]),
                (2, &["a, \"b\"", "two\r\nlines"]),
                (5, &["'c'", ""]),
                (6, &["ü", "x"]),
                (8, &["", "", ""]),
                (9, &["last"]),
            ],
        );
        check(ImportFormat::Csv, b"a\rb\r", &[(1, &["a"]), (1, &["b"])]);
    }

    #[test]
    fn a_mark_of_byte_order_stands_at_the_beginning_only() {
        let content = "\u{feff}title\n\u{feff}x\n".as_bytes();
        let lines = read(ImportFormat::Csv, content, 64, Place::default());
        assert_eq!(lines.iter().map(|line| line.1[0].as_str()).collect::<Vec<_>>(), ["title", "\u{feff}x"]);
        let rest = read(ImportFormat::Csv, content, 64, lines[0].2);
        assert_eq!(rest[0].1, ["\u{feff}x"]);
    }

    #[test]
    fn of_a_line_that_is_too_long_nothing_is_kept_and_the_next_one_counts() {
        let long = "x".repeat(MOST_BYTES + 1);
        for (format, content) in [
            (ImportFormat::Ndjson, format!("{long}\n{{}}\n")),
            (ImportFormat::Csv, format!("\"{long}\n\",1\n{{}}\n")),
            (ImportFormat::Csv, format!("{}\n{{}}\n", ",".repeat(5_000))),
        ] {
            let lines = read(format, content.as_bytes(), 60_000, Place::default());
            assert_eq!(lines.iter().map(|line| line.1.concat()).collect::<Vec<_>>(), ["too long", "{}"]);
        }
    }
}
