//! The texts of all mails: subject, plain text and HTML in every language, embedded in the binary.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::users::Locale;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, context, value::Serde};
use url::Url;

use super::{MailTexts, links::Links, matter::Matter};

macro_rules! text {
    ($($part:literal),+) => { (concat!($($part),+), include_str!(concat!("../../templates/", $($part),+))) };
}

/// The texts of each kind of mail.
macro_rules! texts {
    ($($kind:literal),+ $(,)?) => { [$([
        text!($kind, ".en.subject"),
        text!($kind, ".en.txt"),
        text!($kind, ".en.html"),
        text!($kind, ".de.subject"),
        text!($kind, ".de.txt"),
        text!($kind, ".de.html"),
    ]),+] };
}

/// What texts are built from.
const PARTS: [(&str, &str); 3] =
    [text!("layout.html"), text!("security_alert.en.reasons"), text!("security_alert.de.reasons")];

const TEXTS: [[(&str, &str); 6]; 9] = texts![
    "welcome",
    "registration_repeated",
    "verification",
    "password_reset",
    "email_change",
    "email_changed",
    "security_alert",
    "export_ready",
    "webhook_disabled",
];

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
    links: Links,
}

impl Templates {
    #[cfg(test)]
    pub(crate) fn new(public_url: &Url) -> Result<Self, minijinja::Error> {
        Self::with_texts(public_url, [])
    }

    /// With texts of kinds of mail that extensions send.
    pub(crate) fn with_texts<'t>(
        public_url: &Url,
        further: impl IntoIterator<Item = &'t MailTexts>,
    ) -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        // An error with debug information shows the variables, which are personal data.
        environment.set_debug(false);
        environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
            true => AutoEscape::Html,
            false => AutoEscape::None,
        });
        for (name, source) in PARTS.into_iter().chain(TEXTS.into_iter().flatten()) {
            environment.add_template(name, source)?;
        }
        for (name, source) in further.into_iter().flat_map(MailTexts::templates) {
            if environment.get_template(&name).is_ok() {
                let what = format!("there are two kinds of mail with a template {name}");
                return Err(minijinja::Error::new(ErrorKind::InvalidOperation, what));
            }
            environment.add_template_owned(name, source)?;
        }
        Ok(Self { environment: Arc::new(environment), links: Links::new(public_url) })
    }

    pub(crate) fn render(
        &self,
        matter: &Matter,
        locale: Locale,
        name: Option<&str>,
    ) -> Result<Content, minijinja::Error> {
        let language = locale.as_str();
        let values = context! { name, language, home_url => self.links.home(), ..self.particulars(matter, locale) };
        let part = |extension: &str| {
            let template = format!("{}.{language}.{extension}", matter.kind().as_str());
            self.environment.get_template(&template)?.render(&values)
        };
        Ok(Content { subject: one_line(&part("subject")?), text: part("txt")?, html: part("html")? })
    }

    /// What only texts of this matter may use.
    fn particulars(&self, matter: &Matter, locale: Locale) -> Value {
        match matter {
            Matter::Welcome | Matter::RegistrationRepeated => context! {},
            Matter::OneTimeLink(link) => {
                context! { link => self.links.one_time(link), valid_until => moment(link.expires_at, locale) }
            }
            Matter::SecurityAlert(reason) => context! { reason => reason.as_str() },
            Matter::Further(notice) => Value::from(Serde(&notice.values)),
            Matter::ExportReady(until) => context! { valid_until => moment(*until, locale) },
        }
    }
}

/// A time as it is written in this language. A point in time and not a duration, because nobody knows how long a mail
/// travels; in UTC, because nobody knows where it is read.
fn moment(time: DateTime<Utc>, locale: Locale) -> String {
    let format = match locale {
        Locale::En => "%-d %B %Y, %H:%M UTC",
        Locale::De => "%d.%m.%Y, %H:%M Uhr (UTC)",
    };
    time.format(format).to_string()
}

/// A header's value: no line of its own can follow it.
fn one_line(text: &str) -> String {
    let printable = text.trim().chars().map(|char| if char.is_control() { ' ' } else { char });
    printable.collect()
}

#[cfg(test)]
mod tests;
