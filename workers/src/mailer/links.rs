//! Links into the product. They are made of the configured public URL only, whatever a request's headers said.

use event_store::one_time_token::Purpose;
use url::Url;

use super::matter::{ExportLink, OneTimeLink};

/// Where the product is reached.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    home: String,
}

impl Links {
    /// `public_url` has neither query nor fragment; it may have a path, with a slash at its end or without.
    pub(crate) fn new(public_url: &Url) -> Self {
        Self { home: public_url.to_string() }
    }

    pub(crate) fn home(&self) -> &str {
        &self.home
    }

    /// The page that hands the link's token in. The token is in the fragment: browsers keep that to themselves, so it
    /// gets into no server's or proxy's log and into no `Referer`.
    pub(crate) fn one_time(&self, link: &OneTimeLink) -> String {
        let page = match link.purpose {
            Purpose::VerifyEmail => "verify-email",
            Purpose::ResetPassword => "reset-password",
            Purpose::ChangeEmail => "change-email",
            Purpose::UndoEmailChange => "undo-email-change",
        };
        format!("{}/account/{page}#token={}", self.home.trim_end_matches('/'), link.token)
    }

    /// The route that answers with the document, to whoever is signed in.
    pub(crate) fn export(&self, link: &ExportLink) -> String {
        format!("{}/v1/users/me/exports/{}/download", self.home.trim_end_matches('/'), link.export_id)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn link(public_url: &str, purpose: Purpose) -> String {
        let link = OneTimeLink { purpose, token: "AbC-_9".to_owned(), expires_at: DateTime::UNIX_EPOCH };
        Links::new(&Url::parse(public_url).unwrap()).one_time(&link)
    }

    #[test]
    fn every_purpose_has_a_page_of_its_own() {
        for (purpose, expected) in [
            (Purpose::VerifyEmail, "https://app.example.org/account/verify-email#token=AbC-_9"),
            (Purpose::ResetPassword, "https://app.example.org/account/reset-password#token=AbC-_9"),
            (Purpose::ChangeEmail, "https://app.example.org/account/change-email#token=AbC-_9"),
            (Purpose::UndoEmailChange, "https://app.example.org/account/undo-email-change#token=AbC-_9"),
        ] {
            assert_eq!(link("https://app.example.org", purpose), expected);
        }
    }

    #[test]
    fn a_path_of_the_public_url_is_kept() {
        let expected = "https://example.org:8443/tide/mark/account/verify-email#token=AbC-_9";
        for public_url in ["https://example.org:8443/tide/mark", "https://example.org:8443/tide/mark/"] {
            assert_eq!(link(public_url, Purpose::VerifyEmail), expected);
        }
    }

    #[test]
    fn the_token_is_in_nothing_that_a_browser_sends() {
        let link = Url::parse(&link("https://example.org/tidemark/", Purpose::ResetPassword)).unwrap();
        assert_eq!(link.fragment(), Some("token=AbC-_9"));
        assert_eq!((link.path(), link.query()), ("/tidemark/account/reset-password", None));
    }
}
