//! A mail as it goes over the wire.

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{email_log::MailKey, templates::Content};

/// What all mails of the installation have in common.
#[derive(Clone, Debug)]
pub(crate) struct Letterhead {
    pub(crate) from: Mailbox,
}

/// What differs from mail to mail, beside its content.
#[derive(Clone, Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) key: MailKey,
    pub(crate) to: &'a Address,
    pub(crate) language: &'static str,
    pub(crate) date: DateTime<Utc>,
}

impl MailKey {
    /// Names this mail everywhere: `welcome.0192d1f0-…`.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.kind, self.cause)
    }
}

impl Letterhead {
    /// The mail's bytes: the same for every repeat, so that mail servers and readers can tell that it is one.
    pub(crate) fn format(&self, envelope: &Envelope<'_>, content: Content) -> Result<Vec<u8>, lettre::error::Error> {
        let name = envelope.key.name();
        let alternatives = MultiPart::alternative()
            .boundary(format!("=_{name}"))
            .singlepart(SinglePart::plain(content.text))
            .singlepart(SinglePart::html(content.html));
        let message = Message::builder()
            .message_id(Some(format!("<{name}@{}>", self.from.email.domain())))
            .date(envelope.date.into())
            .from(self.from.clone())
            .to(Mailbox::new(None, envelope.to.clone()))
            .subject(content.subject)
            .raw_header(header("Content-Language", envelope.language))
            // No out-of-office replies, please (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .multipart(alternatives)?;
        Ok(message.formatted())
    }
}

fn header(name: &'static str, value: &'static str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn formatted(subject: &str) -> String {
        let key = MailKey { kind: "welcome", subject: Uuid::from_u128(1), cause: Uuid::from_u128(2) };
        let letterhead = Letterhead { from: "Tidemark <no-reply@example.org>".parse().unwrap() };
        let to = "ada@example.com".parse().unwrap();
        let envelope = Envelope { key, to: &to, language: "de", date: DateTime::UNIX_EPOCH };
        let (text, html) = ("Grüße\n".to_owned(), "<p>Grüße</p>\n".to_owned());
        let content = Content { subject: subject.to_owned(), text, html };
        String::from_utf8(letterhead.format(&envelope, content).unwrap()).unwrap()
    }

    #[test]
    fn a_mail_is_the_same_to_the_byte_each_time() {
        insta::assert_snapshot!(formatted("Schöne Grüße"));
        assert_eq!(formatted("Schöne Grüße"), formatted("Schöne Grüße"));
        assert!(formatted("Schöne Grüße").is_ascii());
    }

    #[test]
    fn no_subject_makes_a_header_of_its_own() {
        for subject in ["a\r\nBcc: b@example.com", "a\nBcc: b@example.com", "a\rBcc: b@example.com"] {
            let mail = formatted(subject);
            assert!(mail.lines().all(|line| !line.to_lowercase().starts_with("bcc")), "{mail}");
            assert!(!mail.replace("\r\n", "").contains(['\r', '\n']), "{mail}");
        }
    }
}
