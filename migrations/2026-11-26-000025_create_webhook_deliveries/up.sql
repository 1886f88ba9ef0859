-- What each webhook wants to be told, as of the reactions' checkpoint: written by them only, in its transaction, so that
-- an event after a webhook's creation is matched and one before is not. Operational: can be made again from the log.
CREATE TABLE webhook_routes (
    webhook_id uuid PRIMARY KEY,
    -- A list of types of events, families such as `record.*`, or `*`.
    events jsonb NOT NULL,
    -- Only records of this collection, and of those only what the filter matches.
    collection uuid,
    filter text,
    enabled boolean NOT NULL
);

-- Webhooks whose deliveries have only failed since a time; no row where the last one succeeded. Operational.
CREATE TABLE webhook_health (
    webhook_id uuid PRIMARY KEY,
    failing_since timestamptz NOT NULL,
    -- Attempts since then.
    failures integer NOT NULL DEFAULT 1
);

-- One event for one webhook. Operational: not in the log, and gone after 30 days.
CREATE TABLE webhook_deliveries (
    -- UUIDv7: the order of ids is that of creation.
    id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    -- Of the event in the log; what is sent is read there.
    position bigint NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    -- Raised whenever it is sent again: jobs of earlier rounds change nothing any more.
    round integer NOT NULL DEFAULT 1,
    -- Attempts made so far, in all rounds.
    attempts integer NOT NULL DEFAULT 0,
    -- Why it was given up, where it was: the outcome of the last attempt, `disabled` or `abandoned`.
    failure text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_webhook_id ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_created_at ON webhook_deliveries (created_at);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id) WHERE state = 'pending';

-- What became of each attempt to deliver.
CREATE TABLE webhook_attempts (
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    -- 1 for the first.
    attempt integer NOT NULL,
    at timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    -- Of HTTP, where there was an answer.
    status smallint,
    -- `delivered`, or a code that says what went wrong.
    outcome text NOT NULL,
    -- The beginning of the answer's body, sealed under the webhook's key (purpose `webhook.response`).
    response text,
    PRIMARY KEY (delivery_id, attempt)
);
