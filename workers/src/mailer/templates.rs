//! The texts of all mails: subject, plain text and HTML in every language, embedded in the binary.

use std::sync::Arc;

use domain::users::Locale;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use url::Url;

macro_rules! texts {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../../templates/", $name)))),+] };
}

const TEXTS: [(&str, &str); 13] = texts![
    "layout.html",
    "welcome.en.subject",
    "welcome.en.txt",
    "welcome.en.html",
    "welcome.de.subject",
    "welcome.de.txt",
    "welcome.de.html",
    "registration_repeated.en.subject",
    "registration_repeated.en.txt",
    "registration_repeated.en.html",
    "registration_repeated.de.subject",
    "registration_repeated.de.txt",
    "registration_repeated.de.html",
];

/// What a mail is about, and which texts it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailKind {
    Welcome,
    RegistrationRepeated,
}

impl MailKind {
    /// The name in templates, in the log of mails, in Message-IDs and in metrics. Never changes once shipped.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::RegistrationRepeated => "registration_repeated",
        }
    }
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// One line.
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Renders mails. Clones share the parsed templates.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    environment: Arc<Environment<'static>>,
    /// Where the product is reached: the only thing that links are made of.
    public_url: String,
}

impl Templates {
    pub(crate) fn new(public_url: &Url) -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // An error with debug information shows the variables, which are personal data.
        environment.set_debug(false);
        environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
            true => AutoEscape::Html,
            false => AutoEscape::None,
        });
        for (name, source) in TEXTS {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment: Arc::new(environment), public_url: public_url.to_string() })
    }

    pub(crate) fn render(
        &self,
        kind: MailKind,
        locale: Locale,
        name: Option<&str>,
    ) -> Result<Content, minijinja::Error> {
        let language = locale.as_str();
        let part = |extension: &str| {
            let template = format!("{}.{language}.{extension}", kind.as_str());
            let values = context! { name, language, home_url => self.public_url.as_str() };
            self.environment.get_template(&template)?.render(values)
        };
        Ok(Content { subject: one_line(&part("subject")?), text: part("txt")?, html: part("html")? })
    }
}

/// A header's value: no line of its own can follow it.
fn one_line(text: &str) -> String {
    let printable = text.trim().chars().map(|char| if char.is_control() { ' ' } else { char });
    printable.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "<b>Eve</b> & \"co\"\r\nBcc: all@example.com";

    fn templates() -> Templates {
        Templates::new(&Url::parse("https://tidemark.example").unwrap()).unwrap()
    }

    fn rendered(kind: MailKind, locale: Locale, name: Option<&str>) -> String {
        let Content { subject, text, html } = templates().render(kind, locale, name).unwrap();
        format!("{subject}\n\n-- text --\n{text}\n-- html --\n{html}")
    }

    #[test]
    fn the_welcome_mail_reads_well() {
        insta::assert_snapshot!("welcome_en", rendered(MailKind::Welcome, Locale::En, Some("Ada")));
        insta::assert_snapshot!("welcome_de", rendered(MailKind::Welcome, Locale::De, Some("Ada")));
        insta::assert_snapshot!("welcome_en_without_name", rendered(MailKind::Welcome, Locale::En, None));
    }

    #[test]
    fn the_mail_about_a_repeated_registration_reads_well() {
        let kind = MailKind::RegistrationRepeated;
        insta::assert_snapshot!("registration_repeated_en", rendered(kind, Locale::En, Some("Ada")));
        insta::assert_snapshot!("registration_repeated_de", rendered(kind, Locale::De, Some("Ada")));
        insta::assert_snapshot!("registration_repeated_de_without_name", rendered(kind, Locale::De, None));
    }

    #[test]
    fn a_name_cannot_bring_markup_or_headers_with_it() {
        for kind in [MailKind::Welcome, MailKind::RegistrationRepeated] {
            for locale in [Locale::En, Locale::De] {
                let content = templates().render(kind, locale, Some(HOSTILE)).unwrap();
                assert!(!content.html.contains("<b>Eve"), "{}", content.html);
                assert!(content.html.contains("&lt;b&gt;Eve"), "{}", content.html);
                assert!(!content.subject.contains(char::is_control), "{}", content.subject);
            }
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(one_line(" a\r\nBcc: b\0c\u{85}\n"), "a  Bcc: b c");
    }
}
