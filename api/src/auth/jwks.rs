//! `GET /.well-known/jwks.json`: the public keys of access tokens, for programs that verify them on their own.

use actix_web::{HttpResponse, http::header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::State;

/// A new key is announced a minute before it signs: whoever meets a `kid` that is not in a kept copy asks again.
const CACHED: &str = "public, max-age=300";
const CONTENT_TYPE: &str = "application/jwk-set+json";

/// Keys that verify access tokens now, or will soon (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct PublicKeys {
    /// Newest first.
    pub(super) keys: Vec<PublicKey>,
}

/// An Ed25519 key (RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicKey {
    /// Names the key in the header of tokens; the key's thumbprint (RFC 7638).
    pub(super) kid: String,
    #[schema(value_type = String, example = "OKP")]
    pub(super) kty: &'static str,
    #[schema(value_type = String, example = "Ed25519")]
    pub(super) crv: &'static str,
    /// The public key in base64url.
    pub(super) x: String,
    #[serde(rename = "use")]
    #[schema(value_type = String, example = "sig")]
    pub(super) purpose: &'static str,
    #[schema(value_type = String, example = "EdDSA")]
    pub(super) alg: &'static str,
}

/// The public keys of access tokens
///
/// For programs that verify access tokens on their own. A signature alone does not say that its user may still do
/// anything: that is decided when the token is used here.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth",
    responses((status = 200, description = "A JSON Web Key Set (RFC 7517)", body = PublicKeys,
               content_type = "application/jwk-set+json")))]
pub async fn jwks(state: State) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, CACHED))
        .insert_header((header::CONTENT_TYPE, CONTENT_TYPE))
        .json(PublicKeys { keys: state.tokens.public_keys(state.clock.now()) })
}
