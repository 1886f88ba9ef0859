CREATE INDEX records_position ON records (position);
DROP INDEX records_collection_position;
