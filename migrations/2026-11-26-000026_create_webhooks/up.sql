-- Read model of webhooks. Written by projections/src/webhooks/project.rs only; it can be made again from the log.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    -- Version of the webhook's stream.
    version bigint NOT NULL,
    -- Sealed under the webhook's own key, as in the events.
    url text NOT NULL,
    -- Types of events, families such as `record.*`, or `*`.
    events text[] NOT NULL,
    collection uuid,
    -- As it was called when the webhook was told of it.
    collection_name text,
    filter text,
    description text NOT NULL,
    -- Why nothing is sent, where nothing is.
    disabled text,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL,
    -- A tombstone, so that it is known that there was one.
    deleted boolean NOT NULL DEFAULT false
);
INSERT INTO projection_builds (projection, build, state, lanes, activated_at)
VALUES ('webhooks', 1, 'active', 1, clock_timestamp());
