-- What became of accounts. All users so far are unverified, active and without a second factor, and have never had all
-- of their sessions ended: the defaults say so, for processes of the release before this one too.
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
        EXECUTE format($ddl$
            ALTER TABLE %I.users
                ADD COLUMN email_verified boolean NOT NULL DEFAULT false,
                ADD COLUMN status text NOT NULL DEFAULT 'active'
                    CONSTRAINT users_status_check CHECK (status IN ('active', 'suspended', 'erased')),
                -- Whether signing in needs a second factor.
                ADD COLUMN totp boolean NOT NULL DEFAULT false,
                -- The authentication generation: what was signed in with an earlier one is over.
                ADD COLUMN generation integer NOT NULL DEFAULT 0
        $ddl$, home);
    END LOOP;
END $$;
