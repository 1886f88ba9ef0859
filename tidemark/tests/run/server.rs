//! `tidemark run` as a real process, in a directory of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

/// A directory of an installation's own, removed with this value.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("tidemark-run-{}", Uuid::now_v7()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidemark"));
        command.args(arguments).current_dir(&self.0);
        for name in ["AMQP_URL", "REDIS_URL", "DATABASE_URL", "RUST_LOG"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let log = || fs::read_to_string(self.0.join("log")).unwrap_or_default();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}\n{}", log());
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// `tidemark run`; told to stop, and awaited, with this value.
pub(crate) struct Server {
    child: Child,
    /// What it told the developer when it was ready.
    pub(crate) greeting: String,
}

impl Server {
    /// Without somebody who reads what it says.
    pub(crate) fn start_unread(directory: &Directory) -> Self {
        let mut child = Self::spawn(directory, &[]);
        drop(child.stdout.take());
        Self { child, greeting: String::new() }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub(crate) fn start(directory: &Directory, variables: &[(&str, &str)]) -> Self {
        let mut child = Self::spawn(directory, variables);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut greeting = String::new();
        // The last line is how to register somebody.
        while !greeting.contains("correct horse battery staple") {
            let line = lines.next().unwrap_or_else(|| panic!("{}", read(&directory.0.join("log")))).unwrap();
            greeting.push_str(&line);
            greeting.push('\n');
        }
        Self { child, greeting }
    }

    pub(crate) fn stop(&mut self) {
        self.end(Signal::TERM);
    }

    /// Ends it as the machine's end would.
    pub(crate) fn kill(&mut self) {
        self.end(Signal::KILL);
    }

    fn spawn(directory: &Directory, variables: &[(&str, &str)]) -> Child {
        let mut command = directory.command(&["run"]);
        command.env("TIDEMARK_GREETING", "1").env("TIDEMARK_HTTP__BIND", "127.0.0.1:0");
        command.env("TIDEMARK_ADMIN__BIND", "127.0.0.1:0").envs(variables.iter().copied());
        let log = fs::File::create(directory.0.join("log")).unwrap();
        command.stdout(Stdio::piped()).stderr(log).spawn().unwrap()
    }

    fn end(&mut self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        if self.child.try_wait().unwrap().is_none() {
            kill_process(pid, signal).unwrap();
            self.child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
