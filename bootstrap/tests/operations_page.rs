//! docs/operations.md names every setting and every metric that the code has, and none that it has not.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use bootstrap::{Config, security_log::Kind};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/operations.md")).expect("the page is in the repository")
}

/// The words in backquotes at the start of each row of a table, cell by cell.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    page.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

/// Key and variable of each documented setting.
fn documented_settings() -> Vec<(String, String)> {
    let is_variable =
        |cell: &str| ["TIDEMARK_", "TLS_"].iter().any(|start| cell.starts_with(start)) || cell.ends_with("_URL");
    let settings = rows(&page()).into_iter().filter(|row| row.len() == 4 && is_variable(&row[1]));
    settings.map(|row| (row[0].clone(), row[1].clone())).collect()
}

#[test]
fn every_documented_setting_exists_under_the_documented_variable() {
    let settings = documented_settings();
    assert!(settings.len() > 25, "the table was found");
    for (key, variable) in settings {
        // No setting takes this; a name that is not a setting would be refused for that, or be ignored.
        let loaded = Config::from_sources(&toml::Table::new(), [(variable.clone(), "\u{1}".to_owned())]);
        let free_text = ["mail.from", "mail.directory", "erasure.ledger"].contains(&key.as_str());
        match loaded {
            Ok(_) => assert!(free_text, "{variable} is ignored"),
            Err(error) => {
                let error = error.to_string();
                assert!(
                    error.contains(&format!("{key} ({variable})")) && !error.contains("is not a setting"),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn every_setting_of_the_code_is_documented() {
    let documented: BTreeSet<_> = documented_settings().into_iter().map(|(key, _)| key).collect();
    let mut files = Vec::new();
    rust_sources(&root().join("bootstrap/src/config"), &mut files);
    files.retain(|file| !file.ends_with("tests.rs"));
    let sources: Vec<_> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    // Keys are the only string literals there that are lower-case words with a dot between.
    let is_key = |text: &&str| {
        let words: Vec<_> = text.split('.').collect();
        let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        words.len() == 2 && words.iter().all(is_word) && *text != "tidemark.toml"
    };
    let literals = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let keys: BTreeSet<_> = literals.filter(is_key).map(str::to_owned).collect();
    assert!(keys.len() > 20, "the keys were found: {keys:?}");
    assert_eq!(keys.difference(&documented).collect::<Vec<_>>(), Vec::<&String>::new());
}

fn rust_sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// `pub const NAME: &str = "tidemark_…";` in the sources of any crate.
fn recorded_metrics() -> BTreeSet<String> {
    let mut files = Vec::new();
    for member in fs::read_dir(root()).unwrap() {
        let sources = member.unwrap().path().join("src");
        if sources.is_dir() && sources.parent().unwrap().join("Cargo.toml").exists() {
            rust_sources(&sources, &mut files);
        }
    }
    let name = |line: &str| {
        let constant = line.trim().strip_prefix("pub const ").or(line.trim().strip_prefix("pub(crate) const "))?;
        let value = constant.split_once(": &str = \"")?.1.strip_suffix("\";")?;
        // Shorter names are channels and prefixes: a metric has an area, a name and a unit.
        (value.starts_with("tidemark_") && value.split('_').count() > 2).then(|| value.to_owned())
    };
    files
        .iter()
        .flat_map(|file| fs::read_to_string(file).unwrap().lines().filter_map(name).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_metric_is_documented_and_every_documented_metric_exists() {
    let documented: BTreeSet<_> =
        rows(&page()).into_iter().map(|row| row[0].clone()).filter(|name| name.starts_with("tidemark_")).collect();
    let recorded = recorded_metrics();
    assert!(recorded.contains(bootstrap::metrics::BUILD_INFO), "the constants were found: {recorded:?}");
    assert_eq!(recorded.difference(&documented).collect::<Vec<_>>(), Vec::<&String>::new(), "not documented");
    assert_eq!(documented.difference(&recorded).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the code");
}

#[test]
fn every_kind_of_entry_of_the_security_log_is_in_the_inventory() {
    let page = page();
    let (_, inventory) = page.split_once("### The security log").expect("the section is there");
    let inventory = inventory.split("\n##").next().unwrap();
    let documented: BTreeSet<_> = rows(inventory).into_iter().map(|row| row[0].clone()).collect();
    let written: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    assert_eq!(documented, written);
}
