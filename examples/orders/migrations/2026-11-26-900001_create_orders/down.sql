-- Tables of other builds live in schemas of their own.
DO $$
DECLARE
    other text;
BEGIN
    FOR other IN
        SELECT n.nspname FROM pg_namespace n JOIN projection_builds b
            ON n.nspname IN ('build_' || b.projection || '_' || b.build, 'retired_' || b.projection || '_' || b.build)
        WHERE b.projection = 'orders'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', other);
    END LOOP;
END $$;
DELETE FROM checkpoints WHERE consumer IN ('orders', 'order_reactions');
DELETE FROM parked WHERE consumer IN ('orders', 'order_reactions');
DELETE FROM projection_builds WHERE projection = 'orders';
DROP TABLE order_invoices, orders;
