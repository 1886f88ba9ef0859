//! Devices that an account has been signed in to on: how each is called in the list of sessions, and the token by which
//! it is known again, so that guesses of strangers do not hold it up.

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bootstrap::config::SecretKey;
use chrono::{DateTime, TimeDelta, Utc};
use event_store::KeyedHash;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::state::AppState;

const PREFIX: &str = "tmd_";
const ID_LENGTH: usize = 16;
const TIME_LENGTH: usize = 8;
const TAG_LENGTH: usize = 16;
const LENGTH: usize = ID_LENGTH + TIME_LENGTH + TAG_LENGTH;
/// A device that was not signed in on for so long is a stranger again.
const KNOWN_FOR: TimeDelta = TimeDelta::days(180);
const MAX_LABEL_LENGTH: usize = 200;

/// Makes the tokens of devices and reads them.
#[derive(Clone)]
pub struct DeviceTokens(KeyedHash);

impl DeviceTokens {
    pub fn new(secret: &SecretKey) -> Self {
        Self(KeyedHash::derive(secret.expose(), "device token"))
    }

    /// For a device that an account, given by its address in canonical form, was signed in to on.
    pub fn issue(&self, address: &str, device: Uuid, now: DateTime<Utc>) -> String {
        let expires_at = (now + KNOWN_FOR).timestamp();
        let tag = self.tag(address, device, expires_at);
        let bytes = [device.as_bytes().as_slice(), &expires_at.to_be_bytes(), &tag].concat();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The device, if it is one of this account.
    pub fn read(&self, address: &str, text: &str, now: DateTime<Utc>) -> Option<Uuid> {
        let mut bytes = [0; LENGTH];
        // Too long a token does not fit and is not decoded.
        let length = URL_SAFE_NO_PAD.decode_slice(text.strip_prefix(PREFIX)?, &mut bytes).ok()?;
        if length != LENGTH {
            return None;
        }
        let (id, rest) = bytes.split_first_chunk::<ID_LENGTH>()?;
        let (time, tag) = rest.split_first_chunk::<TIME_LENGTH>()?;
        let (device, expires_at) = (Uuid::from_bytes(*id), i64::from_be_bytes(*time));
        let is_ours = bool::from(self.tag(address, device, expires_at).ct_eq(tag));
        (is_ours && now.timestamp() < expires_at).then_some(device)
    }

    fn tag(&self, address: &str, device: Uuid, expires_at: i64) -> [u8; TAG_LENGTH] {
        let hash = self.0.hash(&[address.as_bytes(), device.as_bytes(), &expires_at.to_be_bytes()]);
        let mut tag = [0; TAG_LENGTH];
        tag.copy_from_slice(&hash[..TAG_LENGTH]);
        tag
    }
}

/// What the client says it is.
pub(crate) fn label(request: &HttpRequest) -> Option<String> {
    text_of(request.headers().get(header::USER_AGENT)?)
}

/// Where a trusted proxy says that the request comes from, if the installation has such a proxy.
pub(crate) fn place(state: &AppState, request: &HttpRequest) -> Option<String> {
    let name = state.sessions.place_header.as_deref()?;
    let peer = request.peer_addr()?.ip().to_canonical();
    if !state.http.trusted_proxies.iter().any(|proxy| proxy.to_canonical() == peer) {
        return None;
    }
    text_of(request.headers().get(name)?)
}

fn text_of(value: &header::HeaderValue) -> Option<String> {
    let text: String = value.to_str().ok()?.trim().chars().take(MAX_LABEL_LENGTH).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "ada@example.org";

    fn tokens(secret: u8) -> DeviceTokens {
        DeviceTokens::new(&SecretKey::new([secret; 32]))
    }

    #[test]
    fn a_device_is_known_to_its_account_for_half_a_year() {
        let (now, device) = (DateTime::UNIX_EPOCH, Uuid::from_u128(7));
        let token = tokens(1).issue(ADA, device, now);
        assert_eq!(tokens(1).read(ADA, &token, now), Some(device));
        assert_eq!(tokens(1).read(ADA, &token, now + TimeDelta::days(179)), Some(device));
        assert_eq!(tokens(1).read(ADA, &token, now + TimeDelta::days(181)), None);
    }

    #[test]
    fn nobody_makes_a_token_or_uses_it_for_another_account() {
        let (now, device) = (DateTime::UNIX_EPOCH, Uuid::from_u128(7));
        let token = tokens(1).issue(ADA, device, now);
        assert_eq!(tokens(1).read("eve@example.org", &token, now), None);
        assert_eq!(tokens(2).read(ADA, &token, now), None);
        let longer = format!("{token}AAAA");
        for garbage in ["", "tmd_", "tmd_AAAA", &token[4..], &longer, &token.replace("tmd_A", "tmd_B")] {
            assert_eq!(tokens(1).read(ADA, garbage, now), None, "{garbage}");
        }
    }
}
