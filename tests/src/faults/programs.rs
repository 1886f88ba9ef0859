//! The programs under test: the workspace's own, built when they are out of date, and kept as they are for the run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::process::Role;

/// The directory of one run: its programs, and the log of every process.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Builds the programs, which takes a moment when they are up to date: `cargo test --workspace` and `./dev test`
    /// have built them already. Cargo itself lets one build run at a time.
    pub(super) fn build(run: &str) -> Self {
        let built = build();
        let first = built.first().expect("cargo has built programs");
        let profile = first.parent().expect("a program is in a directory");
        let directory = profile.join("fault-runs").join(run);
        fs::create_dir_all(&directory).expect("the target directory is writable");
        for role in Role::ALL {
            let program = built.iter().find(|path| path.ends_with(role.program()));
            keep(program.unwrap_or_else(|| panic!("{} was built", role.program())), &directory.join(role.program()));
        }
        Self { directory }
    }

    pub(super) fn path(&self, role: Role) -> PathBuf {
        self.directory.join(role.program())
    }

    /// Where the processes run and log.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Removes programs and logs.
    pub(super) fn discard(self) {
        drop(fs::remove_dir_all(self.directory));
    }
}

/// Another build replaces the file, so that a second name keeps the program as it is now.
fn keep(program: &Path, kept: &Path) {
    if fs::hard_link(program, kept).is_err() {
        fs::copy(program, kept).expect("a program can be copied");
    }
}

/// The same selection as `./dev test` uses, so that features, and with them the files, are the same.
fn build() -> Vec<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--workspace", "--bins", "--message-format=json-render-diagnostics"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).stderr(Stdio::inherit());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "the programs cannot be built");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).collect()
}
