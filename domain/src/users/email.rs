//! E-mail addresses as people type them.

use std::fmt;

/// Longest forward path without its brackets (RFC 5321, 4.5.3.1.3).
const MAX_LENGTH: usize = 254;
/// Longest local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_LENGTH: usize = 64;
/// Longest label of a host name (RFC 1035, 2.3.4).
const MAX_LABEL_LENGTH: usize = 63;
/// What an unquoted local part may hold beside letters, digits and single dots (RFC 5322, 3.2.3).
const ATOM_SPECIALS: &str = "!#$%&'*+-/=?^_`{|}~";

/// An address that mail can be sent to: an unquoted ASCII local part at a host name with at least two labels.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most 254 characters, 64 of them before the @")]
    TooLong,
    #[error("must be an address such as name@example.com")]
    Malformed,
}

impl Email {
    /// Takes an address as typed; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidEmail::Empty);
        }
        let (local, host) = text.rsplit_once('@').ok_or(InvalidEmail::Malformed)?;
        if text.len() > MAX_LENGTH || local.len() > MAX_LOCAL_LENGTH {
            return Err(InvalidEmail::TooLong);
        }
        if !is_dot_atom(local) || !is_host_name(host) {
            return Err(InvalidEmail::Malformed);
        }
        Ok(Self { address: format!("{local}@{}", host.to_ascii_lowercase()) })
    }

    /// The address as mail is sent to it: the local part as typed, the host in lower case.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The form in which two addresses are compared: mailboxes that differ in case only belong to one person.
    pub fn canonical(&self) -> String {
        self.address.to_ascii_lowercase()
    }
}

/// Addresses are personal data: they are not shown by accident.
impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(…)")
    }
}

fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| {
        !atom.is_empty() && atom.chars().all(|char| char.is_ascii_alphanumeric() || ATOM_SPECIALS.contains(char))
    })
}

fn is_host_name(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            (1..=MAX_LABEL_LENGTH).contains(&label.len())
                && label.chars().all(|char| char.is_ascii_alphanumeric() || char == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_typed_but_for_space_and_the_case_of_the_host() {
        assert_eq!(Email::parse("  Ada.L+x@Example.COM ").unwrap().as_str(), "Ada.L+x@example.com");
        assert_eq!(Email::parse("Ada@example.com").unwrap().canonical(), "ada@example.com");
    }

    #[test]
    fn what_no_mail_reaches_is_refused() {
        for text in ["ada", "ada@", "@example.com", "a b@example.com", "a@b@example.com", "ada@localhost"] {
            assert_eq!(Email::parse(text), Err(InvalidEmail::Malformed), "{text}");
        }
        for text in ["ada@-a.com", "ada@a-.com", "ada@a..com", ".ada@a.com", "a\0@a.com", "a\r\nBcc:b@a.com"] {
            assert_eq!(Email::parse(text), Err(InvalidEmail::Malformed), "{text}");
        }
        assert_eq!(Email::parse(" "), Err(InvalidEmail::Empty));
        assert_eq!(Email::parse(&format!("{}@a.com", "a".repeat(65))), Err(InvalidEmail::TooLong));
        assert_eq!(Email::parse(&format!("a@{}.com", "a".repeat(260))), Err(InvalidEmail::TooLong));
    }

    #[test]
    fn an_address_is_not_shown_by_accident() {
        assert_eq!(format!("{:?}", Email::parse("ada@example.com").unwrap()), "Email(…)");
    }
}
