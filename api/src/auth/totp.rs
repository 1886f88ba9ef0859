//! Time-based one-time passwords (RFC 6238) as every authenticator app has them: SHA-1, six digits, 30 seconds.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sha1::Sha1;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// Seconds.
pub const STEP: i64 = 30;
pub const DIGITS: usize = 6;
/// As long as the hash, as RFC 4226 (section 4, R6) recommends.
const SECRET_LENGTH: usize = 20;

/// A new secret in base32, as it is shown to the user and kept sealed.
pub fn generate_secret() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; SECRET_LENGTH]> = Zeroizing::new(rand::rng().random());
    Zeroizing::new(BASE32_NOPAD.encode(bytes.as_slice()))
}

/// The step whose code this is: the one of `now` (seconds since 1970) or the one before it, as a code may be typed when
/// its time ends. `None` for a wrong code.
pub fn matching_step(secret: &str, code: &str, now: i64) -> Option<i64> {
    let current = now.div_euclid(STEP);
    let mut found = -1;
    for step in [current - 1, current] {
        // Both are compared to the end, whichever it is.
        let expected = code_at(secret, step)?;
        found.conditional_assign(&step, expected.as_bytes().ct_eq(code.as_bytes()));
    }
    (found >= 0).then_some(found)
}

/// The code of a step; `None` for what is no secret.
pub fn code_at(secret: &str, step: i64) -> Option<String> {
    let key = Zeroizing::new(BASE32_NOPAD.decode(secret.as_bytes()).ok()?);
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&key).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    // Dynamic truncation (RFC 4226, section 5.3): the last four bits say where the number begins.
    let offset = usize::from(hash.last()? & 0xf);
    let number = hash.get(offset..)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes) & 0x7fff_ffff)?;
    Some(format!("{:0DIGITS$}", number % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, time / STEP).unwrap(), code);
            assert_eq!(matching_step(SECRET, code, time), Some(time / STEP));
        }
    }

    #[test]
    fn the_step_before_counts_and_no_other() {
        let now = 1_234_567_890;
        let step = now / STEP;
        let matching = |of: i64| matching_step(SECRET, &code_at(SECRET, of).unwrap(), now);
        assert_eq!((matching(step), matching(step - 1)), (Some(step), Some(step - 1)));
        assert_eq!((matching(step + 1), matching(step - 2)), (None, None));
    }

    #[test]
    fn what_is_no_code_or_no_secret_matches_nothing() {
        for code in ["", "28708", "0287082", "２８７０８２", "abcdef"] {
            assert_eq!(matching_step(SECRET, code, 59), None, "{code}");
        }
        assert_eq!(matching_step("not base32!", "287082", 59), None);
    }

    #[test]
    fn secrets_are_random_and_of_160_bits() {
        let (one, other) = (generate_secret(), generate_secret());
        assert!(one.len() == 32 && *one != *other, "{}", one.len());
        assert!(code_at(&one, 1).is_some());
    }
}
