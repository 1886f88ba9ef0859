//! A mail as the server took it, read by a parser that is not the sender's.

use mail_parser::{HeaderValue, Message, MessageParser};

/// Envelope and content of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    pub from: String,
    pub to: Vec<String>,
    /// As it came, without the dots that SMTP adds.
    pub raw: Vec<u8>,
}

impl ReceivedMail {
    pub fn subject(&self) -> String {
        self.parse().subject().unwrap_or_default().to_owned()
    }

    /// The plain-text alternative, decoded.
    pub fn text(&self) -> String {
        let message = self.parse();
        let part = message.text_part(0).and_then(|part| part.text_contents());
        part.unwrap_or_default().to_owned()
    }

    /// The HTML alternative, decoded.
    pub fn html(&self) -> String {
        let message = self.parse();
        let part = message.html_part(0).and_then(|part| part.text_contents());
        part.unwrap_or_default().to_owned()
    }

    /// Without the angle brackets.
    pub fn message_id(&self) -> String {
        self.parse().message_id().unwrap_or_default().to_owned()
    }

    /// The text of a header; `None` when the mail does not have it.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = self.parse();
        match message.header(name)? {
            HeaderValue::Text(text) => Some(text.to_string()),
            _ => message.header_raw(name).map(|raw| raw.trim().to_owned()),
        }
    }

    fn parse(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a mail with headers")
    }
}
