//! The tables of this crate as diesel sees them.

diesel::table! {
    email_log (kind, subject, cause) {
        kind -> Text,
        subject -> Uuid,
        cause -> Uuid,
        state -> Text,
        attempts -> Integer,
        claimed_until -> Timestamptz,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        reply_code -> Nullable<SmallInt>,
    }
}

diesel::table! {
    email_undeliverable (subject) {
        subject -> Uuid,
        address -> Text,
        reply_code -> SmallInt,
        marked_at -> Timestamptz,
    }
}

diesel::table! {
    exports (id) {
        id -> Uuid,
        user_id -> Uuid,
        state -> Text,
        content -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
        requested_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    /// As far as exports show it.
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        device -> Nullable<Text>,
        place -> Nullable<Text>,
    }
}

diesel::table! {
    /// As the reactions read it.
    webhook_routes (webhook_id) {
        webhook_id -> Uuid,
        events -> Jsonb,
        collection -> Nullable<Uuid>,
        filter -> Nullable<Text>,
        enabled -> Bool,
    }
}

diesel::table! {
    /// Which records name which files, as far as the streams of files have been told.
    file_records (record_id, file_id) {
        record_id -> Uuid,
        file_id -> Uuid,
    }
}
