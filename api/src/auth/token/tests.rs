//! What is accepted as a token, and everything that is not.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use serde_json::{Value, json};

use super::{keys::TYPE, *};

mod rotation;

fn tokens(seed: u8) -> Tokens {
    Tokens::new(&SecretKey::new([seed; 32]), &Url::parse("https://tidemark.example").unwrap()).unwrap()
}

/// The key with this seed: signs from one second on, and verifies until another.
fn key(seed: u8, signs_from: i64, verifies_until: Option<i64>) -> SigningKey {
    let named = named(SecretKey::new([seed; 32])).unwrap();
    let at = |second| DateTime::from_timestamp_secs(second).unwrap();
    let (signs_from, verifies_until) = (at(signs_from), verifies_until.map(at));
    SigningKey { kid: named.kid, seed: named.seed, signs_from, verifies_until }
}

fn with_keys(keys: &[SigningKey]) -> Tokens {
    Tokens::with(Keys::new(keys).unwrap(), &Url::parse("https://tidemark.example").unwrap(), true)
}

fn replace_keys(tokens: &Tokens, keys: &[SigningKey]) {
    tokens.0.keys.send_replace(Arc::new(Keys::new(keys).unwrap()));
}

fn unix_time() -> i64 {
    Clock.now().timestamp()
}

fn verify_in(tokens: &Tokens, token: &str, seconds: i64) -> Result<AccessToken, Refused> {
    Ok(tokens.verify_at(token, Clock.now() + TimeDelta::seconds(seconds))?.token)
}

fn verify(tokens: &Tokens, token: &str) -> Result<AccessToken, TokenError> {
    verify_in(tokens, token, 0).map_err(|refused| match refused {
        Refused::Token(error) => error,
        Refused::UnknownKey => TokenError::Invalid,
    })
}

fn issue_in(tokens: &Tokens, seconds: i64) -> String {
    let now = Clock.now() + TimeDelta::seconds(seconds);
    tokens.issue_at(now, user(), Uuid::from_u128(8), Counts::default()).unwrap().0
}

