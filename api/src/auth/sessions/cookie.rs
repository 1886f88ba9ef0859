//! The cookie in which a browser keeps the refresh token, and the proof that a request with it is the page's own.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use bootstrap::config;
use chrono::TimeDelta;

use super::{RefreshToken, RefreshTokens};
use crate::error::{ApiError, ApiResult};

/// Set by our own page only: other sites cannot without being asked first (CORS).
pub const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
/// The prefix binds the cookie to this host alone, and to TLS (RFC 6265bis, 4.1.3.2).
const NAME: &str = "__Host-tidemark_refresh";
/// Where the public URL is plain http, which is possible in development only.
const PLAIN_NAME: &str = "tidemark_refresh";
const ATTRIBUTES: &str = "Path=/; HttpOnly; SameSite=Strict";

/// The header that makes a browser keep a token for so long.
pub fn set(http: &config::Http, token: &str, lasts: TimeDelta) -> (HeaderName, String) {
    let seconds = lasts.num_seconds().max(0);
    (header::SET_COOKIE, format!("{}={token}; Max-Age={seconds}; {}", name(http), attributes(http)))
}

/// The header that makes a browser forget it.
pub fn clear(http: &config::Http) -> (HeaderName, String) {
    (header::SET_COOKIE, format!("{}=; Max-Age=0; {}", name(http), attributes(http)))
}

/// The token in the cookie, where there is one. Refused unless the request shows that it is the page's own.
pub fn read(http: &config::Http, tokens: &RefreshTokens, headers: &HeaderMap) -> ApiResult<Option<RefreshToken>> {
    let Some(text) = find(name(http), headers) else { return Ok(None) };
    let token = tokens.read(text).ok_or(ApiError::InvalidRefreshToken)?;
    let shown = headers.get(CSRF_TOKEN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !tokens.is_csrf_token(token.session_id, shown) {
        return Err(ApiError::InvalidCsrfToken);
    }
    Ok(Some(token))
}

/// The value of the only cookie of this name; of several, nobody knows which is ours.
fn find<'h>(name: &str, headers: &'h HeaderMap) -> Option<&'h str> {
    let values = headers.get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut found = values.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (known, value) = pair.trim().split_once('=')?;
        (known == name).then_some(value)
    });
    found.next().filter(|_| found.next().is_none())
}

fn is_secure(http: &config::Http) -> bool {
    http.public_url.scheme() == "https"
}

fn name(http: &config::Http) -> &'static str {
    if is_secure(http) { NAME } else { PLAIN_NAME }
}

fn attributes(http: &config::Http) -> String {
    if is_secure(http) { format!("{ATTRIBUTES}; Secure") } else { ATTRIBUTES.to_owned() }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use bootstrap::{Config, config::SecretKey};
    use uuid::Uuid;

    use super::*;

    fn http(public_url: &str) -> config::Http {
        let mut http = Config::development("postgres://localhost/none").unwrap().http;
        http.public_url = public_url.parse().unwrap();
        http
    }

    fn tokens() -> RefreshTokens {
        RefreshTokens::new(&SecretKey::new([1; 32]))
    }

    fn headers(cookies: &[String], csrf: &str) -> HeaderMap {
        let cookies = cookies.iter().map(|cookie| (header::COOKIE, HeaderValue::from_str(cookie).unwrap()));
        cookies.chain([(CSRF_TOKEN, HeaderValue::from_str(csrf).unwrap())]).collect()
    }

    #[test]
    fn the_cookie_is_for_this_host_over_tls_and_for_no_script() {
        let (_, cookie) = set(&http("https://api.example.org"), "tmr_x", TimeDelta::seconds(60));
        assert_eq!(cookie, "__Host-tidemark_refresh=tmr_x; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure");
        let (_, cookie) = clear(&http("http://127.0.0.1:8080"));
        assert_eq!(cookie, "tidemark_refresh=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn a_cookie_counts_with_the_csrf_token_of_its_session_only() {
        let (http, tokens, session) = (http("https://api.example.org"), tokens(), Uuid::from_u128(7));
        let token = tokens.write(&tokens.random(session, 0));
        let cookie = [format!("other=1; __Host-tidemark_refresh={token}; last=2")];
        let read = |cookies: &[String], csrf: &str| read(&http, &tokens, &headers(cookies, csrf));
        let found = read(&cookie, &tokens.csrf_token(session)).unwrap().unwrap();
        assert_eq!(found.session_id, session);
        for csrf in ["", "x", &tokens.csrf_token(Uuid::from_u128(8))] {
            assert!(matches!(read(&cookie, csrf), Err(ApiError::InvalidCsrfToken)), "{csrf}");
        }
        assert!(read(&[], "").unwrap().is_none());
        assert!(read(&[format!("tidemark_refresh={token}")], "").unwrap().is_none(), "not under the plain name");
        let twice = [cookie[0].clone(), cookie[0].clone()];
        assert!(read(&twice, &tokens.csrf_token(session)).unwrap().is_none());
        let garbage = ["__Host-tidemark_refresh=tmr_x".to_owned()];
        assert!(matches!(read(&garbage, ""), Err(ApiError::InvalidRefreshToken)));
    }
}
