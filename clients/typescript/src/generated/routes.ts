// Generated from the server's OpenAPI document by `npm run generate`.

/** Operations that know a repeat by its `Idempotency-Key`. */
export const KEYED: ReadonlySet<string> = new Set([
  "DELETE /v1/collections/{name}",
  "DELETE /v1/collections/{name}/change",
  "DELETE /v1/collections/{name}/records/{id}",
  "DELETE /v1/files/{id}",
  "DELETE /v1/roles/{name}",
  "DELETE /v1/users/me/api-keys/{id}",
  "DELETE /v1/users/me/avatar",
  "DELETE /v1/users/{id}/roles/{name}",
  "PATCH /v1/collections/{name}",
  "PATCH /v1/collections/{name}/records/{id}",
  "PATCH /v1/files/{id}",
  "PATCH /v1/roles/{name}",
  "PATCH /v1/users/me",
  "POST /v1/auth/register",
  "POST /v1/batch",
  "POST /v1/collections",
  "POST /v1/collections/{name}/imports",
  "POST /v1/collections/{name}/records",
  "POST /v1/collections/{name}/records/{id}/restore",
  "POST /v1/files",
  "POST /v1/roles",
  "POST /v1/users/{id}/logout-all",
  "POST /v1/users/{id}/reactivate",
  "POST /v1/users/{id}/suspend",
  "PUT /v1/collections/{name}/records/{id}",
  "PUT /v1/users/me/avatar",
  "PUT /v1/users/{id}/roles/{name}"
]);

/** Operations that wait for a position: `Tidemark-After`. */
export const WAITING: ReadonlySet<string> = new Set([
  "GET /v1/collections",
  "GET /v1/collections/{name}",
  "GET /v1/collections/{name}/export",
  "GET /v1/collections/{name}/records",
  "GET /v1/collections/{name}/records/{id}",
  "GET /v1/files",
  "GET /v1/imports",
  "GET /v1/imports/{id}/errors",
  "GET /v1/users",
  "GET /v1/users/me",
  "GET /v1/users/{id}",
  "POST /v1/collections/{name}/records/search",
  "POST /v1/collections/{name}/records/{id}/files/{file}/url"
]);

/** The codes of problems. */
export type ProblemCode =
  | "already_exists"
  | "beyond_the_log"
  | "body_too_large"
  | "built_in_role"
  | "change_pending"
  | "checksum_mismatch"
  | "collection_exists"
  | "collection_not_empty"
  | "collection_referenced"
  | "conflict"
  | "cursor_mismatch"
  | "digest_mismatch"
  | "email_not_verified"
  | "email_taken"
  | "expansion_too_large"
  | "file_too_large"
  | "file_type_refused"
  | "forbidden"
  | "idempotency_in_flight"
  | "idempotency_mismatch"
  | "import_over"
  | "incompatible_change"
  | "incomplete_body"
  | "internal"
  | "interrupted"
  | "invalid_code"
  | "invalid_credentials"
  | "invalid_csrf_token"
  | "invalid_for_change"
  | "invalid_refresh_token"
  | "invalid_request"
  | "invalid_token"
  | "limit_reached"
  | "link_expired"
  | "link_invalid"
  | "malformed_json"
  | "method_not_allowed"
  | "not_deleted"
  | "not_found"
  | "not_ready"
  | "not_unique"
  | "offset_mismatch"
  | "outcome_unknown"
  | "overloaded"
  | "own_account"
  | "projection_lag"
  | "projection_parked"
  | "query_too_expensive"
  | "quota_exceeded"
  | "range_not_satisfiable"
  | "rate_limited"
  | "referenced"
  | "refresh_token_reused"
  | "request_timeout"
  | "role_exists"
  | "role_name_used"
  | "second_factor_not_set_up"
  | "second_factor_required"
  | "step_up_required"
  | "token_expired"
  | "too_many_attempts"
  | "too_many_references"
  | "unauthenticated"
  | "unavailable"
  | "unsupported_media_type"
  | "unsupported_tus_version"
  | "upload_busy"
  | "url_expired"
  | "url_invalid"
  | "validation_failed"
  | "version_mismatch";
