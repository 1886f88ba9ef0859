//! Writes `api/src/auth/common_passwords.bin` from a list of passwords, one a line, most common first or not.
#![expect(clippy::print_stdout, reason = "a tool says what it did")]

use std::{collections::BTreeSet, env, fs, io};

use anyhow::Context;
use api::auth::common_passwords::{fingerprint_of_line, for_each_line};

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/auth/common_passwords.bin");
/// Shorter ones need a second factor, and the estimate knows 11,000 of them.
const FEWEST_CHARACTERS: usize = 15;

fn main() -> anyhow::Result<()> {
    let path = env::args().nth(1).context("usage: bundle_common_passwords <list>")?;
    let mut fingerprints = BTreeSet::new();
    for_each_line(&mut io::BufReader::new(fs::File::open(path)?), |line| {
        fingerprints.extend(fingerprint_of_line(line, FEWEST_CHARACTERS));
        Ok::<_, io::Error>(())
    })?;
    let bytes: Vec<u8> = fingerprints.iter().flat_map(|bits| bits.to_be_bytes()).collect();
    fs::write(BUNDLE, &bytes)?;
    println!("{} passwords, {} bytes", fingerprints.len(), bytes.len());
    Ok(())
}
