//! The tables that this crate reads and writes, as diesel knows them.

diesel::table! {
    users (id) {
        id -> Uuid,
        version -> BigInt,
        email -> Text,
        display_name -> Nullable<Text>,
        locale -> Text,
        roles -> Array<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        position -> BigInt,
        deleted -> Bool,
        email_verified -> Bool,
        status -> Text,
        totp -> Bool,
        generation -> Integer,
        avatar -> Nullable<Uuid>,
    }
}

diesel::table! {
    collections (id) {
        id -> Uuid,
        version -> BigInt,
        name -> Text,
        definition -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        position -> BigInt,
        deleted -> Bool,
    }
}

diesel::table! {
    records (id, generation) {
        id -> Uuid,
        collection -> Uuid,
        version -> BigInt,
        data -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        created_by -> Uuid,
        position -> BigInt,
        deleted -> Bool,
        generation -> Integer,
    }
}

diesel::table! {
    record_generations (collection) {
        collection -> Uuid,
        generation -> Integer,
        pending -> Nullable<Jsonb>,
    }
}

diesel::table! {
    files (id) {
        id -> Uuid,
        version -> BigInt,
        owner -> Uuid,
        name -> Text,
        content_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Text,
        temporary -> Bool,
        records -> BigInt,
        unnamed_since -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        position -> BigInt,
        deleted -> Bool,
    }
}

diesel::table! {
    imports (id) {
        id -> Uuid,
        version -> BigInt,
        collection -> Uuid,
        collection_name -> Text,
        format -> Text,
        owner -> Uuid,
        state -> Text,
        received_bytes -> BigInt,
        lines -> BigInt,
        created -> BigInt,
        refused -> BigInt,
        errors -> BigInt,
        started_at -> Timestamptz,
        updated_at -> Timestamptz,
        position -> BigInt,
        deleted -> Bool,
    }
}

diesel::table! {
    import_errors (import_id, number) {
        import_id -> Uuid,
        number -> BigInt,
        line -> BigInt,
        pointer -> Text,
        code -> Text,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Uuid,
        version -> BigInt,
        url -> Text,
        events -> Array<Text>,
        collection -> Nullable<Uuid>,
        collection_name -> Nullable<Text>,
        filter -> Nullable<Text>,
        description -> Text,
        disabled -> Nullable<Text>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        position -> BigInt,
        deleted -> Bool,
    }
}

diesel::table! {
    projection_builds (projection, build) {
        projection -> Text,
        build -> Integer,
        state -> Text,
        lanes -> SmallInt,
        resets -> Integer,
        target -> BigInt,
        started_at -> Timestamptz,
        activated_at -> Nullable<Timestamptz>,
        retired_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Of the event store, which alone moves positions.
    checkpoints (consumer, build, lane) {
        consumer -> Text,
        build -> Integer,
        lane -> SmallInt,
        position -> BigInt,
        fence -> BigInt,
    }
}

diesel::table! {
    /// Of the event store.
    parked (consumer, build, lane, stream_id) {
        consumer -> Text,
        build -> Integer,
        lane -> SmallInt,
        stream_id -> Text,
        position -> BigInt,
        error -> Text,
        attempts -> Integer,
    }
}

diesel::table! {
    /// Of the event store.
    log_incarnation (id) {
        id -> SmallInt,
        incarnation -> Uuid,
    }
}

diesel::define_sql_function! {
    fn clock_timestamp() -> diesel::sql_types::Timestamptz;
}

diesel::define_sql_function! {
    /// The lane of a stream among `lanes`.
    fn event_lane(stream_id: diesel::sql_types::Text, lanes: diesel::sql_types::Integer) -> diesel::sql_types::Integer;
}

diesel::allow_tables_to_appear_in_same_query!(projection_builds, checkpoints, parked, log_incarnation);
diesel::allow_tables_to_appear_in_same_query!(files, users);
