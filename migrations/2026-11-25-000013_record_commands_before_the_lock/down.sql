ALTER TABLE commands ADD COLUMN first_position bigint, ADD COLUMN last_position bigint;
UPDATE commands c SET first_position = e.position, last_position = e.position + c.events - 1
FROM events e WHERE e.event_id = c.first_event;
ALTER TABLE commands
    ALTER COLUMN first_position SET NOT NULL,
    ALTER COLUMN last_position SET NOT NULL,
    DROP COLUMN first_event,
    DROP COLUMN events;

-- Appends a batch. One call is one transaction; a breach of one append leaves the others untouched.
--
-- Arguments are arrays in four groups: a_* one per append, s_* one per stream of an append, e_* one per event in the
-- order of streams, c_* one per claim change. s_append, e_stream_index and c_append count from 1.
-- The caller guarantees that no two appends of a batch touch the same stream, claim, command or idempotency key.
--
-- outcome per append: 0 appended, 1 duplicate, 2 conflict, 3 claim not to be had.
-- current per stream: its version before this batch. culprit per append: index of the stream or claim that failed.
-- owner per append: the stream that holds the claim.
CREATE OR REPLACE FUNCTION append_events(
    a_command uuid[], a_key uuid[], a_fingerprint uuid[], a_response jsonb[], a_events integer[],
    s_append integer[], s_stream text[], s_expected bigint[],
    e_append integer[], e_stream_index integer[], e_offset integer[], e_stream text[], e_category text[],
    e_id uuid[], e_type text[], e_version smallint[], e_payload jsonb[], e_metadata jsonb[],
    c_append integer[], c_kind smallint[], c_scope text[], c_hash bytea[], c_stream text[], c_new_stream text[],
    OUT base bigint, OUT outcome smallint[], OUT current bigint[], OUT culprit integer[], OUT owner text[]
) LANGUAGE plpgsql AS $$
DECLARE
    failed record;
    held text[];
    repeated boolean;
    total bigint;
    at timestamptz;
