//! Passwords as people choose them.

use std::fmt;

/// A password alone must have this many characters (security.md, after NIST SP 800-63B-4).
const MIN_CHARACTERS: usize = 15;
const MAX_CHARACTERS: usize = 128;

/// A password that may be set. Any characters, no composition rules.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    #[error("must have at least 15 characters")]
    TooShort,
    #[error("must have at most 128 characters")]
    TooLong,
    #[error("must not be the e-mail address or the display name")]
    Personal,
    #[error("is too easy to guess")]
    Common,
}

impl Password {
    /// Takes a new password of somebody with these `names` (address, display name), compared without regard to case.
    pub fn choose(text: &str, names: &[&str]) -> Result<Self, InvalidPassword> {
        let characters = text.chars().count();
        if characters < MIN_CHARACTERS {
            return Err(InvalidPassword::TooShort);
        }
        if characters > MAX_CHARACTERS {
            return Err(InvalidPassword::TooLong);
        }
        let lower = text.to_lowercase();
        if names.iter().any(|name| name.to_lowercase() == lower) {
            return Err(InvalidPassword::Personal);
        }
        if repeats(&lower) {
            return Err(InvalidPassword::Common);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// Whether the text is one short piece over and over (`aaaa…`, `abcabc…`, `passwordpassword`) or a run of neighbours
/// (`0123456789…`): what guessing tries first among long passwords.
fn repeats(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let periodic = (1..=chars.len() / 2).any(|period| chars.iter().zip(&chars[period..]).all(|(a, b)| a == b));
    let run = |step: i64| {
        chars.windows(2).filter(|pair| i64::from(pair[1] as u32) - i64::from(pair[0] as u32) == step).count() + 2
            >= chars.len()
    };
    periodic || run(1) || run(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_long_password_is_taken() {
        for text in ["correct horse battery", "ÄÖÜ äöü ß 王小明 123", "a1b2c3d4e5f6g7h8"] {
            assert_eq!(Password::choose(text, &["ada@example.com"]).unwrap().as_str(), text);
        }
    }

    #[test]
    fn short_long_personal_and_repetitive_passwords_are_refused() {
        assert_eq!(Password::choose("fourteen chars", &[]), Err(InvalidPassword::TooShort));
        assert_eq!(Password::choose(&"ab c".repeat(33), &[]), Err(InvalidPassword::TooLong));
        assert_eq!(Password::choose("Ada@example.COM", &["ada@example.com"]), Err(InvalidPassword::Personal));
        for text in ["aaaaaaaaaaaaaaaa", "passwordpassword", "abcabcabcabcabca", "abcdefghijklmnop", "9876543210987654"]
        {
            assert_eq!(Password::choose(text, &[]), Err(InvalidPassword::Common), "{text}");
        }
    }
}
