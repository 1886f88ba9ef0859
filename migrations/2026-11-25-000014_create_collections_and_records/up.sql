-- Read model of collections. Written by projections/src/collections/project.rs only; it can be made again from the log.
CREATE TABLE collections (
    id uuid PRIMARY KEY,
    -- Version of the collection's stream.
    version bigint NOT NULL,
    name text NOT NULL,
    -- As in the events: description, schema, unique fields, rules.
    definition jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL,
    -- A tombstone.
    deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX collections_position ON collections (position);
-- Not unique: a name that was given again may be read before the event that set it free.
CREATE INDEX collections_name ON collections (name) WHERE NOT deleted;

-- Read model of the records of all collections. Written by projections/src/records/project.rs only.
CREATE TABLE records (
    id uuid PRIMARY KEY,
    collection uuid NOT NULL,
    -- Version of the record's stream.
    version bigint NOT NULL,
    -- In canonical form, as expressions expect it; of a tombstone {}.
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL,
    -- A tombstone, so that a client that was away learns of the removal.
    deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX records_position ON records (position);
-- Ids are UUIDv7: this is the order of creation too.
CREATE INDEX records_collection ON records (collection, id) WHERE NOT deleted;
INSERT INTO projection_builds (projection, build, state, lanes, activated_at)
VALUES ('collections', 1, 'active', 1, clock_timestamp()), ('records', 1, 'active', 1, clock_timestamp());
