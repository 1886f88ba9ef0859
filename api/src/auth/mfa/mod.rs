//! Managing the second factor.

pub mod confirm;
pub mod disable;
pub mod enrol;
pub mod replace_recovery_codes;

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{
    RecoveryCodes,
    sessions::{
        Granted,
        answer::{self, SessionTokens},
    },
};
use crate::{
    error::{ApiError, ApiResult},
    state::AppState,
};

/// Codes that take the place of the second factor, once each, and the tokens with which the caller's session goes on. They
/// are shown this one time.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodesView {
    #[serde(flatten)]
    tokens: SessionTokens,
    #[schema(example = json!(["MZXW6YTBOI7DK3TPOQ4SAIDJNY"]))]
    recovery_codes: Vec<String>,
}

/// New recovery codes, and what is kept of them.
fn new_codes(state: &AppState) -> ApiResult<(Vec<Zeroizing<String>>, Vec<String>)> {
    let codes = RecoveryCodes::generate();
    let hashes: Option<Vec<String>> = codes.iter().map(|code| state.recovery_codes.hash(code)).collect();
    let hashes = hashes.ok_or_else(|| ApiError::Internal(anyhow::anyhow!("a new recovery code is none")))?;
    Ok((codes, hashes))
}

fn shown(state: &AppState, granted: &Granted, codes: &[Zeroizing<String>]) -> ApiResult<HttpResponse> {
    let recovery_codes = codes.iter().map(|code| code.to_string()).collect();
    answer::granted_within(state, granted, None, |tokens| RecoveryCodesView { tokens, recovery_codes })
}
