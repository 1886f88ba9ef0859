//! To whom vulnerabilities of the installation are reported: what `/.well-known/security.txt` says (RFC 9116).

use url::Url;

use super::source::Source;

const CONTACT: &str = "security_txt.contact";
const POLICY: &str = "security_txt.policy";
const ENCRYPTION: &str = "security_txt.encryption";
const LANGUAGES: &str = "security_txt.languages";
/// Of a language tag (RFC 5646), which this is no full check of.
const LONGEST_TAG: usize = 35;

/// Without a contact there is no `security.txt`.
#[derive(Clone, Debug, Default)]
pub struct SecurityTxt {
    /// `mailto:` or `https:`, the preferred one first.
    pub contact: Vec<Url>,
    /// `https:` of the page that says what becomes of a report.
    pub policy: Option<Url>,
    /// Where the key is that reports can be encrypted with.
    pub encryption: Option<Url>,
    /// In which reports can be written, as language tags.
    pub languages: Vec<String>,
}

pub(super) fn read(source: &mut Source) -> SecurityTxt {
    let expected = "a list of mailto: and https: URLs";
    let contact: Vec<Url> = source.list(CONTACT, expected);
    if !contact.iter().all(is_contact) {
        source.refuse(CONTACT, format!("must be {expected}"));
    }
    let policy = url(source, POLICY, "an https: URL", &["https"]);
    let schemes = ["https", "openpgp4fpr", "dns"];
    let encryption = url(source, ENCRYPTION, "an https:, openpgp4fpr: or dns: URL", &schemes);
    let expected = "a list of languages, such as en, de";
    let languages: Vec<String> = source.list(LANGUAGES, expected);
    if !languages.iter().all(|tag| is_language(tag)) {
        source.refuse(LANGUAGES, format!("must be {expected}"));
    }
    if contact.is_empty() && (policy.is_some() || encryption.is_some() || !languages.is_empty()) {
        source.refuse(CONTACT, "is required with the other settings of security_txt");
    }
    SecurityTxt { contact, policy, encryption, languages }
}

fn is_contact(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "mailto" => url.path().split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()),
        _ => false,
    }
}

fn url(source: &mut Source, key: &str, expected: &str, schemes: &[&str]) -> Option<Url> {
    let url: Url = source.optional(key, expected)?;
    if schemes.contains(&url.scheme()) {
        return Some(url);
    }
    source.refuse(key, format!("must be {expected}"));
    None
}

fn is_language(tag: &str) -> bool {
    tag.len() <= LONGEST_TAG
        && tag.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use crate::{Config, config::ConfigError};

    fn loaded(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variable = |(name, value): &(&str, &str)| (format!("TIDEMARK_SECURITY_TXT__{name}"), (*value).to_owned());
        Config::from_sources(&toml::Table::new(), settings.iter().map(variable))
    }

    #[test]
    fn everything_is_optional_and_several_contacts_keep_their_order() {
        assert!(loaded(&[]).unwrap().security_txt.contact.is_empty());
        let config = loaded(&[
            ("CONTACT", "https://example.org/report, mailto:security@example.org"),
            ("POLICY", "https://example.org/policy"),
            ("ENCRYPTION", "openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f"),
            ("LANGUAGES", "en,de-CH"),
        ]);
        let security_txt = config.unwrap().security_txt;
        let contact: Vec<_> = security_txt.contact.iter().map(url::Url::as_str).collect();
        assert_eq!(contact, ["https://example.org/report", "mailto:security@example.org"]);
        assert_eq!(security_txt.languages, ["en", "de-CH"]);
    }

    #[test]
    fn what_nobody_could_write_to_is_refused() {
        let contact = ("CONTACT", "mailto:security@example.org");
        let refused: [&[(&str, &str)]; 9] = [
            &[("CONTACT", "security@example.org")],
            &[("CONTACT", "http://example.org/report")],
            &[("CONTACT", "mailto:security")],
            &[("CONTACT", "mailto:security@example.org, tel:+1")],
            &[contact, ("POLICY", "http://example.org/policy")],
            &[contact, ("ENCRYPTION", "http://example.org/key")],
            &[contact, ("LANGUAGES", "en, d e")],
            &[contact, ("LANGUAGES", "en\nContact: mailto:eve@example.com")],
            &[("POLICY", "https://example.org/policy")],
        ];
        for settings in refused {
            let error = loaded(settings).unwrap_err().to_string();
            assert!(
                error.contains("security_txt.") && error.contains("must be") || error.contains("is required"),
                "{error}"
            );
        }
    }
}