BEGIN
    -- Everything after this line sees what all earlier holders of the lock committed: READ COMMITTED takes a snapshot
    -- per statement.
    SELECT h.position INTO base FROM log_head h WHERE h.id = 1 FOR UPDATE;
    at := clock_timestamp();

    SELECT array_agg(coalesce(v.stream_version, 0) ORDER BY s.i) INTO current
    FROM unnest(s_stream) WITH ORDINALITY s(stream, i)
    LEFT JOIN LATERAL (
        SELECT x.stream_version FROM events x WHERE x.stream_id = s.stream ORDER BY x.stream_version DESC LIMIT 1
    ) v ON true;

    outcome := array_fill(0::smallint, ARRAY[cardinality(a_command)]);
    culprit := array_fill(0, ARRAY[cardinality(a_command)]);
    owner := array_fill(NULL::text, ARRAY[cardinality(a_command)]);

    FOR failed IN
        SELECT s.append, s.i FROM unnest(s_append, s_expected) WITH ORDINALITY s(append, expected, i)
        WHERE s.expected <> current[s.i] ORDER BY s.i DESC
    LOOP
        outcome[failed.append] := 2;
        culprit[failed.append] := failed.i;
    END LOOP;

    IF cardinality(c_append) > 0 THEN
        -- LATERAL with LIMIT keeps the index lookup whatever the planner believes about the table's size.
        SELECT array_agg(k.stream_id ORDER BY c.i) INTO held
        FROM unnest(c_scope, c_hash) WITH ORDINALITY c(scope, hash, i)
        LEFT JOIN LATERAL (
            SELECT x.stream_id FROM claims x WHERE x.scope = c.scope AND x.key_hash = c.hash LIMIT 1
        ) k ON true;
        -- kind 0 release: must not belong to another stream; 1 take: must be free or ours; 2 transfer: must be ours.
        FOR failed IN
            SELECT c.append, c.i, c.holder
            FROM unnest(c_append, c_kind, c_stream, held) WITH ORDINALITY c(append, kind, stream, holder, i)
            WHERE CASE c.kind WHEN 2 THEN c.holder IS DISTINCT FROM c.stream
                              ELSE c.holder IS NOT NULL AND c.holder <> c.stream END
            ORDER BY c.i DESC
        LOOP
            IF outcome[failed.append] <> 2 THEN
                outcome[failed.append] := 3;
                culprit[failed.append] := failed.i;
                owner[failed.append] := failed.holder;
            END IF;
        END LOOP;
    END IF;

    -- A repeat of a command usually fails one of the checks above, since its first run has changed what they look at.
    FOR failed IN
        SELECT a.i FROM unnest(a_command, a_key) WITH ORDINALITY a(command, key, i)
        CROSS JOIN LATERAL (
            (SELECT 1 FROM commands x WHERE x.command_id = a.command LIMIT 1)
            UNION ALL (SELECT 1 FROM commands x WHERE x.idempotency_key = a.key LIMIT 1) LIMIT 1
        ) c
        WHERE outcome[a.i] <> 0
    LOOP
        outcome[failed.i] := 1;
    END LOOP;

    -- The two unique keys of `commands` find the other repeats. A block that is undone costs nothing as long as there are
    -- none, where ON CONFLICT looks every key up twice: a sixth of the whole batch.
    LOOP
        BEGIN
            INSERT INTO commands (command_id, idempotency_key, fingerprint, first_position, last_position, response)
            SELECT p.command, p.key, p.fingerprint, base + p.upto - p.n + 1, base + p.upto, p.response
            FROM (
                SELECT a.*, sum(a.n) OVER (ORDER BY a.i ROWS UNBOUNDED PRECEDING) AS upto
                FROM unnest(a_command, a_key, a_fingerprint, a_response, a_events)
                    WITH ORDINALITY a(command, key, fingerprint, response, n, i)
                WHERE outcome[a.i] = 0
            ) p;
            GET DIAGNOSTICS total = ROW_COUNT;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            -- Repeats take no position, so the rest is numbered anew.
            repeated := false;
            FOR failed IN
                SELECT a.i FROM unnest(a_command, a_key) WITH ORDINALITY a(command, key, i)
                WHERE outcome[a.i] = 0
                  AND EXISTS (SELECT 1 FROM commands x WHERE x.command_id = a.command OR x.idempotency_key = a.key)
            LOOP
                outcome[failed.i] := 1;
                repeated := true;
            END LOOP;
            IF NOT repeated THEN
                RAISE;
            END IF;
        END;
    END LOOP;
    IF total = 0 THEN
        RETURN;
    END IF;

    IF cardinality(c_append) > 0 THEN
        DELETE FROM claims x USING unnest(c_append, c_kind, c_scope, c_hash) c(append, kind, scope, hash)
        WHERE c.kind = 0 AND outcome[c.append] = 0 AND x.scope = c.scope AND x.key_hash = c.hash;
        UPDATE claims x SET stream_id = c.new_stream
        FROM unnest(c_append, c_kind, c_scope, c_hash, c_new_stream) c(append, kind, scope, hash, new_stream)
        WHERE c.kind = 2 AND outcome[c.append] = 0 AND x.scope = c.scope AND x.key_hash = c.hash;
        INSERT INTO claims (scope, key_hash, stream_id)
        SELECT c.scope, c.hash, c.stream
        FROM unnest(c_append, c_kind, c_scope, c_hash, c_stream, held) c(append, kind, scope, hash, stream, holder)
        WHERE c.kind = 1 AND outcome[c.append] = 0 AND c.holder IS NULL;
    END IF;

    INSERT INTO events (position, event_id, stream_id, stream_version, category, event_type, event_version, payload,
                        metadata, recorded_at)
    SELECT base + row_number() OVER (ORDER BY e.i ROWS UNBOUNDED PRECEDING), e.id, e.stream, current[e.stream_index] + e.ofs, e.category, e.type,
           e.version, e.payload, e.metadata, at
    FROM unnest(e_append, e_stream_index, e_offset, e_stream, e_category, e_id, e_type, e_version, e_payload, e_metadata)
        WITH ORDINALITY e(append, stream_index, ofs, stream, category, id, type, version, payload, metadata, i)
    WHERE outcome[e.append] = 0;
    GET DIAGNOSTICS total = ROW_COUNT;

    UPDATE log_head SET position = base + total WHERE id = 1;
    PERFORM pg_notify('tidemark_log', (base + total)::text);
END $$;
