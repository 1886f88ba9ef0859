-- Read model of imports. Written by projections/src/imports/project.rs only; it can be made again from the log.
CREATE TABLE imports (
    id uuid PRIMARY KEY,
    -- Version of the import's stream.
    version bigint NOT NULL,
    collection uuid NOT NULL,
    -- As it was when the import was started.
    collection_name text NOT NULL,
    -- ndjson or csv.
    format text NOT NULL,
    owner uuid NOT NULL,
    -- open, finished or abandoned.
    state text NOT NULL,
    -- Of the content, done.
    received_bytes bigint NOT NULL,
    lines bigint NOT NULL,
    created bigint NOT NULL,
    refused bigint NOT NULL,
    -- Rows of import_errors.
    errors bigint NOT NULL,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL,
    -- A tombstone, so that a client that was away learns of the removal.
    deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX imports_position ON imports (position);
-- Ids are UUIDv7: this is the order of starting too.
CREATE INDEX imports_owner ON imports (owner, id) WHERE NOT deleted;
CREATE INDEX imports_updated ON imports (updated_at) WHERE NOT deleted;

-- What was wrong with lines: places and kinds, nothing of what stood there.
CREATE TABLE import_errors (
    import_id uuid NOT NULL,
    -- In the order in which they were told, from 1.
    number bigint NOT NULL,
    line bigint NOT NULL,
    pointer text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (import_id, number)
);
INSERT INTO projection_builds (projection, build, state, lanes, activated_at)
VALUES ('imports', 1, 'active', 1, clock_timestamp());
