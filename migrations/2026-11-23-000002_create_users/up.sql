-- The builds of each projection: which tables serve, which are being made, which are kept for a rollback.
CREATE TABLE projection_builds (
    projection text NOT NULL,
    -- Counts from 1 and is never given twice to tables that served.
    build integer NOT NULL CHECK (build > 0),
    -- building: tables in schema build_<projection>_<build>. active: in public. retired: in retired_<projection>_<build>.
    -- dropped: gone; the row keeps the number from being given again.
    state text NOT NULL CHECK (state IN ('building', 'active', 'retired', 'dropped')),
    -- Fixed for the life of the build: every lane has a checkpoint of its own.
    lanes smallint NOT NULL CHECK (lanes > 0),
    -- Raised when rows changed that readers could not find by position, such as those of a released stream.
    resets integer NOT NULL DEFAULT 0,
    -- The head of the log when the build was begun.
    target bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    activated_at timestamptz,
    retired_at timestamptz,
    PRIMARY KEY (projection, build)
);
CREATE UNIQUE INDEX projection_builds_active ON projection_builds (projection) WHERE state = 'active';

-- Read model of users. Written by projections/src/users/project.rs only; it can be made again from the log.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    -- Version of the user's stream.
    version bigint NOT NULL,
    -- Sealed under the user's key, as in the events.
    email text NOT NULL,
    display_name text,
    locale text NOT NULL,
    roles text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL,
    -- A tombstone, so that a client that was away learns of the removal.
    deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX users_position ON users (position);
INSERT INTO projection_builds (projection, build, state, lanes, activated_at)
VALUES ('users', 1, 'active', 1, clock_timestamp());
