-- Contents of records in several generations side by side: the one that is read, and the one that a pending change of the
-- collection's definition makes of them.
DO $$
DECLARE
    place text;
BEGIN
    -- Tables of other builds live in schemas of their own.
    FOR place IN
        SELECT n.nspname FROM pg_namespace n JOIN projection_builds b
            ON n.nspname IN ('build_' || b.projection || '_' || b.build, 'retired_' || b.projection || '_' || b.build)
        WHERE b.projection = 'records'
        UNION ALL SELECT 'public'
    LOOP
        EXECUTE format('ALTER TABLE %I.records ADD COLUMN generation integer NOT NULL DEFAULT 0', place);
        EXECUTE format('ALTER TABLE %I.records DROP CONSTRAINT records_pkey', place);
        EXECUTE format('ALTER TABLE %I.records ADD CONSTRAINT records_pkey PRIMARY KEY (id, generation)', place);
        -- Which generation of a collection's records is read, where that is not the first, and which one is being made.
        -- Written by projections/src/records/project.rs only.
        EXECUTE format(
            'CREATE TABLE %I.record_generations (
                collection uuid PRIMARY KEY,
                generation integer NOT NULL,
                -- As in the event that has proposed it.
                pending jsonb)', place);
    END LOOP;
END $$;
