//! The read table as diesel knows it.

diesel::table! {
    orders (id) {
        id -> Uuid,
        version -> BigInt,
        customer -> Uuid,
        status -> Text,
        method -> Text,
        items -> Jsonb,
        total -> BigInt,
        currency -> Text,
        cancel_reason -> Nullable<Text>,
        refund_due -> Bool,
        placed_at -> Timestamptz,
        pay_by -> Timestamptz,
        updated_at -> Timestamptz,
        position -> BigInt,
    }
}
