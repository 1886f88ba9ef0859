-- The order that lists have when they are asked for none. What else lists are sorted by, collections declare: their indexes
-- are made by workers, under names that begin with records_c.
CREATE INDEX records_created ON records (collection, created_at, id) WHERE NOT deleted;
