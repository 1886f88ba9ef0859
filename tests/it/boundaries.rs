//! Who may depend on whom (docs/architecture.md), read from cargo itself, and shown to catch seeded violations.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The crates of ours that each crate may use; docs/decisions/0002 explains `messaging → event_store`.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("bootstrap", &[]),
    ("event_store", &["domain", "bootstrap"]),
    ("file_store", &["domain", "bootstrap", "event_store"]),
    ("jobs", &["domain", "bootstrap"]),
    ("messaging", &["domain", "bootstrap", "event_store"]),
    ("projections", &["domain", "bootstrap", "event_store", "messaging"]),
    ("workers", &["domain", "bootstrap", "event_store", "file_store", "messaging", "jobs", "projections"]),
    ("api", &["domain", "bootstrap", "event_store", "file_store", "messaging", "jobs", "projections"]),
];
/// May use everything that does not test: the all-in-one binary.
const WHOLE: &str = "tidemark";
/// May use everything.
const TESTING: [&str; 3] = ["tests", "test_support", "bench"];
/// Extensions as users of the workspace write them: may use everything that does not test, and nobody uses them.
const EXTENSIONS: [&str; 1] = ["orders"];
/// Drivers that one crate wraps for all others, beside `bootstrap`, which checks their health.
const WRAPPED: [(&str, &str); 6] = [
    ("lapin", "messaging"),
    ("apalis", "jobs"),
    ("apalis-core", "jobs"),
    ("lettre", "workers"),
    ("object_store", "file_store"),
    ("image", "workers"),
];
/// Packages that do input and output or make randomness; `domain` must not reach them, however indirectly.
const IMPURE: [&str; 14] = [
    "tokio",
    "diesel",
    "diesel-async",
    "tokio-postgres",
    "actix-web",
    "actix-rt",
    "lapin",
    "redis",
    "reqwest",
    "hyper",
    "lettre",
    "rand",
    "getrandom",
    "mio",
];
/// What the standard library offers for the same.
const IMPURE_PATHS: [&str; 8] =
    ["Utc::now", "Local::now", "SystemTime::now", "Instant::now", "std::fs", "std::net", "std::env", "std::process"];

/// One dependency as a manifest declares it.
#[derive(Clone, Debug)]
struct Edge {
    from: String,
    to: String,
    only_for_tests: bool,
}

fn edge(from: &str, to: &str) -> Edge {
    Edge { from: from.to_owned(), to: to.to_owned(), only_for_tests: false }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is above this crate")
}

fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

fn declared_edges() -> Vec<Edge> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata writes JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let of_package = |package: &Value| {
        let from = package["name"].as_str().expect("a name").to_owned();
        let dependencies = package["dependencies"].as_array().expect("dependencies").clone();
        dependencies.into_iter().map(move |dependency| Edge {
            from: from.clone(),
            to: dependency["name"].as_str().expect("a name").to_owned(),
            only_for_tests: dependency["kind"] == "dev",
        })
    };
    packages.iter().flat_map(of_package).collect()
}

/// What no part of the product may use.
fn is_outside(name: &str) -> bool {
    TESTING.contains(&name) || EXTENSIONS.contains(&name)
}

fn violations(edges: &[Edge]) -> Vec<String> {
    let allowed: BTreeMap<_, _> = ALLOWED.into_iter().collect();
    let is_ours = |name: &str| allowed.contains_key(name) || name == WHOLE || is_outside(name);
    let is_refused = |edge: &&Edge| {
        let (from, to) = (edge.from.as_str(), edge.to.as_str());
        if TESTING.contains(&from) || (edge.only_for_tests && to == "test_support") {
            return false;
        }
        if EXTENSIONS.contains(&from) && edge.only_for_tests && TESTING.contains(&to) {
            return false;
        }
        if let Some((_, owner)) = WRAPPED.iter().find(|(driver, _)| *driver == to) {
            return from != *owner && from != "bootstrap" && !edge.only_for_tests;
        }
        match allowed.get(from) {
            _ if !is_ours(to) => false,
            Some(targets) => !targets.contains(&to),
            None => !(from == WHOLE || EXTENSIONS.contains(&from)) || is_outside(to),
        }
    };
    edges.iter().filter(is_refused).map(|edge| format!("{} → {}", edge.from, edge.to)).collect()
}

