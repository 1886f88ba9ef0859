-- Contents of the first generation are all that remains; whoever has converted records has to make the read model again.
DO $$
DECLARE
    place text;
BEGIN
    FOR place IN
        SELECT n.nspname FROM pg_namespace n JOIN projection_builds b
            ON n.nspname IN ('build_' || b.projection || '_' || b.build, 'retired_' || b.projection || '_' || b.build)
        WHERE b.projection = 'records'
        UNION ALL SELECT 'public'
    LOOP
        EXECUTE format(
            'DELETE FROM %1$I.records r WHERE r.generation <> coalesce(
                (SELECT g.generation FROM %1$I.record_generations g WHERE g.collection = r.collection), 0)', place);
        EXECUTE format('DROP TABLE %I.record_generations', place);
        EXECUTE format('ALTER TABLE %I.records DROP CONSTRAINT records_pkey', place);
        EXECUTE format('ALTER TABLE %I.records ADD CONSTRAINT records_pkey PRIMARY KEY (id)', place);
        EXECUTE format('ALTER TABLE %I.records DROP COLUMN generation', place);
    END LOOP;
END $$;
