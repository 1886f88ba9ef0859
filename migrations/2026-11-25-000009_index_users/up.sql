-- For lists of the few: whoever has a role beside the one that everybody begins with, and whoever is suspended. Those
-- who are neither are not in the indexes, so most changes of a user do not touch them.
CREATE INDEX users_roles ON users USING gin (roles) WHERE roles <> '{member}';
CREATE INDEX users_suspended ON users (id) WHERE status = 'suspended';
