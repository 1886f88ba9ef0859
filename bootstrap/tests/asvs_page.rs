//! The tables at the head of docs/security/asvs.md, and the sums of its chapters, say what its rows say.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const STATUSES: [&str; 4] = ["met", "planned", "deployment", "n/a"];

/// A requirement, as its row has it.
struct Row<'a> {
    id: &'a str,
    level: usize,
    status: &'a str,
    how: &'a str,
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/security/asvs.md");
    fs::read_to_string(path).expect("the page is in the repository")
}

fn cells(line: &str) -> Vec<&str> {
    line.strip_prefix('|')
        .and_then(|line| line.strip_suffix('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .unwrap_or_default()
}

fn rows(page: &str) -> Vec<Row<'_>> {
    let is_id = |cell: &str| cell.split('.').count() == 3 && cell.split('.').all(|part| part.parse::<u8>().is_ok());
    let row = |line| match cells(line).as_slice() {
        [id, level, _, status, how @ ..] if is_id(id) => {
            assert!(STATUSES.contains(status), "{id}: {status}");
            Some(Row { id, level: level.parse().unwrap(), status, how: how.first().unwrap() })
        }
        _ => None,
    };
    page.lines().filter_map(row).collect()
}

/// The cells of the rows of a table.
fn table<'a>(page: &'a str, header: &str) -> Vec<Vec<&'a str>> {
    let lines = page.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    lines.take_while(|line| line.starts_with('|')).map(cells).collect()
}

#[test]
fn the_table_of_statuses_counts_the_rows() {
    let page = page();
    let rows = rows(&page);
    assert!(rows.len() > 200, "the rows were found");
    let counted = |status: Option<&str>| {
        let rows = || rows.iter().filter(move |row| status.is_none_or(|status| row.status == status));
        let levels = (1..=3).map(|level| rows().filter(|row| row.level == level).count());
        std::iter::once(rows().count()).chain(levels).map(|count| count.to_string()).collect::<Vec<_>>()
    };
    let expected: Vec<_> =
        STATUSES.into_iter().map(Some).chain([None]).map(|status| (status, counted(status))).collect();
    let said: Vec<_> = table(&page, "| status | rows |")
        .into_iter()
        .map(|cells| {
            (
                Some(cells[0]).filter(|status| !status.is_empty()),
                cells[1..5].iter().map(|cell| (*cell).to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn each_chapter_begins_with_the_sums_of_its_rows() {
    let page = page();
    let chapters: Vec<_> = page.split("\n## ").skip(1).collect();
    assert!(chapters.len() > 10, "the chapters were found");
    for chapter in chapters {
        let rows = rows(chapter);
        let sum = |status: &&str| match rows.iter().filter(|row| row.status == *status).count() {
            0 => None,
            count => Some(format!("{count} {status}")),
        };
        let expected = format!("{}.", STATUSES.iter().filter_map(sum).collect::<Vec<_>>().join(", "));
        let mut lines = chapter.lines();
        assert_eq!((lines.next(), lines.nth(1)), (chapter.lines().next(), Some(expected.as_str())));
    }
}

#[test]
fn the_table_of_planned_parts_names_the_rows_of_each() {
    let page = page();
    let mut planned = BTreeMap::<_, Vec<_>>::new();
    for row in rows(&page).iter().filter(|row| row.status == "planned") {
        let part = row.how.strip_prefix("**").and_then(|how| how.split_once("**:"));
        planned.entry(part.unwrap_or_else(|| panic!("{} names its part", row.id)).0).or_default().push(row.id);
    }
    let said = table(&page, "| planned part |");
    let parts: BTreeSet<_> = said.iter().map(|cells| cells[0]).collect();
    assert_eq!(parts.len(), said.len(), "each part once");
    let said: BTreeMap<_, Vec<_>> = said.into_iter().map(|cells| (cells[0], cells[2].split(", ").collect())).collect();
    assert_eq!(said, planned);
}