fn kid_of(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

/// The header and the key of tokens that are signed now.
fn signing(tokens: &Tokens) -> (Header, EncodingKey) {
    let keys = tokens.keys();
    let key = keys.signing(Clock.now()).unwrap();
    (key.header.clone(), key.signing.clone())
}

fn user() -> UserId {
    UserId::from_uuid(Uuid::from_u128(7))
}

fn claims() -> Value {
    json!({
        "iss": "https://tidemark.example", "aud": "https://tidemark.example", "exp": unix_time() + 60,
        "iat": unix_time(), "sub": user(), "sid": Uuid::from_u128(8), "gen": 0,
    })
}

/// A token under our key with any header and any claims.
fn signed(tokens: &Tokens, header: &Header, claims: &Value) -> String {
    encode(header, claims, &signing(tokens).1).unwrap()
}

fn with(field: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[field] = value;
    claims
}

fn without(field: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(field);
    claims
}

#[test]
fn a_token_says_what_it_was_issued_with() {
    let tokens = tokens(1);
    let counts = Counts { generation: 3, rotation: 2 };
    let (token, issued) = tokens.issue(user(), Uuid::from_u128(8), counts).unwrap();
    assert_eq!(verify(&tokens, &token), Ok(issued));
    assert_eq!(verify(&tokens, &token), Ok(issued), "the second time from memory");
    assert_eq!((issued.user_id, issued.counts), (user(), counts));
    let lifetime = issued.expires_at - unix_time();
    assert!((899..=900).contains(&lifetime), "{lifetime}");
}

#[test]
fn the_plain_claims_are_accepted_so_that_the_refusals_below_mean_something() {
    let tokens = tokens(1);
    assert!(verify(&tokens, &signed(&tokens, &signing(&tokens).0, &claims())).is_ok());
}

#[test]
fn a_token_of_another_key_or_with_another_text_is_refused() {
    let (token, _) = tokens(2).issue(user(), Uuid::nil(), Counts::default()).unwrap();
    assert_eq!(verify(&tokens(1), &token), Err(TokenError::Invalid));
    let (token, _) = tokens(1).issue(user(), Uuid::nil(), Counts::default()).unwrap();
    let other_end = if token.ends_with('A') { 'Q' } else { 'A' };
    let tampered = format!("{}{other_end}", &token[..token.len() - 1]);
    assert_eq!(verify(&tokens(1), &tampered), Err(TokenError::Invalid));
    for text in ["", "a", "..", "a.b.c", &"x".repeat(5000)] {
        assert_eq!(verify(&tokens(1), text), Err(TokenError::Invalid), "{text}");
    }
}

#[test]
fn other_algorithms_are_refused() {
    let tokens = tokens(1);
    let (token, _) = tokens.issue(user(), Uuid::nil(), Counts::default()).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let kid = signing(&tokens).0.kid.unwrap();
    for header in [
        json!({"alg": "none", "typ": TYPE, "kid": kid}),
        json!({"alg": "HS256", "typ": TYPE, "kid": kid}),
        json!({"alg": "ES256", "typ": TYPE, "kid": kid}),
        json!({"typ": TYPE, "kid": kid}),
    ] {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        for signature in ["", token.split('.').nth(2).unwrap()] {
            let forged = format!("{header}.{payload}.{signature}");
            assert_eq!(verify(&tokens, &forged), Err(TokenError::Invalid), "{forged}");
        }
    }
}

/// The public key as the shared secret of an HMAC: the classic confusion of algorithms.
#[test]
fn a_token_signed_with_the_public_key_is_refused() {
    let tokens = tokens(1);
    let public = Jwk::from_encoding_key(&signing(&tokens).1, ALGORITHM).unwrap();
    let mut header = signing(&tokens).0;
    header.alg = Algorithm::HS256;
    let secret = EncodingKey::from_secret(serde_json::to_string(&public).unwrap().as_bytes());
    assert_eq!(verify(&tokens, &encode(&header, &claims(), &secret).unwrap()), Err(TokenError::Invalid));
}

#[test]
fn a_token_that_brings_its_own_key_or_is_of_another_type_is_refused() {
    let tokens = tokens(1);
    let own = Jwk::from_encoding_key(&signing(&tokens).1, ALGORITHM).unwrap();
    let ours = || signing(&tokens).0;
    for header in [
        Header { jku: Some("https://evil.example/keys".to_owned()), ..ours() },
        Header { jwk: Some(own), ..ours() },
        Header { x5u: Some("https://evil.example/chain".to_owned()), ..ours() },
        Header { x5c: Some(vec![]), ..ours() },
        Header { crit: Some(vec!["exp".to_owned()]), ..ours() },
        Header { kid: Some("../../etc/passwd".to_owned()), ..ours() },
        Header { kid: None, ..ours() },
        Header { typ: Some("JWT".to_owned()), ..ours() },
    ] {
        assert_eq!(verify(&tokens, &signed(&tokens, &header, &claims())), Err(TokenError::Invalid), "{header:?}");
    }
}

#[test]
fn claims_that_are_missing_or_of_a_wrong_type_are_refused() {
    let tokens = tokens(1);
    let now = unix_time();
    let mut wrong = vec![
        // CVE-2026-25537: a time as a string was skipped instead of refused.
        with("nbf", json!((now + 600).to_string())),
        with("nbf", json!(now + 600)),
        with("exp", json!((now + 600).to_string())),
        with("exp", json!(null)),
        with("exp", json!(1e300)),
        with("sub", json!("admin")),
        with("aud", json!("https://other.example")),
        with("iss", json!("https://other.example")),
        with("gen", json!(-1)),
        with("roles", json!(["admin"])),
    ];
    wrong.extend(["iss", "aud", "exp", "iat", "sub", "sid", "gen"].map(without));
    for claims in wrong {
        assert_eq!(
            verify(&tokens, &signed(&tokens, &signing(&tokens).0, &claims)),
            Err(TokenError::Invalid),
            "{claims}"
        );
    }
}

#[test]
fn an_expired_token_is_refused_as_expired() {
    let tokens = tokens(1);
    let expired = signed(&tokens, &signing(&tokens).0, &with("exp", json!(unix_time() - 1)));
    assert_eq!(verify(&tokens, &expired), Err(TokenError::Expired));
}

#[test]
fn a_remembered_token_expires_too() {
    let tokens = tokens(1);
    let token = signed(&tokens, &signing(&tokens).0, &claims());
    verify(&tokens, &token).unwrap();
    assert_eq!(verify_in(&tokens, &token, 61), Err(Refused::Token(TokenError::Expired)));
}

#[test]
fn a_token_that_lasts_longer_than_ours_is_refused() {
    let tokens = tokens(1);
    let lasting = |seconds: i64| signed(&tokens, &signing(&tokens).0, &with("exp", json!(unix_time() + seconds)));
    assert!(verify(&tokens, &lasting(930)).is_ok(), "clocks differ a little");
    assert_eq!(verify(&tokens, &lasting(1000)), Err(TokenError::Invalid));
}
