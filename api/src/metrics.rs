//! Names of the API's metrics; docs/operations.md explains them.

/// Requests answered, by `method`, `route` (the template) and `status`.
pub const REQUESTS: &str = "tidemark_http_requests_total";
/// From the request's head to the answer's, by `method` and `route`.
pub const REQUEST_DURATION: &str = "tidemark_http_request_duration_seconds";
/// How long a password waited for its turn to be hashed.
pub const PASSWORD_WAIT: &str = "tidemark_http_password_wait_seconds";
/// Passwords that were not hashed because too many were waiting.
pub const PASSWORDS_REFUSED: &str = "tidemark_http_passwords_refused_total";
/// Attempts to sign in, by `outcome`: signed_in, second_factor_required, failed, refused.
pub const SIGN_INS: &str = "tidemark_http_sign_ins_total";
/// Attempts to prove who one is that came too soon after failed ones, so that they were not looked at.
pub const ATTEMPTS_REFUSED: &str = "tidemark_http_attempts_refused_total";
/// Refresh tokens shown, by `outcome`: rotated, repeated, reused, refused.
pub const REFRESHES: &str = "tidemark_http_refreshes_total";
/// Requests beyond a limit, by `policy`.
pub const RATE_LIMITED: &str = "tidemark_http_rate_limited_total";
/// Limits that were counted in this process because Redis did not answer.
pub const RATE_LIMIT_FALLBACKS: &str = "tidemark_http_rate_limit_fallbacks_total";
/// Records that one statement has read for those who asked for one each at the same time.
pub const LOADED_TOGETHER: &str = "tidemark_http_records_loaded_together";
/// Certificates read again after the start, by `outcome`: loaded, refused.
pub const CERTIFICATE_RELOADS: &str = "tidemark_http_certificate_reloads_total";
/// Queries where there is a read replica, by `answered_by`: replica, primary.
pub const REPLICA_READS: &str = "tidemark_http_replica_reads_total";
