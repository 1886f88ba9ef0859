//! What is accepted as a token, and everything that is not.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;

fn tokens(seed: u8) -> Tokens {
    Tokens::new(&SecretKey::new([seed; 32]), &Url::parse("https://tidemark.example").unwrap()).unwrap()
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
    encode(header, claims, &tokens.0.signing).unwrap()
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
    let (token, issued) = tokens.issue(user(), Uuid::from_u128(8), 3).unwrap();
    assert_eq!(tokens.verify(&token), Ok(issued));
    assert_eq!(tokens.verify(&token), Ok(issued), "the second time from memory");
    assert_eq!((issued.user_id, issued.generation), (user(), 3));
    let lifetime = issued.expires_at - unix_time();
    assert!((899..=900).contains(&lifetime), "{lifetime}");
}

#[test]
fn the_plain_claims_are_accepted_so_that_the_refusals_below_mean_something() {
    let tokens = tokens(1);
    assert!(tokens.verify(&signed(&tokens, &tokens.0.header, &claims())).is_ok());
}

#[test]
fn a_token_of_another_key_or_with_another_text_is_refused() {
    let (token, _) = tokens(2).issue(user(), Uuid::nil(), 0).unwrap();
    assert_eq!(tokens(1).verify(&token), Err(TokenError::Invalid));
    let (token, _) = tokens(1).issue(user(), Uuid::nil(), 0).unwrap();
    let other_end = if token.ends_with('A') { 'Q' } else { 'A' };
    let tampered = format!("{}{other_end}", &token[..token.len() - 1]);
    assert_eq!(tokens(1).verify(&tampered), Err(TokenError::Invalid));
    for text in ["", "a", "..", "a.b.c", &"x".repeat(5000)] {
        assert_eq!(tokens(1).verify(text), Err(TokenError::Invalid), "{text}");
    }
}

#[test]
fn other_algorithms_are_refused() {
    let tokens = tokens(1);
    let (token, _) = tokens.issue(user(), Uuid::nil(), 0).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let kid = tokens.0.header.kid.as_deref().unwrap();
    for header in [
        json!({"alg": "none", "typ": TYPE, "kid": kid}),
        json!({"alg": "HS256", "typ": TYPE, "kid": kid}),
        json!({"alg": "ES256", "typ": TYPE, "kid": kid}),
        json!({"typ": TYPE, "kid": kid}),
    ] {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        for signature in ["", token.split('.').nth(2).unwrap()] {
            let forged = format!("{header}.{payload}.{signature}");
            assert_eq!(tokens.verify(&forged), Err(TokenError::Invalid), "{forged}");
        }
    }
}

/// The public key as the shared secret of an HMAC: the classic confusion of algorithms.
#[test]
fn a_token_signed_with_the_public_key_is_refused() {
    let tokens = tokens(1);
    let public = Jwk::from_encoding_key(&tokens.0.signing, ALGORITHM).unwrap();
    let mut header = tokens.0.header.clone();
    header.alg = Algorithm::HS256;
    let secret = EncodingKey::from_secret(serde_json::to_string(&public).unwrap().as_bytes());
    assert_eq!(tokens.verify(&encode(&header, &claims(), &secret).unwrap()), Err(TokenError::Invalid));
}

#[test]
fn a_token_that_brings_its_own_key_or_is_of_another_type_is_refused() {
    let tokens = tokens(1);
    let own = Jwk::from_encoding_key(&tokens.0.signing, ALGORITHM).unwrap();
    let ours = || tokens.0.header.clone();
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
        assert_eq!(tokens.verify(&signed(&tokens, &header, &claims())), Err(TokenError::Invalid), "{header:?}");
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
        assert_eq!(tokens.verify(&signed(&tokens, &tokens.0.header, &claims)), Err(TokenError::Invalid), "{claims}");
    }
}

#[test]
fn an_expired_token_is_refused_as_expired() {
    let tokens = tokens(1);
    let expired = signed(&tokens, &tokens.0.header, &with("exp", json!(unix_time() - 1)));
    assert_eq!(tokens.verify(&expired), Err(TokenError::Expired));
}

#[test]
fn a_remembered_token_expires_too() {
    let tokens = tokens(1);
    let token = signed(&tokens, &tokens.0.header, &claims());
    let past = AccessToken { expires_at: unix_time(), ..tokens.verify(&token).unwrap() };
    tokens.0.verified.insert(Sha256::digest(&token).into(), past);
    assert_eq!(tokens.verify(&token), Err(TokenError::Expired));
}
