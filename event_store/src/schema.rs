//! The log's tables as diesel knows them.

diesel::table! {
    events (position) {
        position -> BigInt,
        event_id -> Uuid,
        stream_id -> Text,
        stream_version -> BigInt,
        category -> Text,
        event_type -> Text,
        event_version -> SmallInt,
        payload -> Jsonb,
        metadata -> Jsonb,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    log_head (id) {
        id -> SmallInt,
        position -> BigInt,
    }
}

diesel::table! {
    log_incarnation (id) {
        id -> SmallInt,
        incarnation -> Uuid,
        began_at -> Timestamptz,
    }
}

diesel::table! {
    commands (command_id) {
        command_id -> Uuid,
        idempotency_key -> Nullable<Uuid>,
        fingerprint -> Nullable<Uuid>,
        first_event -> Uuid,
        events -> Integer,
        response -> Nullable<Jsonb>,
    }
}

diesel::table! {
    claims (scope, key_hash) {
        scope -> Text,
        key_hash -> Binary,
        stream_id -> Text,
    }
}

diesel::table! {
    snapshots (stream_id) {
        stream_id -> Text,
        stream_version -> BigInt,
        state_version -> SmallInt,
        state -> Jsonb,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        fence -> BigInt,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    checkpoints (consumer, build, lane) {
        consumer -> Text,
        build -> Integer,
        lane -> SmallInt,
        position -> BigInt,
        incarnation -> Uuid,
        fence -> BigInt,
        parked_generation -> BigInt,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    parked (consumer, build, lane, stream_id) {
        consumer -> Text,
        build -> Integer,
        lane -> SmallInt,
        stream_id -> Text,
        position -> BigInt,
        error -> Text,
        attempts -> Integer,
        parked_at -> Timestamptz,
    }
}

diesel::table! {
    /// In the keys' database.
    subject_keys (subject_id) {
        subject_id -> Uuid,
        wrapped_key -> Nullable<Binary>,
        master_version -> SmallInt,
        created_at -> Timestamptz,
        erased_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// In the keys' database.
    signing_keys (kid) {
        kid -> Text,
        wrapped_seed -> Nullable<Binary>,
        master_version -> SmallInt,
        created_at -> Timestamptz,
        signs_from -> Timestamptz,
        verifies_until -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(events, checkpoints, log_head, parked);
