//! The second factor: a code of the authenticator app, or a recovery code in its place; each counts once.

use bootstrap::config::SecretKey;
use data_encoding::BASE32_NOPAD;
use domain::{
    Aggregate, Sealed,
    users::{Account, Totp, UseRecoveryCode, User, UserId, events::SignInMethod},
};
use event_store::{Execution, KeyedHash, Metadata, StreamId};
use rand::RngExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{totp, totp_steps};
use crate::{
    error::{ApiError, ApiResult},
    state::AppState,
};

/// What the sealed secret is: part of what it was sealed with, so it never changes.
pub(crate) const TOTP_SECRET: &str = "user.totp_secret";
/// How many recovery codes there are at first.
pub const RECOVERY_CODES: usize = 10;
/// In base32: 130 bits, so that a plain keyed hash of one is as good as a slow one (ASVS 6.5.2 asks for 112).
const RECOVERY_CODE_LENGTH: usize = 26;
/// Longer texts are no codes and not hashed.
const MAX_CODE_LENGTH: usize = 64;

/// What is shown beside a password.
#[derive(Clone)]
pub enum Code {
    Totp(String),
    Recovery(String),
}

const PURPOSE: &str = "recovery code";

/// Makes recovery codes and hashes them.
#[derive(Clone)]
pub struct RecoveryCodes {
    current: KeyedHash,
    former: Vec<KeyedHash>,
}

/// Checks what a user shows beside the password, and uses it up. To be called once the password was found right, and an
/// attempt counted ([`super::Throttle::reserve`]).
///
/// Fails with [`ApiError::SecondFactorRequired`] when there should be a code, and with [`ApiError::InvalidCode`] when it
/// is wrong or was used.
pub async fn check(
    state: &AppState,
    user: UserId,
    account: &Account,
    code: Option<&Code>,
    metadata: Metadata,
) -> ApiResult<SignInMethod> {
    let (secret, recovery_codes) = match &account.totp {
        Totp::On { secret, recovery_codes } => (secret, recovery_codes),
        // Nothing that could be checked, and nothing that a code could add to.
        Totp::Off | Totp::Enrolled { .. } => return Ok(SignInMethod::Password),
    };
    match code {
        None => Err(ApiError::SecondFactorRequired),
        Some(Code::Totp(code)) => {
            accept(state, user, secret, code).await?.then_some(SignInMethod::Totp).ok_or(ApiError::InvalidCode)
        }
        Some(Code::Recovery(code)) => recover(state, user, recovery_codes, code, metadata).await,
    }
}

/// Whether this is the code of the current step or the one before, and of a later step than every code that was accepted
/// before; accepting it takes it from everybody else who comes with it.
pub async fn accept(state: &AppState, user: UserId, secret: &Sealed, code: &str) -> ApiResult<bool> {
    let secret = Zeroizing::new(state.keys.open(user.as_uuid(), TOTP_SECRET, secret).await?);
    let Some(step) = totp::matching_step(&secret, code, state.clock.now().timestamp()) else { return Ok(false) };
    Ok(totp_steps::take(&mut *state.pool.get().await?, user.as_uuid(), step).await?)
}

async fn recover(
    state: &AppState,
    user: UserId,
    known: &[String],
    code: &str,
    metadata: Metadata,
) -> ApiResult<SignInMethod> {
    let code = state.recovery_codes.find(code, known).ok_or(ApiError::InvalidCode)?;
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    state.events.execute(&stream, UseRecoveryCode { code, at: state.clock.now() }, execution).await?;
    Ok(SignInMethod::RecoveryCode)
}

impl RecoveryCodes {
    pub fn new(pepper: &SecretKey) -> Self {
        Self { current: KeyedHash::derive(pepper.expose(), PURPOSE), former: vec![] }
    }

    /// Recognises codes that were made with these peppers before the current one.
    pub fn formerly(self, peppers: &[SecretKey]) -> Self {
        let former = peppers.iter().map(|pepper| KeyedHash::derive(pepper.expose(), PURPOSE)).collect();
        Self { former, ..self }
    }

    /// New codes as they are shown, once.
    pub fn generate() -> Vec<Zeroizing<String>> {
        let code = || {
            let bytes: Zeroizing<[u8; 17]> = Zeroizing::new(rand::rng().random());
            let text = Zeroizing::new(BASE32_NOPAD.encode(bytes.as_slice()));
            Zeroizing::new(text.chars().take(RECOVERY_CODE_LENGTH).collect())
        };
        (0..RECOVERY_CODES).map(|_| code()).collect()
    }

    /// What is kept of a code; white space, hyphens and case do not count. `None` for what cannot be one.
    pub fn hash(&self, code: &str) -> Option<String> {
        normal(code).map(|code| kept(&self.current, &code))
    }

    /// The hash of this code among those that are `known`, else what is kept of a new one; `None` for what cannot be one.
    fn find(&self, code: &str, known: &[String]) -> Option<String> {
        let code = normal(code)?;
        let mut hashes = self.former.iter().map(|pepper| kept(pepper, &code));
        Some(hashes.find(|hash| known.contains(hash)).unwrap_or_else(|| kept(&self.current, &code)))
    }
}

fn normal(code: &str) -> Option<Zeroizing<String>> {
    if code.len() > MAX_CODE_LENGTH {
        return None;
    }
    let kept = code.chars().filter(|char| !char.is_whitespace() && *char != '-');
    let code = Zeroizing::new(kept.map(|char| char.to_ascii_uppercase()).collect::<String>());
    (code.len() == RECOVERY_CODE_LENGTH).then_some(code)
}

fn kept(pepper: &KeyedHash, code: &str) -> String {
    BASE32_NOPAD.encode(&pepper.hash(&[code.as_bytes()]))
}

/// Not shown by accident.
impl std::fmt::Debug for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Totp(_) => formatter.write_str("Totp(…)"),
            Self::Recovery(_) => formatter.write_str("Recovery(…)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_recognised_as_people_type_them() {
        let codes = RecoveryCodes::new(&SecretKey::new([1; 32]));
        let generated = RecoveryCodes::generate();
        assert_eq!(generated.len(), RECOVERY_CODES);
        let code = generated[0].as_str();
        assert_eq!(code.len(), RECOVERY_CODE_LENGTH);
        let typed = format!(" {}-{} ", code[..13].to_lowercase(), &code[13..]);
        assert_eq!(codes.hash(&typed), codes.hash(code));
        assert_ne!(codes.hash(code), codes.hash(&generated[1]));
        assert_ne!(codes.hash(code), RecoveryCodes::new(&SecretKey::new([2; 32])).hash(code));
        for other in ["", "12345678", &"A".repeat(27), &"x".repeat(10_000)] {
            assert_eq!(codes.hash(other), None, "{other}");
        }
    }

    #[test]
    fn codes_of_a_former_pepper_are_found_among_those_that_are_known() {
        let [old, new] = [1, 2].map(|byte| SecretKey::new([byte; 32]));
        let code = RecoveryCodes::generate().remove(0);
        let known = [RecoveryCodes::new(&old).hash(&code).unwrap()];
        let both = RecoveryCodes::new(&new).formerly(&[old]);
        assert_eq!(both.find(&code, &known).as_ref(), Some(&known[0]));
        assert_eq!(both.find(&code, &[]), both.hash(&code), "nothing is made with a former one");
        assert_ne!(RecoveryCodes::new(&new).find(&code, &known).as_ref(), Some(&known[0]));
    }
}
