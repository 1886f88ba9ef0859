-- The keys that sign access tokens, their seeds wrapped by a master key. A row stays when its key is revoked, without the
-- seed: so that the key which the configuration's secret makes is not made again after it was revoked.
CREATE TABLE signing_keys (
    kid text PRIMARY KEY,
    wrapped_seed bytea,
    master_version smallint NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    verifies_until timestamptz,
    revoked_at timestamptz,
    CHECK (wrapped_seed IS NOT NULL OR verifies_until IS NOT NULL OR revoked_at IS NOT NULL),
    CHECK (revoked_at IS NULL OR wrapped_seed IS NULL)
);
