//! The operational tables of this crate, as diesel knows them.

diesel::table! {
    uploads (id) {
        id -> Uuid,
        owner -> Uuid,
        name -> Text,
        content_type -> Nullable<Text>,
        temporary -> Bool,
        size_bytes -> BigInt,
        received_bytes -> BigInt,
        writer -> Nullable<Uuid>,
        writer_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    upload_parts (upload_id, start_byte) {
        upload_id -> Uuid,
        start_byte -> BigInt,
        size_bytes -> BigInt,
        key -> Text,
    }
}
