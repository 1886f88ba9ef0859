//! The operational tables of this crate, as diesel knows them.

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        generation -> Integer,
        refresh_hash -> Binary,
        previous_hash -> Nullable<Binary>,
        rotations -> Integer,
        rotated_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        authenticated_at -> Timestamptz,
        idle_expires_at -> Timestamptz,
        expires_at -> Timestamptz,
        mode -> Text,
        device -> Nullable<Text>,
        place -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Of the workers, which alone write it.
    webhook_deliveries (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        event_id -> Uuid,
        event_type -> Text,
        position -> BigInt,
        state -> Text,
        attempts -> Integer,
        failure -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Of the workers, which alone write it.
    webhook_attempts (delivery_id, attempt) {
        delivery_id -> Uuid,
        attempt -> Integer,
        at -> Timestamptz,
        duration_ms -> Integer,
        status -> Nullable<SmallInt>,
        outcome -> Text,
        response -> Nullable<Text>,
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
    sign_in_attempts (subject) {
        subject -> Binary,
        failures -> Integer,
        allowed_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    totp_steps (user_id) {
        user_id -> Uuid,
        step -> BigInt,
    }
}

diesel::table! {
    api_key_uses (key_id) {
        key_id -> Uuid,
        user_id -> Uuid,
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    file_thumbnails (file_id) {
        file_id -> Uuid,
        sizes -> Array<Integer>,
        content_type -> Text,
        made_at -> Timestamptz,
    }
}
