-- As it was before claims could be let go of.

-- Appends a batch. One call is one transaction; a breach of one append leaves the others untouched. What needs no order is
-- done before the head is locked, so that the batches of several connections overlap.
--
-- Arguments are arrays in four groups: a_* one per append, s_* one per stream of an append, e_* one per event in the
-- order of streams, c_* one per claim change. s_append, e_stream_index and c_append count from 1.
-- A stream without events has to be at its version and stays there.
-- The caller guarantees that no append of a batch changes a stream, claim, command or idempotency key that another touches.
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
    outcome := array_fill(0::smallint, ARRAY[cardinality(a_command)]);
    culprit := array_fill(0, ARRAY[cardinality(a_command)]);
    owner := array_fill(NULL::text, ARRAY[cardinality(a_command)]);

    -- The two unique keys of `commands` find repeats, and repeats that another transaction writes at this moment are waited
    -- for. A block that is undone costs nothing as long as there are none, where ON CONFLICT looks every key up twice. All
    -- transactions take keys in the same order, so none waits for another in a circle.
    LOOP
        BEGIN
            INSERT INTO commands (command_id, idempotency_key, fingerprint, first_event, events, response)
            SELECT p.command, p.key, p.fingerprint, e_id[(p.upto - p.n + 1)::integer], p.n, p.response
            FROM (
                SELECT a.*, sum(a.n) OVER (ORDER BY a.i ROWS UNBOUNDED PRECEDING) AS upto
                FROM unnest(a_command, a_key, a_fingerprint, a_response, a_events)
                    WITH ORDINALITY a(command, key, fingerprint, response, n, i)
            ) p
            WHERE outcome[p.i] = 0
            ORDER BY p.key, p.command;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            repeated := false;
            FOR failed IN
                SELECT a.i FROM unnest(a_command, a_key) WITH ORDINALITY a(command, key, i)
                CROSS JOIN LATERAL (
                    (SELECT 1 FROM commands x WHERE x.command_id = a.command LIMIT 1)
                    UNION ALL (SELECT 1 FROM commands x WHERE x.idempotency_key = a.key LIMIT 1) LIMIT 1
                ) c
                WHERE outcome[a.i] = 0
            LOOP
                outcome[failed.i] := 1;
                repeated := true;
            END LOOP;
            IF NOT repeated THEN
                RAISE;
            END IF;
        END;
    END LOOP;

    -- Everything after this line sees what all earlier holders of the lock committed: READ COMMITTED takes a snapshot
    -- per statement.
    SELECT h.position INTO base FROM log_head h WHERE h.id = 1 FOR UPDATE;
    at := clock_timestamp();

    SELECT array_agg(coalesce(v.stream_version, 0) ORDER BY s.i) INTO current
    FROM unnest(s_stream) WITH ORDINALITY s(stream, i)
    LEFT JOIN LATERAL (
        SELECT x.stream_version FROM events x WHERE x.stream_id = s.stream ORDER BY x.stream_version DESC LIMIT 1
    ) v ON true;

    -- A statement costs as much to begin as two appends cost in all, so those that most batches do not need are left out.
    IF s_expected IS DISTINCT FROM current THEN
        FOR failed IN
            SELECT s.append, s.i FROM unnest(s_append, s_expected) WITH ORDINALITY s(append, expected, i)
            WHERE s.expected <> current[s.i] AND outcome[s.append] <> 1 ORDER BY s.i DESC
        LOOP
            outcome[failed.append] := 2;
            culprit[failed.append] := failed.i;
        END LOOP;
    END IF;

    IF cardinality(c_append) > 0 THEN
        -- LATERAL with LIMIT keeps the index lookup whatever the planner believes about the table's size.
        SELECT array_agg(k.stream_id ORDER BY c.i) INTO held
        FROM unnest(c_scope, c_hash) WITH ORDINALITY c(scope, hash, i)
        LEFT JOIN LATERAL (
            SELECT x.stream_id FROM claims x WHERE x.scope = c.scope AND x.key_hash = c.hash LIMIT 1
        ) k ON true;
        IF array_remove(held, NULL) <> '{}' OR 2 = ANY (c_kind) OR 3 = ANY (c_kind) THEN
            -- kind 0 release: must not belong to another stream; 1 take: must be free or ours; 2 transfer: must be ours;
            -- 3 unheld: the stream must hold none of this scope that the append does not release or transfer.
            FOR failed IN
                SELECT c.append, c.i, c.holder
                FROM unnest(c_append, c_kind, c_scope, c_stream, held)
                    WITH ORDINALITY c(append, kind, scope, stream, holder, i)
                WHERE CASE c.kind
                    WHEN 2 THEN c.holder IS DISTINCT FROM c.stream
                    WHEN 3 THEN EXISTS (
                        SELECT FROM claims x
                        WHERE x.stream_id = c.stream AND x.scope = c.scope AND NOT EXISTS (
                            SELECT FROM unnest(c_append, c_kind, c_scope, c_hash) r(append, kind, scope, hash)
                            WHERE r.append = c.append AND r.kind IN (0, 2) AND r.scope = x.scope AND r.hash = x.key_hash))
                    ELSE c.holder IS NOT NULL AND c.holder <> c.stream END
                ORDER BY c.i DESC
            LOOP
                IF outcome[failed.append] NOT IN (1, 2) THEN
                    outcome[failed.append] := 3;
                    culprit[failed.append] := failed.i;
                    owner[failed.append] := failed.holder;
                END IF;
            END LOOP;
        END IF;
    END IF;

    IF outcome && ARRAY[2, 3]::smallint[] THEN
        DELETE FROM commands x USING unnest(a_command) WITH ORDINALITY a(command, i)
        WHERE outcome[a.i] IN (2, 3) AND x.command_id = a.command;
    END IF;
    IF NOT 0 = ANY (outcome) THEN
        RETURN;
    END IF;

    IF 0 = ANY (c_kind) THEN
        DELETE FROM claims x USING unnest(c_append, c_kind, c_scope, c_hash) c(append, kind, scope, hash)
        WHERE c.kind = 0 AND outcome[c.append] = 0 AND x.scope = c.scope AND x.key_hash = c.hash;
    END IF;
    IF 2 = ANY (c_kind) THEN
        UPDATE claims x SET stream_id = c.new_stream
        FROM unnest(c_append, c_kind, c_scope, c_hash, c_new_stream) c(append, kind, scope, hash, new_stream)
        WHERE c.kind = 2 AND outcome[c.append] = 0 AND x.scope = c.scope AND x.key_hash = c.hash;
    END IF;
    IF 1 = ANY (c_kind) THEN
        INSERT INTO claims (scope, key_hash, stream_id)
        SELECT c.scope, c.hash, c.stream
        FROM unnest(c_append, c_kind, c_scope, c_hash, c_stream, held) c(append, kind, scope, hash, stream, holder)
        WHERE c.kind = 1 AND outcome[c.append] = 0 AND c.holder IS NULL;
    END IF;

    INSERT INTO events (position, event_id, stream_id, stream_version, category, event_type, event_version, payload,
                        metadata, recorded_at)
    SELECT base + row_number() OVER (ORDER BY e.i ROWS UNBOUNDED PRECEDING), e.id, e.stream,
           current[e.stream_index] + e.ofs, e.category, e.type, e.version, e.payload, e.metadata, at
    FROM unnest(e_append, e_stream_index, e_offset, e_stream, e_category, e_id, e_type, e_version, e_payload, e_metadata)
        WITH ORDINALITY e(append, stream_index, ofs, stream, category, id, type, version, payload, metadata, i)
    WHERE outcome[e.append] = 0;
    GET DIAGNOSTICS total = ROW_COUNT;

    UPDATE log_head SET position = base + total WHERE id = 1;
    PERFORM pg_notify('tidemark_log', (base + total)::text);
END $$;
