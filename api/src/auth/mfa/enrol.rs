//! `POST /v1/auth/mfa/totp/enrol`.

use actix_web::HttpResponse;
use domain::users::{EnrolTotp, enrol_totp::EnrolTotpRefused};
use event_store::Execution;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::{Caller, proof::Opened, second_factor::TOTP_SECRET, step_up, totp},
    error::{ApiError, ApiResult, Problem},
    middleware::context::RequestContext,
    state::State,
};

/// As authenticator apps show it beside the address.
const ISSUER: &str = "Tidemark";

/// A secret for an authenticator app. It counts once a code of it was shown.
#[derive(Serialize, ToSchema)]
pub struct EnrolledTotp {
    /// In base32, to be typed.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// To be shown as a QR code.
    #[schema(
        example = "otpauth://totp/Tidemark:ada@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tidemark"
    )]
    otpauth_url: String,
}

/// Begin with a second factor
///
/// Takes the place of a secret that was not confirmed. Takes a recent authentication. `Idempotency-Key` has no meaning
/// here: the answer is a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/enrol", tag = "mfa",
    responses(
        (status = 200, description = "The secret, shown this one time", body = EnrolledTotp),
        (status = 403, description = "The caller has to prove again who they are", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "A second factor is on already", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn enrol(state: State, caller: Caller, context: RequestContext) -> ApiResult<HttpResponse> {
    step_up::require_recent(&state, &caller).await?;
    let opened = Opened::of(&state, caller.user_id).await?;
    let secret = totp::generate_secret();
    let command = EnrolTotp { secret: opened.key.seal(TOTP_SECRET, &secret), at: state.clock.now() };
    let execution = Execution { metadata: context.metadata(Some(caller.user_id)), ..Execution::new(Uuid::now_v7()) };
    state.events.execute(&opened.stream, command, execution).await?;
    let otpauth_url = otpauth_url(&opened.email()?, &secret)?;
    Ok(HttpResponse::Ok().json(EnrolledTotp { secret: secret.to_string(), otpauth_url }))
}

/// As every authenticator app reads it.
fn otpauth_url(email: &str, secret: &str) -> ApiResult<String> {
    let mut url = Url::parse("otpauth://totp/").map_err(|error| ApiError::Internal(error.into()))?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&format!("{ISSUER}:{email}"));
    }
    url.query_pairs_mut()
        .append_pair("secret", secret)
        .append_pair("issuer", ISSUER)
        .append_pair("algorithm", "SHA1")
        .append_pair("digits", &totp::DIGITS.to_string())
        .append_pair("period", &totp::STEP.to_string());
    Ok(url.into())
}

impl From<EnrolTotpRefused> for ApiError {
    fn from(refused: EnrolTotpRefused) -> Self {
        match refused {
            EnrolTotpRefused::NotActive(refused) => refused.into(),
            EnrolTotpRefused::AlreadyOn => Self::Conflict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_has_all_that_an_app_needs() {
        let url = otpauth_url("ada+x?&#/%41@example.org", "ABC234").unwrap();
        let expected = "otpauth://totp/Tidemark:ada+x%3F&%23%2F%2541@example.org?\
                        secret=ABC234&issuer=Tidemark&algorithm=SHA1&digits=6&period=30";
        assert_eq!(url, expected);
    }
}
