//! The queue's small tables as diesel sees them; `jobs` itself is reached by the statements' SQL.

diesel::table! {
    job_queues (name) {
        name -> Text,
        paused_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    job_crons (name) {
        name -> Text,
        last_tick -> Timestamptz,
    }
}
