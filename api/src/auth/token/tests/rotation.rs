//! Keys that come and go.

use super::*;

#[test]
fn a_successor_signs_when_its_time_has_come_and_old_tokens_stay_good_until_their_end() {
    let now = unix_time();
    let (first, second) = (key(1, now - 100, Some(now + 60 + 900 + 60)), key(2, now + 60, None));
    let tokens = with_keys(&[first.clone(), second.clone()]);
    let (early, late) = (issue_in(&tokens, 59), issue_in(&tokens, 61));
    assert_eq!((kid_of(&early), kid_of(&late)), (first.kid, second.kid));
    assert!(verify_in(&tokens, &early, 59 + 890).is_ok());
    assert_eq!(verify_in(&tokens, &early, 59 + 905), Err(Refused::Token(TokenError::Expired)));
    assert!(verify_in(&tokens, &late, 61 + 890).is_ok());
    assert!(verify_in(&tokens, &late, 10).is_ok(), "also where the clock is behind");
}

#[test]
fn a_key_ends_at_its_time_also_for_tokens_that_are_remembered() {
    let now = unix_time();
    let tokens = with_keys(&[key(1, 0, Some(now + 100)), key(2, now + 10_000, None)]);
    let token = issue_in(&tokens, 0);
    assert!(verify_in(&tokens, &token, 90).is_ok());
    assert_eq!(verify_in(&tokens, &token, 110), Err(Refused::UnknownKey));
    assert!(matches!(
        tokens.issue_at(Clock.now() + TimeDelta::seconds(110), user(), Uuid::nil(), Counts::default()),
        Err(SigningError::NoKey)
    ));
}

#[test]
fn what_a_withdrawn_key_has_signed_is_refused_although_it_is_remembered() {
    let (first, second) = (key(1, 0, None), key(2, 0, None));
    let tokens = with_keys(std::slice::from_ref(&first));
    let token = issue_in(&tokens, 0);
    assert!(verify(&tokens, &token).is_ok() && tokens.knows(&first.kid));
    replace_keys(&tokens, &[second]);
    assert_eq!(verify(&tokens, &token), Err(TokenError::Invalid));
    assert!(!tokens.knows(&first.kid));
    replace_keys(&tokens, &[first]);
    assert!(verify(&tokens, &token).is_ok());
}

#[test]
fn only_what_could_be_ours_makes_the_keys_be_read_again() {
    let (tokens, others) = (tokens(1), tokens(2));
    let (header, _) = signing(&others);
    let token = |header: &Header, claims: &Value| signed(&others, header, claims);
    let refusal = |token: &str| verify_in(&tokens, token, 0).unwrap_err();
    assert_eq!(refusal(&token(&header, &claims())), Refused::UnknownKey);
    let expired = token(&header, &with("exp", json!(unix_time() - 1)));
    assert_eq!(refusal(&expired), Refused::Token(TokenError::Expired), "its key may have ended with it");
    let jku = Header { jku: Some("https://evil.example".to_owned()), ..header.clone() };
    for token in [token(&jku, &claims()), token(&header, &with("iss", json!("https://other.example")))] {
        assert_eq!(refusal(&token), Refused::Token(TokenError::Invalid));
    }
}

#[tokio::test]
async fn a_token_of_a_key_that_is_too_new_waits_for_the_keys() {
    let (first, second) = (key(1, 0, None), key(2, 0, None));
    let (tokens, others) = (with_keys(std::slice::from_ref(&first)), with_keys(std::slice::from_ref(&second)));
    let token = issue_in(&others, 0);
    let read = async {
        tokens.0.asked.notified().await;
        replace_keys(&tokens, &[first, second]);
    };
    let (verified, ()) = tokio::join!(tokens.verify(&token), read);
    assert!(verified.is_ok());
}

#[tokio::test]
async fn a_token_of_a_key_that_nobody_knows_is_refused_in_the_end() {
    let token = issue_in(&tokens(2), 0);
    assert_eq!(with_keys(&[key(1, 0, None)]).verify(&token).await, Err(TokenError::Invalid));
    assert_eq!(tokens(1).verify(&token).await, Err(TokenError::Invalid), "at once: nobody reads the keys");
}

#[test]
fn the_public_keys_are_all_that_verify_and_hold_nothing_secret() {
    let now = unix_time();
    let tokens = with_keys(&[key(1, 0, Some(now + 10)), key(2, now + 60, None), key(3, 0, Some(now - 1))]);
    let public = serde_json::to_value(tokens.public_keys(Clock.now())).unwrap();
    let kids: Vec<_> = public.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids, [key(2, 0, None).kid, key(1, 0, None).kid]);
    let mut members: Vec<_> = public[0].as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"]);
    let jwk: Jwk = serde_json::from_value(public[1].clone()).unwrap();
    let verifying = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let token = issue_in(&tokens, 0);
    assert!(decode::<Claims>(&token, &verifying, &tokens.0.validation).is_ok());
}