#[test]
fn crates_depend_only_on_whom_the_architecture_allows() {
    let edges = declared_edges();
    assert!(edges.iter().any(|edge| edge.from == "api" && edge.to == "domain"), "the manifests were read");
    assert_eq!(violations(&edges), Vec::<String>::new());
}

#[test]
fn every_member_of_the_workspace_has_its_rule() {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata writes JSON");
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        let known = ALLOWED.iter().any(|(known, _)| *known == name) || name == WHOLE || is_outside(name);
        assert!(known, "{name} is in no list of this check");
    }
}

#[test]
fn seeded_violations_are_caught() {
    let seeded = [
        ("domain", "bootstrap"),
        ("bootstrap", "domain"),
        ("event_store", "messaging"),
        ("jobs", "event_store"),
        ("projections", "jobs"),
        ("workers", "api"),
        ("api", "workers"),
        ("file_store", "projections"),
        ("api", "lapin"),
        ("api", "object_store"),
        ("workers", "apalis"),
        ("tidemark", "test_support"),
        ("messaging", "test_support"),
        ("tidemark", "orders"),
        ("api", "orders"),
        ("orders", "test_support"),
        ("orders", "apalis"),
    ];
    for (from, to) in seeded {
        let mut edges = declared_edges();
        edges.push(edge(from, to));
        assert_eq!(violations(&edges), [format!("{from} → {to}")]);
    }
}

/// Lines of `cargo tree`: package, version, features.
fn impure_packages(tree: &str) -> Vec<&str> {
    let is_impure = |line: &&str| {
        let name = line.split(' ').next().unwrap_or_default();
        let has_clock = name == "chrono" && line.contains("clock");
        let makes_ids = name == "uuid" && line.contains("rng");
        IMPURE.contains(&name) || has_clock || makes_ids
    };
    tree.lines().filter(is_impure).collect()
}

#[test]
fn the_domain_reaches_no_clock_no_randomness_and_no_io() {
    // The maps of jsonschema are seeded by ahash, at random as those of the standard library: no value depends on that.
    let seeds = "--prune=ahash";
    let format = "--format={p} [{f}]";
    let tree = cargo(&["tree", "--package=domain", "--edges=normal", "--prefix=none", format, seeds, "--offline"]);
    assert!(tree.starts_with("domain "), "{tree}");
    assert_eq!(impure_packages(&tree), Vec::<&str>::new());
}

#[test]
fn seeded_impurities_are_caught() {
    let seeded =
        "domain v0.1.0 []\nchrono v0.4.45 [clock,std]\nuuid v1.29.3 [rng,v7]\ntokio v1.54.1 [full]\nserde v1 []";
    let caught: Vec<_> = impure_packages(seeded).iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(caught, ["chrono", "uuid", "tokio"]);
    assert_eq!(impure_lines("let at = Utc::now();\nlet text = std::fs::read(path);\nlet pure = at + 1;").len(), 2);
}

fn impure_lines(source: &str) -> Vec<&str> {
    source.lines().filter(|line| IMPURE_PATHS.iter().any(|path| line.contains(path))).collect()
}

fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a source directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_domains_sources_ask_no_clock_and_touch_no_system() {
    let mut files = Vec::new();
    rust_files(&root().join("domain/src"), &mut files);
    // Extensions keep to the same, where they decide; their golden files are read by tests.
    rust_files(&root().join("examples/orders/src/domain"), &mut files);
    assert!(files.len() > 40, "the sources were found");
    for file in files {
        let source = fs::read_to_string(&file).expect("a source file");
        assert_eq!(impure_lines(&source), Vec::<&str>::new(), "{}", file.display());
    }
}
