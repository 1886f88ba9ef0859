//! Signatures as Standard Webhooks has them (<https://www.standardwebhooks.com>): by them receivers know who has sent what.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::webhooks::WebhookSecret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Of the symmetric scheme.
const VERSION: &str = "v1";

/// The header `webhook-signature`: one signature for each secret, so that a receiver that knows any of them can tell.
/// `timestamp` is in seconds of Unix time.
pub(super) fn sign(secrets: &[WebhookSecret], id: Uuid, timestamp: i64, body: &[u8]) -> String {
    let beginning = format!("{id}.{timestamp}.");
    let signatures = secrets.iter().filter_map(|secret| {
        // A key of any length will do; the type of the error has no value.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
        mac.update(beginning.as_bytes());
        mac.update(body);
        Some(format!("{VERSION},{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_hmac_of_id_time_and_body() {
        // Made with Python: hmac.new(base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), content, "sha256").
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id: Uuid = "0199c1a2-0000-7000-8000-000000000001".parse().unwrap();
        let signature = sign(&[secret], id, 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,hZUe8/upp+u5haQlUGbkkaxHz8gKnNwZPoxKprTkISY=");
    }

    #[test]
    fn every_secret_signs_and_the_newest_is_first() {
        let secrets = [WebhookSecret::from_random([1; 32]), WebhookSecret::from_random([2; 32])];
        let both = sign(&secrets, Uuid::nil(), 0, b"{}");
        let each: Vec<_> = secrets.chunks(1).map(|secret| sign(secret, Uuid::nil(), 0, b"{}")).collect();
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
    }
}
