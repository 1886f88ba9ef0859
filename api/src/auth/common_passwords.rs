//! Passwords that many people have chosen before. Whoever guesses goes through such lists first.
//!
//! A list is kept as the first 64 bits of the SHA-256 of each entry, in lower case: nobody reads entries in it by
//! accident, and of 10,000,000 entries a password that is none of them is taken for one with a probability below 10⁻¹².

use std::{
    fs::File,
    io::{self, BufRead},
    path::Path,
    sync::Arc,
};

use sha2::{Digest, Sha256};

/// Entries of 15 characters and more among the 1,000,000 most common passwords of Mark Burnett's ten million, which he
/// has put in the public domain (2015), in the order published by SecLists (MIT). Sorted, 8 bytes each, big-endian; made
/// by `cargo run -p api --example bundle_common_passwords <list>`.
static BUNDLED: &[u8] = include_bytes!("common_passwords.bin");
const WIDTH: usize = size_of::<u64>();
/// Of the operator's file, which costs 8 bytes of memory for each.
const MOST: usize = 10_000_000;
/// A line of a list; longer ones are no passwords that may be chosen.
const LONGEST_LINE: usize = 1024;
/// No password that may be chosen is shorter, with a second factor or without.
const FEWEST_CHARACTERS: usize = 8;

/// Why the operator's list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPasswordList {
    #[error("accounts.password_list cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("accounts.password_list has more than {MOST} passwords of {FEWEST_CHARACTERS} characters and more")]
    TooLong,
}

/// The bundled list and the operator's. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct CommonPasswords {
    /// The operator's, sorted.
    listed: Arc<[u64]>,
}

impl CommonPasswords {
    /// Reads the operator's list: one password a line, in UTF-8; lines that cannot be chosen are passed over.
    pub fn read(path: &Path) -> Result<Self, InvalidPasswordList> {
        let mut listed = vec![];
        for_each_line(&mut io::BufReader::new(File::open(path)?), |line| {
            let Some(fingerprint) = fingerprint_of_line(line, FEWEST_CHARACTERS) else { return Ok(()) };
            if listed.len() == MOST {
                return Err(InvalidPasswordList::TooLong);
            }
            listed.push(fingerprint);
            Ok(())
        })?;
        listed.sort_unstable();
        listed.dedup();
        Ok(Self { listed: listed.into() })
    }

    /// Within how many guesses somebody finds this password who goes through the list that it is in; `None` when it is
    /// in neither.
    pub fn guesses(&self, password: &str) -> Option<u64> {
        let wanted = fingerprint(password);
        if is_bundled(wanted) {
            return Some((BUNDLED.len() / WIDTH) as u64);
        }
        self.listed.binary_search(&wanted).is_ok().then_some(self.listed.len() as u64)
    }

    /// How many passwords the operator's list has.
    pub fn listed(&self) -> usize {
        self.listed.len()
    }
}

/// What is kept of a line of a list; `None` for one of fewer characters than that.
pub fn fingerprint_of_line(line: &[u8], fewest_characters: usize) -> Option<u64> {
    let password = std::str::from_utf8(line).ok()?.trim_end_matches(['\r', '\n']);
    (password.chars().count() >= fewest_characters).then(|| fingerprint(password))
}

/// Hands on every line of at most 1,024 bytes.
pub fn for_each_line<E: From<io::Error>>(
    lines: &mut impl BufRead,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut line = vec![];
    loop {
        line.clear();
        if io::Read::take(&mut *lines, LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.len() <= LONGEST_LINE {
            take(&line)?;
        } else if !line.ends_with(b"\n") {
            lines.skip_until(b'\n')?;
        }
    }
}

fn fingerprint(password: &str) -> u64 {
    let digest = Sha256::digest(password.to_lowercase());
    digest.iter().take(WIDTH).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

fn is_bundled(wanted: u64) -> bool {
    let (entries, _) = BUNDLED.as_chunks::<WIDTH>();
    entries.binary_search_by_key(&wanted, |entry| u64::from_be_bytes(*entry)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use uuid::Uuid;

    use super::*;

    fn file(content: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tidemark-passwords-{}", Uuid::now_v7()));
        fs::write(&path, content).unwrap();
        path
    }

    #[test]
    fn the_bundled_list_has_more_than_the_three_thousand_most_common_long_passwords() {
        let (entries, rest) = BUNDLED.as_chunks::<WIDTH>();
        let entries: Vec<u64> = entries.iter().map(|entry| u64::from_be_bytes(*entry)).collect();
        assert!(entries.len() >= 3_000 && rest.is_empty(), "{}", entries.len());
        assert!(entries.is_sorted_by(|one, next| one < next), "or it cannot be searched");
        // A sample from the beginning, the middle and the end of the list.
        for listed in [
            "1qaz2wsx3edc4rfv",
            "passwordstandard",
            "zaq12wsxcde34rfv",
            "lhbjkjubz2957704",
            "zcfvsqutybfkmysq",
            "qwertyuiop12345",
            "vjhtrhsvdctcegth",
            "VJHTRHSVDCTCEGTH",
        ] {
            assert_eq!(CommonPasswords::default().guesses(listed), Some(entries.len() as u64), "{listed}");
        }
        for other in ["correct horse battery", "abacus linen twelve moon", ""] {
            assert_eq!(CommonPasswords::default().guesses(other), None, "{other}");
        }
    }

    #[test]
    fn the_operators_list_counts_beside_it_whatever_its_lines_are_like() {
        let long = "x".repeat(LONGEST_LINE * 3);
        let path = file(&format!("Our Company Rocks 7\r\nshort\n{long}\nour company rocks 7\nzwölf Äpfel im Korb"));
        let list = CommonPasswords::read(&path).unwrap();
        assert_eq!(list.listed(), 2);
        for listed in ["our company rocks 7", "OUR COMPANY ROCKS 7", "ZWÖLF äpfel im Korb"] {
            assert_eq!(list.guesses(listed), Some(2), "{listed}");
        }
        assert!(list.guesses("passwordstandard").is_some());
        assert_eq!(list.guesses("our company rocks 8"), None);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_line_that_is_no_text_is_passed_over() {
        let path = file("");
        fs::write(&path, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\ncompany secret\n").unwrap();
        assert_eq!(CommonPasswords::read(&path).unwrap().listed(), 1);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_list_that_is_not_there_is_an_error_with_the_name_of_the_setting() {
        let error = CommonPasswords::read(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(error.starts_with("accounts.password_list cannot be read"), "{error}");
    }
}
