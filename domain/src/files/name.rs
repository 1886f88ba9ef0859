//! The name of a file, as its owner sees it. It never names anything in a file system of ours.

use std::fmt;

const MAX_BYTES: usize = 255;

/// 1 to 255 bytes, without directories, control characters, and characters that make text run the other way: with those
/// `gpj.exe` can be made to look like `exe.jpg`.
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFileName {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most 255 bytes")]
    TooLong,
    #[error("must not contain control characters, nor characters that change the direction of text")]
    ForbiddenCharacter,
}

impl FileName {
    /// Of a path, as some clients send it, the last part is taken.
    pub fn parse(text: &str) -> Result<Self, InvalidFileName> {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        if name.is_empty() || name.bytes().all(|byte| byte == b'.') {
            return Err(InvalidFileName::Empty);
        }
        if name.len() > MAX_BYTES {
            return Err(InvalidFileName::TooLong);
        }
        if name.chars().any(|char| char.is_control() || is_directional(char)) {
            return Err(InvalidFileName::ForbiddenCharacter);
        }
        Ok(Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_directional(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Names may be personal data: they are not shown by accident.
impl fmt::Debug for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FileName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_scripts_are_taken_and_directories_left_out() {
        for (text, name) in [
            ("report.pdf", "report.pdf"),
            (" Größe 王.png ", "Größe 王.png"),
            ("C:\\fakepath\\a.txt", "a.txt"),
            ("../../etc/passwd", "passwd"),
            (".profile", ".profile"),
        ] {
            assert_eq!(FileName::parse(text).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "  ", "/", "a/", "..", "."] {
            assert_eq!(FileName::parse(text), Err(InvalidFileName::Empty), "{text}");
        }
        assert_eq!(FileName::parse(&"é".repeat(128)), Err(InvalidFileName::TooLong));
        for text in ["a\0b", "a\nb", "ab\u{202e}gpj.exe"] {
            assert_eq!(FileName::parse(text), Err(InvalidFileName::ForbiddenCharacter));
        }
    }
}
