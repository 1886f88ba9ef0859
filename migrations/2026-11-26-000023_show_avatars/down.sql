DO $$
DECLARE
    home text;
BEGIN
    FOR home IN
        SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'users' AND c.relkind = 'r'
          AND (n.nspname = 'public' OR n.nspname IN (
              SELECT kind || '_users_' || build FROM projection_builds, unnest('{build,retired}'::text[]) kind
              WHERE projection = 'users'))
    LOOP
        EXECUTE format('ALTER TABLE %I.users DROP COLUMN avatar', home);
    END LOOP;
END $$;
