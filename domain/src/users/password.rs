//! Passwords as people choose them.

use std::fmt;

/// A password alone must have this many characters (security.md, after NIST SP 800-63B-4).
const MIN_CHARACTERS: usize = 15;
/// Enough where signing in needs a second factor too.
const MIN_CHARACTERS_OF_TWO_FACTORS: usize = 8;
const MAX_CHARACTERS: usize = 128;
/// What takes fewer guesses is too easy to guess: `thisismypassword` takes 10⁸.
const MIN_GUESSES: u64 = 10_000_000_000;
/// With a second factor to be guessed too; eight random characters pass.
const MIN_GUESSES_OF_TWO_FACTORS: u64 = 100_000_000;

/// A password that may be set. Any characters, no composition rules.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    #[error("must have at least {at_least} characters")]
    TooShort { at_least: usize },
    #[error("must have at most 128 characters")]
    TooLong,
    #[error("must not be the e-mail address or the display name")]
    Personal,
    #[error("is too easy to guess")]
    Common,
}

impl Password {
    /// Takes a new password of somebody with these `names` (address, display name), compared without regard to case.
    ///
    /// `guesses` estimates how many guesses find a text of somebody with those names. It is asked last, for texts of an
    /// allowed length only, and made at the edge: dictionaries and dates, with today's for comparison, are no part of
    /// decisions.
    pub fn choose(
        text: &str,
        names: &[&str],
        second_factor: bool,
        guesses: impl FnOnce(&str, &[&str]) -> u64,
    ) -> Result<Self, InvalidPassword> {
        let characters = text.chars().count();
        let (at_least, min_guesses) = match second_factor {
            true => (MIN_CHARACTERS_OF_TWO_FACTORS, MIN_GUESSES_OF_TWO_FACTORS),
            false => (MIN_CHARACTERS, MIN_GUESSES),
        };
        if characters < at_least {
            return Err(InvalidPassword::TooShort { at_least });
        }
        if characters > MAX_CHARACTERS {
            return Err(InvalidPassword::TooLong);
        }
        let lower = text.to_lowercase();
        if names.iter().any(|name| name.to_lowercase() == lower) {
            return Err(InvalidPassword::Personal);
        }
        if guesses(text, names) < min_guesses {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str, names: &[&str], second_factor: bool) -> Result<Password, InvalidPassword> {
        Password::choose(text, names, second_factor, |_, _| MIN_GUESSES)
    }

    #[test]
    fn any_long_password_is_taken() {
        for text in ["correct horse battery", "ÄÖÜ äöü ß 王小明 123", "a1b2c3d4e5f6g7h8", &"é".repeat(128)] {
            assert_eq!(choose(text, &["ada@example.com"], false).unwrap().as_str(), text);
        }
    }

    #[test]
    fn short_long_and_personal_passwords_are_refused() {
        assert_eq!(choose("fourteen chars", &[], false), Err(InvalidPassword::TooShort { at_least: 15 }));
        assert_eq!(choose(&"é".repeat(129), &[], false), Err(InvalidPassword::TooLong));
        assert_eq!(choose("Ada@example.COM", &["ada@example.com"], false), Err(InvalidPassword::Personal));
    }

    #[test]
    fn a_second_factor_makes_shorter_passwords_enough() {
        assert!(choose("fourteen chars", &[], true).is_ok() && choose("eight ch", &[], true).is_ok());
        assert_eq!(choose("seven c", &[], true), Err(InvalidPassword::TooShort { at_least: 8 }));
    }

    #[test]
    fn what_is_guessed_soon_is_refused_and_sooner_without_a_second_factor() {
        let taken = |second_factor, count| {
            let guesses = |text: &str, names: &[&str]| {
                assert_eq!((text, names), ("correct horse battery", &["ada"][..]));
                count
            };
            Password::choose("correct horse battery", &["ada"], second_factor, guesses)
        };
        assert_eq!(taken(false, MIN_GUESSES - 1), Err(InvalidPassword::Common));
        assert_eq!(taken(true, MIN_GUESSES_OF_TWO_FACTORS - 1), Err(InvalidPassword::Common));
        assert!(taken(false, MIN_GUESSES).is_ok() && taken(true, MIN_GUESSES_OF_TWO_FACTORS).is_ok());
    }

    #[test]
    fn nothing_is_estimated_of_what_is_too_long() {
        let estimate = |_: &str, _: &[&str]| panic!("estimated");
        assert_eq!(Password::choose(&"é".repeat(129), &[], false, estimate), Err(InvalidPassword::TooLong));
    }

    #[test]
    fn a_password_is_not_shown_by_accident() {
        assert_eq!(format!("{:?}", choose("correct horse battery", &[], false).unwrap()), "Password(…)");
    }
}
