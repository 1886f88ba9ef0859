//! Choosing a password: what is easily guessed is refused, by lists of common passwords, words, names and patterns.

use std::sync::Arc;

use domain::users::{Password, password::InvalidPassword};
use zxcvbn::zxcvbn;

use super::{Passwords, proof::Opened};
use crate::{
    error::{ApiError, ApiResult},
    state::AppState,
    users::register::password_error,
};

/// Characters that are looked at. The estimate's time grows fast with texts made to be slow: 70 ms for these, and more
/// than a second for 100. What begins like the easily guessed is refused, whatever follows.
const MAX_ESTIMATED: usize = 32;
/// Names and words that are looked for in a password; an address has more parts than that only to make trouble.
const MAX_NAMES: usize = 24;
/// Shorter parts of names are in most passwords by chance.
const SHORTEST_NAME: usize = 3;

impl Passwords {
    /// Takes a new password of somebody with these `names` (address, display name); see [`Password::choose`]. Estimated
    /// where passwords are hashed, since it may take as long: within the same bounds, and beside those who serve.
    pub async fn choose(
        &self,
        text: &str,
        names: &[&str],
        second_factor: bool,
    ) -> ApiResult<Result<Password, InvalidPassword>> {
        // Whatever needs no estimate is refused before anybody waits.
        if let Err(refused) = Password::choose(text, names, second_factor, |_, _| u64::MAX) {
            return Ok(Err(refused));
        }
        let (text, names) = (text.to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let (words, common) = (Arc::clone(&self.words), self.common.clone());
        self.run(move || {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Password::choose(&text, &names, second_factor, |text, names| {
                let words = words.iter().map(String::as_str);
                let estimate = || guesses(text, &names.iter().copied().chain(words).collect::<Vec<_>>());
                common.guesses(text).unwrap_or_else(estimate)
            })
        })
        .await
    }
}

/// The same for somebody who has an account; a refusal points at this member of the body.
pub(super) async fn chosen(
    state: &AppState,
    opened: &Opened,
    text: &str,
    second_factor: bool,
    pointer: &'static str,
) -> ApiResult<Password> {
    let names = opened.names()?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let chosen = state.passwords.choose(text, &names, second_factor).await?;
    chosen.map_err(|refused| ApiError::Invalid(vec![password_error(pointer, refused)]))
}

/// How many guesses find the password of somebody with these names.
fn guesses(password: &str, names: &[&str]) -> u64 {
    let begin = password.char_indices().nth(MAX_ESTIMATED).map_or(password, |(end, _)| &password[..end]);
    let parts = names.iter().flat_map(|name| name.split(|char: char| !char.is_alphanumeric()));
    let parts = parts.filter(|part| part.chars().count() >= SHORTEST_NAME);
    let names: Vec<&str> = names.iter().copied().chain(parts).take(MAX_NAMES).collect();
    zxcvbn(begin, &names).guesses()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn choose(text: &str, second_factor: bool) -> Result<Password, InvalidPassword> {
        Password::choose(text, &["ada.lovelace@example.com", "Ada King"], second_factor, guesses)
    }

    #[test]
    fn any_long_password_that_is_not_easily_guessed_is_taken() {
        for text in ["correct horse battery", "ÄÖÜ äöü ß 王小明 123", "a1b2c3d4e5f6g7h8", "abacus linen twelve moon"]
        {
            assert_eq!(choose(text, false).unwrap().as_str(), text);
        }
    }

    #[test]
    fn repetitions_runs_and_rows_of_keys_are_refused() {
        for text in [
            "aaaaaaaaaaaaaaaa",
            "passwordpassword",
            "abcabcabcabcabca",
            "abcdefghijklmnop",
            "9876543210987654",
            "qwertyuiopasdfgh",
            "P@ssw0rdP@ssw0rd",
            "1234567890123456",
        ] {
            assert_eq!(choose(text, false), Err(InvalidPassword::Common), "{text}");
        }
    }

    #[test]
    fn common_passwords_are_refused_long_and_short() {
        for text in ["thisismypassword", "iloveyouforever!", "password12345678", "Summer2026Summer2026"] {
            assert_eq!(choose(text, false), Err(InvalidPassword::Common), "{text}");
        }
        for text in ["password", "iloveyou", "football1", "Passw0rd!", "qwerty123", "letmein123", "12345678"] {
            assert_eq!(choose(text, true), Err(InvalidPassword::Common), "{text}");
        }
        assert!(choose("tr4m-Gbo9", true).is_ok());
    }

    #[test]
    fn ones_own_names_are_refused() {
        for text in ["lovelaceexample", "lovelacelovelace", "ecalevolecalevol", "L0vel@ceExample"] {
            assert_eq!(choose(text, false), Err(InvalidPassword::Common), "{text}");
        }
    }

    #[tokio::test]
    async fn the_installations_own_words_are_refused() {
        let limits = bootstrap::Config::development("postgres://localhost/none").unwrap().limits;
        let secret = bootstrap::config::SecretKey::new([1; 32]);
        let words = ["tidemark", "Acme Portal <no-reply@acme.example>", "portal.acme.example"].map(str::to_owned);
        let passwords = Passwords::new(&secret, 4, &limits).knowing(words);
        for text in ["tidemarktidemark", "acmeportal123456", "portal.acme.example", "T1demark-T1demark"] {
            let chosen = passwords.choose(text, &["ada@example.com"], false).await.unwrap();
            assert_eq!(chosen, Err(InvalidPassword::Common), "{text}");
        }
        assert!(passwords.choose("correct horse battery", &["ada@example.com"], false).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn what_others_have_chosen_is_refused_though_no_estimate_finds_it() {
        let limits = bootstrap::Config::development("postgres://localhost/none").unwrap().limits;
        let passwords = Passwords::new(&bootstrap::config::SecretKey::new([1; 32]), 4, &limits);
        for text in ["vjhtrhsvdctcegth", "Zcfvsqutybfkmysq"] {
            assert!(choose(text, false).is_ok(), "{text} is not found by the estimate");
            let chosen = passwords.choose(text, &["ada@example.com"], false).await.unwrap();
            assert_eq!(chosen, Err(InvalidPassword::Common), "{text}");
        }
    }

    /// Unoptimised, on a machine that has other things to do.
    #[test]
    fn texts_that_are_made_to_be_slow_are_not() {
        let slowest = "4@8({[<369|1!0$5+7%2";
        let started = Instant::now();
        for text in
            [slowest.repeat(6), "7i<i657g[o<|cox!x!<2@|$<b{gl|%11a<0{<%0[o<a$%3e".repeat(2), "a4@4@a".repeat(21)]
        {
            let _estimated = guesses(&text, &["ada@example.com"]);
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }

    /// The estimate counts in 64 bits and not always with care.
    #[test]
    fn no_text_is_too_much() {
        for text in [
            "qazwsxedcrfvtgbyhnujmikolp".repeat(4),
            "QaZwSxEdC".repeat(14),
            "a b c d ".repeat(16),
            "\u{10ffff}".repeat(128),
        ] {
            let _estimated = guesses(&text, &["", "a", "ada@example.com"]);
        }
    }
}
