-- One key per person, wrapped by a master key. A row without a key is the tombstone of an erased person: it stays, so
-- that no race makes a new key for somebody who was erased.
CREATE TABLE subject_keys (
    subject_id uuid PRIMARY KEY,
    wrapped_key bytea,
    master_version smallint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz,
    CHECK ((wrapped_key IS NULL) = (erased_at IS NOT NULL))
);
