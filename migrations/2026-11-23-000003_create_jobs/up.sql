-- The job queue: one row per job from its enqueueing until it is pruned.
--
-- `take` counts how often the job was handed to a worker and never goes back: it fences a worker that
-- was stopped and wakes up late. `attempt` counts what the job is charged for and does go back when a
-- draining worker returns a job unfinished.
--
-- `gate` is empty, or the kind of a job whose kind has a limit over all processes. Jobs of one gate are
-- taken under a lock of their own, so a full gate never stands in the way of the other jobs of a queue.
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    queue text NOT NULL,
    gate text NOT NULL DEFAULT '',
    args json NOT NULL,
    state text NOT NULL CHECK (state IN
        ('scheduled', 'available', 'running', 'retrying', 'completed', 'discarded', 'cancelled')),
    priority smallint NOT NULL DEFAULT 0,
    attempt smallint NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL CHECK (max_attempts > 0),
    take integer NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    key text,
    key_window text CHECK (key_window IN ('until_taken', 'until_finished', 'for', 'forever')),
    key_held boolean NOT NULL DEFAULT false,
    key_until timestamptz,
    run_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    taken_at timestamptz,
    taken_by text,
    lease_until timestamptz,
    finished_at timestamptz,
    last_error text,
    traceparent text
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);

-- What can be taken, in the order in which it is taken.
CREATE INDEX jobs_available ON jobs (queue, gate, priority DESC, id) WHERE state = 'available';
-- What becomes available later.
CREATE INDEX jobs_due ON jobs (run_at) WHERE state IN ('scheduled', 'retrying');
-- What runs now; `lease_until` is left out so that renewing a lease changes no index.
CREATE INDEX jobs_running ON jobs (gate) WHERE state = 'running';
-- Finished jobs, for pruning and for lists: ids are in the order of enqueueing.
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
-- One holder per kind and key, while its window lasts.
CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE key_held;

-- Queues that were paused at least once; a queue without a row runs.
CREATE TABLE job_queues (
    name text PRIMARY KEY,
    paused_at timestamptz
);

-- The last tick of each cron entry for which a job was enqueued.
CREATE TABLE job_crons (
    name text PRIMARY KEY,
    last_tick timestamptz NOT NULL
);

-- Takes jobs of one gate, at most as many as keep the number that run everywhere within `slots`.
-- The lock comes first and the count after it, each with a snapshot of its own: that is why this is a
-- function and not one statement.
CREATE FUNCTION take_gated_jobs(
    from_queue text, through_gate text, slots bigint, most bigint, lease_seconds double precision, worker text
) RETURNS SETOF jobs LANGUAGE plpgsql AS $$
DECLARE
    room bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(through_gate, 7305));
    SELECT slots - count(*) INTO room FROM jobs WHERE gate = through_gate AND state = 'running';
    IF room <= 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
        UPDATE jobs SET state = 'running', attempt = attempt + 1, take = take + 1,
            taken_at = now(), taken_by = worker, lease_until = now() + make_interval(secs => lease_seconds),
            key_held = key_held AND key_window <> 'until_taken'
        WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM jobs
            WHERE queue = from_queue AND gate = through_gate AND state = 'available'
                AND NOT EXISTS (SELECT FROM job_queues WHERE name = from_queue AND paused_at IS NOT NULL)
            ORDER BY priority DESC, id LIMIT least(room, most) FOR UPDATE SKIP LOCKED))
        RETURNING *;
END
$$;
