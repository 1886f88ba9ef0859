//! The names of this crate's metrics.

/// Jobs that reactions have enqueued, by `kind`.
pub const REACTIONS: &str = "tidemark_reactions_jobs_total";
/// Attempts to send a mail, by `kind` and `outcome`: sent, repeat, refused, undeliverable, later, paused, failed.
pub const MAILS: &str = "tidemark_mail_attempts_total";
/// How long the mail server took for a mail, by `kind`.
pub const SEND_SECONDS: &str = "tidemark_mail_send_seconds";
/// The way to the mail server: 0 closed (in use), 1 half open (being tried), 2 open (left alone for a while).
pub const BREAKER_STATE: &str = "tidemark_mail_breaker_state";
/// Rows that retention has deleted, by `table`.
pub const PRUNED: &str = "tidemark_retention_pruned_rows_total";
/// How long pictures of a file took, by `outcome`: made, refused.
pub const THUMBNAIL_SECONDS: &str = "tidemark_files_thumbnail_seconds";
/// Things in the object store that no file has, and that were removed for that, by `kind`.
pub const SWEPT: &str = "tidemark_files_swept_total";
/// Attempts to deliver an event to a webhook, by `outcome`: delivered, refused, redirected, gone, timed_out, unreachable,
/// broken_off, forbidden.
pub const WEBHOOK_ATTEMPTS: &str = "tidemark_webhooks_attempts_total";
/// How long servers of webhooks took for an event.
pub const WEBHOOK_SECONDS: &str = "tidemark_webhooks_delivery_seconds";
/// Webhooks whose servers are left alone for a while, or are being tried again.
pub const WEBHOOKS_LEFT_ALONE: &str = "tidemark_webhooks_left_alone_count";
