//! Names of this crate's metrics.

/// Events in the log that the relay has not yet had confirmed (gauge; of the leader).
pub const RELAY_LAG_EVENTS: &str = "tidemark_relay_lag_events";
/// Age in seconds of the oldest event that is not confirmed, 0 when there is none (gauge; of the leader).
pub const RELAY_LAG_SECONDS: &str = "tidemark_relay_lag_seconds";
/// Events confirmed by the broker, repeats included (counter).
pub const RELAY_PUBLISHED: &str = "tidemark_relay_published_total";
/// Windows of which not every event was confirmed (counter).
pub const RELAY_FAILED_WINDOWS: &str = "tidemark_relay_failed_windows_total";
/// Seconds from publishing a window of events to its last confirm (histogram).
pub const RELAY_CONFIRM_SECONDS: &str = "tidemark_relay_confirm_seconds";
/// 1 while this process is the one that relays (gauge).
pub const RELAY_LEADER: &str = "tidemark_relay_leader_count";
/// Change notices handed to the bus (counter).
pub const CHANGES_PUBLISHED: &str = "tidemark_bus_changes_published_total";
/// Change notices dropped since the broker could not take them as fast, or at all (counter).
pub const CHANGES_DROPPED: &str = "tidemark_bus_changes_dropped_total";
/// News of who is there that were dropped, since the broker could not take them as fast, or at all (counter).
pub const PRESENCE_DROPPED: &str = "tidemark_bus_presence_dropped_total";
/// Times that a subscriber of this process fell behind and lost items (counter).
pub const SUBSCRIPTION_INTERRUPTIONS: &str = "tidemark_bus_subscription_interruptions_total";
/// Gaps seen in the notices of one publisher (counter).
pub const CHANGES_GAPS: &str = "tidemark_bus_changes_gaps_total";
/// Connections made to the broker, by what they are for (counter, label `link`).
pub const CONNECTIONS: &str = "tidemark_bus_connections_total";
