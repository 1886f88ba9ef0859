//! Files over HTTP: uploaded, found, downloaded and deleted by those whose they are.

mod downloading;
mod resuming;
mod signing;
mod uploading;

use std::path::Path;

use bootstrap::config::FilesPlace;
use serde_json::Value;

use crate::{
    app::{Person, TestApp},
    client::{Answer, Request},
};

/// A picture of one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

fn upload(app: &TestApp, person: &Person, query: &str, content_type: &str, content: &[u8]) -> Request {
    app.request("POST", &format!("/v1/files{query}")).token(&person.token).body(content_type, content)
}

async fn uploaded(app: &TestApp, person: &Person, query: &str, content_type: &str, content: &[u8]) -> Value {
    upload(app, person, query, content_type, content).send().await.ok(201).json()
}

fn get(app: &TestApp, person: &Person, view: &Value, rest: &str) -> Request {
    app.get(&format!("{}{rest}", path(view))).token(&person.token)
}

fn path(view: &Value) -> String {
    format!("/v1/files/{}", view["id"].as_str().unwrap())
}

async fn download(app: &TestApp, person: &Person, view: &Value) -> Answer {
    get(app, person, view, "/content").send().await
}

fn files_place(app: &TestApp) -> &Path {
    match &app.context.config.files.place {
        FilesPlace::Directory(directory) => directory,
        FilesPlace::S3(_) => panic!("tests keep files in a directory"),
    }
}

/// How many files there are in the object store, of whatever kind.
fn stored(app: &TestApp) -> usize {
    fn count(directory: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(files_place(app))
}

/// Bytes that do not repeat soon.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}
