//! Where a webhook sends to.

use std::fmt;

use url::Url;

const MAX_BYTES: usize = 2000;

/// An `https` or `http` address with a host and without user name, password and fragment, as browsers would write it. Whether
/// it may be reached is not said: that depends on where this program runs, and is asked again at every connection.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookUrl {
    #[error("must have at most 2,000 bytes")]
    TooLong,
    #[error("must be an address")]
    Malformed,
    #[error("must begin with https://")]
    OtherScheme,
    #[error("must have no user name and no password")]
    Credentials,
    #[error("must have no fragment")]
    Fragment,
}

impl WebhookUrl {
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookUrl> {
        if text.len() > MAX_BYTES {
            return Err(InvalidWebhookUrl::TooLong);
        }
        let url = Url::parse(text).map_err(|_| InvalidWebhookUrl::Malformed)?;
        if url.as_str().len() > MAX_BYTES {
            return Err(InvalidWebhookUrl::TooLong);
        }
        if !matches!(url.scheme(), "https" | "http") {
            return Err(InvalidWebhookUrl::OtherScheme);
        }
        if url.host().is_none() {
            return Err(InvalidWebhookUrl::Malformed);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidWebhookUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidWebhookUrl::Fragment);
        }
        Ok(Self(url))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

/// It may have a token in it: it is not shown by accident.
impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_browsers_write_them() {
        for (text, url) in [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://Exämple.com/a?b=c", "https://xn--exmple-cua.com/a?b=c"),
            ("http://0x7f.1:8080/hook", "http://127.0.0.1:8080/hook"),
            ("https://[::ffff:7f00:1]/", "https://[::ffff:7f00:1]/"),
        ] {
            assert_eq!(WebhookUrl::parse(text).unwrap().as_str(), url);
        }
    }

    #[test]
    fn what_cannot_be_sent_to_is_refused() {
        for (text, refusal) in [
            ("", InvalidWebhookUrl::Malformed),
            ("example.com/hook", InvalidWebhookUrl::Malformed),
            ("https://", InvalidWebhookUrl::Malformed),
            ("https://exa mple.com", InvalidWebhookUrl::Malformed),
            ("ftp://example.com", InvalidWebhookUrl::OtherScheme),
            ("file:///etc/passwd", InvalidWebhookUrl::OtherScheme),
            ("https://ada@example.com", InvalidWebhookUrl::Credentials),
            ("https://:pw@example.com", InvalidWebhookUrl::Credentials),
            ("https://example.com/#there", InvalidWebhookUrl::Fragment),
        ] {
            assert_eq!(WebhookUrl::parse(text), Err(refusal), "{text}");
        }
        let long = format!("https://example.com/{}", "a".repeat(1981));
        assert_eq!(WebhookUrl::parse(&long), Err(InvalidWebhookUrl::TooLong));
        let longer_when_written_out = format!("https://example.com/{}", "ä".repeat(900));
        assert_eq!(WebhookUrl::parse(&longer_when_written_out), Err(InvalidWebhookUrl::TooLong));
    }

    #[test]
    fn an_address_is_not_shown_by_accident() {
        assert_eq!(format!("{:?}", WebhookUrl::parse("https://example.com/token").unwrap()), "WebhookUrl(…)");
    }
}
