-- Which mail was sent to whom, and why: a job that runs again finds here that its mail is out. See docs/email.md.
CREATE TABLE email_log (
    kind text NOT NULL,
    -- The person the mail is for.
    subject uuid NOT NULL,
    -- The event that the mail answers to.
    cause uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('sending', 'sent', 'refused')),
    attempts integer NOT NULL DEFAULT 1,
    -- Until then the latest attempt may still be talking to the mail server, and no other one begins.
    claimed_until timestamptz NOT NULL,
    -- When the first attempt began; the mail's date.
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    -- What the mail server refused it with.
    reply_code smallint,
    PRIMARY KEY (kind, subject, cause)
);
CREATE INDEX email_log_created_at ON email_log (created_at);

-- Addresses that a mail server refused for good. The address is sealed, so the mark ends when the person gets another.
CREATE TABLE email_undeliverable (
    subject uuid PRIMARY KEY,
    address text NOT NULL,
    reply_code smallint NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
);

-- Reactions begin here, with the schema, and not when a worker first runs: on a new installation that is before the
-- first event, so none is missed however late the first worker comes; on an old one nobody is mailed about old events.
INSERT INTO checkpoints (consumer, build, lane, position, incarnation, fence)
SELECT 'reactions', 1, 0, h.position, i.incarnation, 0
FROM log_head h, log_incarnation i
ON CONFLICT DO NOTHING;
