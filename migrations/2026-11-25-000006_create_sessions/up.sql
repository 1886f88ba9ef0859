-- Sessions that were begun by signing in. Operational: not in the log, and not made from it. That a session is over is
-- also decided by the log (user.session_ended, and the generation of the user's sessions), which counts more than a row.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    -- The user's authentication generation that the session belongs to.
    generation integer NOT NULL,
    -- Keyed hashes of the refresh token that counts and of the one that it was exchanged for; nobody makes tokens of them.
    refresh_hash bytea NOT NULL UNIQUE,
    -- NULL where the token was replaced without having been shown.
    previous_hash bytea,
    -- How many tokens there were before the one that counts.
    rotations integer NOT NULL DEFAULT 0,
    rotated_at timestamptz,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- When the user last proved who they are.
    authenticated_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    mode text NOT NULL CHECK (mode IN ('token', 'cookie')),
    -- Sealed under the user's key.
    device text,
    place text,
    ended_at timestamptz
);
CREATE INDEX sessions_user_id ON sessions (user_id);

-- Attempts to prove who one is that have not succeeded, counted before they are looked at. No subject can be read off
-- its row: it is a keyed hash of an account, or of an account and a device.
CREATE TABLE sign_in_attempts (
    subject bytea PRIMARY KEY,
    failures integer NOT NULL,
    -- The next attempt counts from here on.
    allowed_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The step of the last code that was accepted of each user's second factor: only a later one is.
CREATE TABLE totp_steps (
    user_id uuid PRIMARY KEY,
    step bigint NOT NULL
);
