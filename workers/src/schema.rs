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
