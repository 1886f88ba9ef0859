-- When each API key was used last, to the minute: written at most that often, so it is no history and not in the log.
CREATE TABLE api_key_uses (
    key_id uuid PRIMARY KEY,
    -- Whose key it is; goes with the person.
    user_id uuid NOT NULL,
    last_used_at timestamptz NOT NULL
);
CREATE INDEX api_key_uses_user_id ON api_key_uses (user_id);
