//! `GET /.well-known/security.txt`: to whom vulnerabilities of this installation are reported (RFC 9116).

use actix_web::{HttpResponse, http::header};
use bootstrap::{Config, config::SecurityTxt};
use chrono::{DateTime, Days, NaiveTime, SecondsFormat, Utc};
use tracing::warn;
use url::Url;

use crate::{
    error::{ApiError, ApiResult, Problem},
    state::State,
};

/// A copy is good for so long. RFC 9116 recommends less than a year: what is said here is as old as the configuration
/// of the process that says it.
const LASTS: Days = Days::new(90);
const CACHED: &str = "public, max-age=3600";

/// To whom vulnerabilities are reported
///
/// Where the operator has named somebody.
#[utoipa::path(get, path = "/.well-known/security.txt", tag = "docs",
    responses(
        (status = 200, description = "Contact and more (RFC 9116)", body = String, content_type = "text/plain"),
        (status = 404, description = "No contact is set", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn security_txt(state: State) -> ApiResult<HttpResponse> {
    let text = text(&state.security_txt, &state.http.public_url, state.clock.now()).ok_or(ApiError::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, CACHED))
        .content_type("text/plain; charset=utf-8")
        .body(text))
}

/// Tells the operator of an installation that others reach, while nobody could report anything to them.
pub(crate) fn warn_without_contact(config: &Config) {
    if !config.environment.is_development() && config.security_txt.contact.is_empty() {
        warn!("security_txt.contact is not set: nobody learns where to report a vulnerability of this installation");
    }
}

/// `None` without a contact. The same for all of a day (UTC).
fn text(settings: &SecurityTxt, public_url: &Url, now: DateTime<Utc>) -> Option<String> {
    let SecurityTxt { contact, policy, encryption, languages } = settings;
    if contact.is_empty() {
        return None;
    }
    let expires = now.with_time(NaiveTime::MIN).single()?.checked_add_days(LASTS)?;
    let mut lines: Vec<String> = contact.iter().map(|contact| format!("Contact: {contact}")).collect();
    lines.push(format!("Expires: {}", expires.to_rfc3339_opts(SecondsFormat::Secs, true)));
    lines.extend(encryption.iter().map(|encryption| format!("Encryption: {encryption}")));
    lines.extend(policy.iter().map(|policy| format!("Policy: {policy}")));
    if !languages.is_empty() {
        lines.push(format!("Preferred-Languages: {}", languages.join(", ")));
    }
    let home = public_url.as_str().trim_end_matches('/');
    lines.push(format!("Canonical: {home}/.well-known/security.txt\n"));
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_set_has_its_line_and_a_copy_is_good_for_a_while() {
        let url = |text: &str| Url::parse(text).unwrap();
        let public_url = url("https://example.org/tidemark/");
        let now = DateTime::from_timestamp(1_791_000_059, 0).unwrap();
        let settings = SecurityTxt {
            contact: vec![url("mailto:security@example.org"), url("https://example.org/report")],
            policy: Some(url("https://example.org/policy")),
            encryption: Some(url("https://example.org/key.asc")),
            languages: vec!["en".to_owned(), "de".to_owned()],
        };
        let expected = [
            "Contact: mailto:security@example.org",
            "Contact: https://example.org/report",
            "Expires: 2027-01-01T00:00:00Z",
            "Encryption: https://example.org/key.asc",
            "Policy: https://example.org/policy",
            "Preferred-Languages: en, de",
            "Canonical: https://example.org/tidemark/.well-known/security.txt",
            "",
        ];
        assert_eq!(text(&settings, &public_url, now).unwrap(), expected.join("\n"));
        assert_eq!(text(&SecurityTxt::default(), &public_url, now), None);
    }
}
