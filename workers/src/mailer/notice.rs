//! Mails that extensions send: their texts, and what a single one is about.

use domain::users::Locale;
use serde_json::Value;

/// The texts of one kind of mail in every language. They are minijinja templates, as the product's own in `templates/`:
/// they may use `name` (of the reader, or none), `home_url` and the values that the mail is sent with, the HTML may
/// extend `layout.html`, and a value that is not there is an error.
#[derive(Clone, Copy, Debug)]
pub struct MailTexts {
    /// The name in the log of mails, in Message-IDs and in metrics. Never changes once shipped.
    pub kind: &'static str,
    pub en: MailText,
    pub de: MailText,
}

/// The texts in one language.
#[derive(Clone, Copy, Debug)]
pub struct MailText {
    pub subject: &'static str,
    pub text: &'static str,
    pub html: &'static str,
}

/// What a single mail is about, with an object of the values that its texts use.
pub(crate) struct Notice {
    pub(crate) kind: &'static str,
    pub(crate) values: Value,
}

impl MailTexts {
    /// The templates by their names.
    pub(super) fn templates(&self) -> impl Iterator<Item = (String, &'static str)> {
        [(Locale::En, self.en), (Locale::De, self.de)].into_iter().flat_map(|(locale, text)| {
            let parts = [("subject", text.subject), ("txt", text.text), ("html", text.html)];
            parts.map(|(extension, source)| (format!("{}.{}.{extension}", self.kind, locale.as_str()), source))
        })
    }
}
