-- Read model of orders. Written by examples/orders/src/read_model/project.rs only; it can be made again from the log.
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    -- Version of the order's stream.
    version bigint NOT NULL,
    customer uuid NOT NULL,
    status text NOT NULL,
    method text NOT NULL,
    -- [{sku, quantity, unit_price}]
    items jsonb NOT NULL,
    -- In minor units.
    total bigint NOT NULL,
    currency text NOT NULL,
    cancel_reason text,
    -- Whether the order is cancelled, and money may be where it should not be.
    refund_due boolean NOT NULL DEFAULT false,
    placed_at timestamptz NOT NULL,
    pay_by timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of the last event applied.
    position bigint NOT NULL
);
CREATE INDEX orders_position ON orders (position);
-- Ids are UUIDv7: this is the order of placing too.
CREATE INDEX orders_customer ON orders (customer, id);
CREATE INDEX orders_refund_due ON orders (updated_at) WHERE refund_due;
INSERT INTO projection_builds (projection, build, state, lanes, activated_at)
VALUES ('orders', 1, 'active', 1, clock_timestamp());

-- Invoices are no history of orders: their numbers are given here. See examples/orders/src/payments/ledger.rs.
CREATE TABLE order_invoices (
    number bigint PRIMARY KEY,
    order_id uuid NOT NULL UNIQUE,
    customer uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now(),
    credited_at timestamptz,
    -- The event that it was credited for.
    credited_for uuid
);

-- Reactions begin here, with the schema, and not when a worker first runs.
INSERT INTO checkpoints (consumer, build, lane, position, incarnation, fence)
SELECT 'order_reactions', 1, 0, h.position, i.incarnation, 0
FROM log_head h, log_incarnation i
ON CONFLICT DO NOTHING;
