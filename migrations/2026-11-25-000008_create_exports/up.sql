-- Copies of all data about a person that the person has asked for. Operational: not in the log, and gone after a day.
CREATE TABLE exports (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'ready', 'failed')),
    -- Sealed under the person's key.
    content text,
    -- Of what is sealed.
    size_bytes bigint,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL,
    CHECK ((content IS NOT NULL) = (state = 'ready'))
);
CREATE INDEX exports_user_id ON exports (user_id);
CREATE INDEX exports_expires_at ON exports (expires_at);
