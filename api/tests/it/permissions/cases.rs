//! Who may use which route, written down apart from the table that decides it.

use crate::cast::Who;

/// What the `{id}` of a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// There is none.
    Nothing,
    User,
    Session,
    ApiKey,
    Export,
    File,
    Import,
}

/// Who may use a route, as a person who reads the documentation would say it: written down apart from the table.
pub(super) struct Case {
    pub(super) may: &'static [Who],
    pub(super) object: Object,
}

const EVERYBODY: &[Who] = &Who::ALL;
const SIGNED_IN: &[Who] = &[Who::Member, Who::Support, Who::Admin];
const MEMBERS: &[Who] = &[Who::Member, Who::Admin];
const ADMIN: &[Who] = &[Who::Admin];
const READERS: &[Who] = &[Who::Support, Who::Admin];
const READERS_AND_KEY: &[Who] = &[Who::Support, Who::Admin, Who::Key];
/// Whoever may read everybody may read their own.
const MEMBERS_READERS_AND_KEY: &[Who] = &[Who::Member, Who::Support, Who::Admin, Who::Key];

pub(super) fn case(method: &str, path: &str) -> Case {
    let (may, object) = match (method, path) {
        ("GET", "/" | "/docs" | "/docs/docs.js" | "/docs/docs.css" | "/health" | "/health/live" | "/health/ready") => {
            (EVERYBODY, Object::Nothing)
        }
        ("GET", "/v1/live" | "/v1/openapi.json") => (EVERYBODY, Object::Nothing),
        ("GET", "/.well-known/jwks.json" | "/.well-known/security.txt") => (EVERYBODY, Object::Nothing),
        ("GET", path) if path.starts_with("/account/") => (EVERYBODY, Object::Nothing),
        ("POST", "/v1/auth/register" | "/v1/auth/login" | "/v1/auth/refresh") => (EVERYBODY, Object::Nothing),
        ("POST", "/v1/auth/verify-email" | "/v1/auth/resend-verification") => (EVERYBODY, Object::Nothing),
        ("POST", "/v1/auth/forgot-password" | "/v1/auth/reset-password") => (EVERYBODY, Object::Nothing),
        ("POST", "/v1/auth/confirm-email-change" | "/v1/auth/undo-email-change") => (EVERYBODY, Object::Nothing),
        ("POST", "/v1/auth/logout" | "/v1/auth/logout-all" | "/v1/auth/step-up") => (SIGNED_IN, Object::Nothing),
        ("GET", "/v1/auth/sessions") => (MEMBERS, Object::Nothing),
        ("DELETE", "/v1/auth/sessions/{id}") => (MEMBERS, Object::Session),
        ("POST", "/v1/auth/change-password" | "/v1/auth/change-email") => (MEMBERS, Object::Nothing),
        ("POST", "/v1/auth/mfa/totp/enrol" | "/v1/auth/mfa/totp/confirm") => (MEMBERS, Object::Nothing),
        ("POST", "/v1/auth/mfa/totp/disable" | "/v1/auth/mfa/totp/recovery-codes") => (MEMBERS, Object::Nothing),
        ("GET", "/v1/users/me") => (MEMBERS_READERS_AND_KEY, Object::Nothing),
        ("PATCH" | "DELETE", "/v1/users/me") => (MEMBERS, Object::Nothing),
        ("PUT" | "DELETE", "/v1/users/me/avatar") => (MEMBERS, Object::Nothing),
        // There are none here: of whom they are shown to, the tests of avatars say more.
        ("GET", "/v1/users/me/avatar" | "/v1/users/{id}/avatar") => (MEMBERS_READERS_AND_KEY, Object::Nothing),
        ("GET", "/v1/users/me/audit") => (MEMBERS, Object::Nothing),
        ("GET" | "POST", "/v1/users/me/api-keys") => (MEMBERS, Object::Nothing),
        ("DELETE", "/v1/users/me/api-keys/{id}") => (MEMBERS, Object::ApiKey),
        ("GET" | "POST", "/v1/users/me/exports") => (MEMBERS, Object::Nothing),
        ("GET", "/v1/users/me/exports/{id}" | "/v1/users/me/exports/{id}/download") => (MEMBERS, Object::Export),
        ("GET", "/v1/users") => (READERS_AND_KEY, Object::Nothing),
        ("GET", "/v1/users/{id}") => (READERS_AND_KEY, Object::User),
        ("DELETE", "/v1/users/{id}") => (ADMIN, Object::User),
        ("PUT" | "DELETE", "/v1/users/{id}/roles/{name}") => (ADMIN, Object::User),
        ("POST", "/v1/users/{id}/suspend" | "/v1/users/{id}/reactivate") => (ADMIN, Object::User),
        ("POST", "/v1/users/{id}/logout-all") => (ADMIN, Object::User),
        ("GET", "/v1/users/{id}/audit") => (ADMIN, Object::User),
        ("GET", "/v1/audit") => (ADMIN, Object::Nothing),
        ("GET", "/v1/roles" | "/v1/roles/{name}") => (READERS, Object::Nothing),
        ("POST", "/v1/roles") => (ADMIN, Object::Nothing),
        ("PATCH" | "DELETE", "/v1/roles/{name}") => (ADMIN, Object::Nothing),
        ("GET" | "POST", "/v1/collections") => (ADMIN, Object::Nothing),
        ("GET" | "PATCH" | "DELETE", "/v1/collections/{name}") => (ADMIN, Object::Nothing),
        ("GET" | "DELETE", "/v1/collections/{name}/change") => (ADMIN, Object::Nothing),
        // Which of the records, the rules of the collection say.
        ("GET" | "POST", "/v1/collections/{name}/records") => (MEMBERS, Object::Nothing),
        ("GET" | "PATCH" | "PUT" | "DELETE", "/v1/collections/{name}/records/{id}") => (MEMBERS, Object::Nothing),
        ("POST", "/v1/collections/{name}/records/{id}/restore") => (MEMBERS, Object::Nothing),
        ("GET", "/v1/collections/{name}/records/{id}/history") => (MEMBERS, Object::Nothing),
        ("GET", "/v1/collections/{name}/records/{id}/history/diff") => (MEMBERS, Object::Nothing),
        ("GET", "/v1/collections/{name}/export") => (MEMBERS, Object::Nothing),
        ("POST", "/v1/collections/{name}/imports") | ("GET", "/v1/imports") => (MEMBERS, Object::Nothing),
        ("GET" | "DELETE", "/v1/imports/{id}") => (MEMBERS, Object::Import),
        ("PUT", "/v1/imports/{id}/content") | ("GET", "/v1/imports/{id}/errors") => (MEMBERS, Object::Import),
        ("POST", "/v1/batch") => (MEMBERS, Object::Nothing),
        ("POST", "/v1/collections/{name}/records/search") => (MEMBERS, Object::Nothing),
        ("POST", "/v1/collections/{name}/records/{id}/files/{file}/url") => (MEMBERS, Object::Nothing),
        ("GET" | "POST", "/v1/files") | ("GET", "/v1/files/usage") => (MEMBERS, Object::Nothing),
        ("GET" | "PATCH" | "DELETE", "/v1/files/{id}") => (MEMBERS, Object::File),
        ("GET", "/v1/files/{id}/thumbnail") => (MEMBERS, Object::Nothing),
        ("GET", "/v1/files/{id}/content") | ("POST", "/v1/files/{id}/url") => (MEMBERS, Object::File),
        ("OPTIONS", "/v1/files/tus") => (EVERYBODY, Object::Nothing),
        ("POST", "/v1/files/tus") | ("GET" | "PATCH" | "DELETE", "/v1/files/tus/{id}") => (MEMBERS, Object::Nothing),
        // They are nobody's own.
        ("GET" | "POST", "/v1/webhooks") => (ADMIN, Object::Nothing),
        ("GET" | "PATCH" | "DELETE", "/v1/webhooks/{id}") => (ADMIN, Object::Nothing),
        ("POST", "/v1/webhooks/{id}/rotate-secret" | "/v1/webhooks/{id}/test") => (ADMIN, Object::Nothing),
        ("POST", "/v1/webhooks/{id}/enable" | "/v1/webhooks/{id}/disable") => (ADMIN, Object::Nothing),
        ("POST", "/v1/webhooks/{id}/replay") => (ADMIN, Object::Nothing),
        ("GET", "/v1/webhooks/{id}/deliveries") => (ADMIN, Object::Nothing),
        ("GET", "/v1/webhooks/{id}/deliveries/{delivery}") => (ADMIN, Object::Nothing),
        ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/replay") => (ADMIN, Object::Nothing),
        // Whoever has the URL.
        ("GET", "/v1/files/{id}/signed") => (EVERYBODY, Object::Nothing),
        (method, path) => panic!("{method} {path} needs a case here"),
    };
    Case { may, object }
}
