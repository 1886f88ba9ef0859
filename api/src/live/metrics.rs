//! Names of the live updates' metrics.

/// WebSocket connections that are open (gauge).
pub const CONNECTIONS: &str = "tidemark_live_connections_count";
/// Handshakes refused, by `reason`: full, draining, origin, protocol (counter).
pub const REFUSED: &str = "tidemark_live_refused_total";
/// Connections closed by the server, by close `code` (counter).
pub const CLOSED: &str = "tidemark_live_closed_total";
/// Subscriptions that are open, loading ones included (gauge).
pub const SUBSCRIPTIONS: &str = "tidemark_live_subscriptions_count";
/// Messages handed to connections for sending (counter).
pub const SENT: &str = "tidemark_live_sent_messages_total";
/// Changes that were replaced by a later state of the same record before they were sent (counter).
pub const COALESCED: &str = "tidemark_live_coalesced_changes_total";
/// Subscriptions ended by the server, by `why`: epoch, expired, slow, revoked (counter).
pub const RESETS: &str = "tidemark_live_resets_total";
/// Subscriptions begun, by `mode`: snapshot, resumed (counter).
pub const LOADS: &str = "tidemark_live_loads_total";
/// Rows read again since their notices did not arrive (counter, label `projection`).
pub const BACKFILLED: &str = "tidemark_live_backfilled_rows_total";
/// Times that a hub noticed that it was behind its projection (counter, label `projection`).
pub const GAPS: &str = "tidemark_live_gaps_total";
/// Seconds from a notice's arrival in the process until its change was handed to the connection (histogram).
pub const PUSH_SECONDS: &str = "tidemark_live_push_seconds";
/// Members of rooms that this process knows of (gauge).
pub const PRESENT: &str = "tidemark_live_present_members_count";
/// Records that could not be shown, since a sealed field did not open (counter, label `projection`).
pub const UNREADABLE: &str = "tidemark_live_unreadable_rows_total";
