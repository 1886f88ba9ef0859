-- The picture by which a user is shown. None of the users so far has one: the default says so, for processes of the release
-- before this one too.
DO $$
DECLARE
    home text;
BEGIN
    -- Builds that are being made or kept live in schemas of their own.
    FOR home IN
        SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'users' AND c.relkind = 'r'
          AND (n.nspname = 'public' OR n.nspname IN (
              SELECT kind || '_users_' || build FROM projection_builds, unnest('{build,retired}'::text[]) kind
              WHERE projection = 'users'))
    LOOP
        EXECUTE format('ALTER TABLE %I.users ADD COLUMN avatar uuid', home);
    END LOOP;
END $$;
