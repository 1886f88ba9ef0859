-- What has changed in a collection since a position: for live subscriptions that come back, and for what they have missed.
-- In the place of the index on the position alone, which nobody asks for over all collections.
CREATE INDEX records_collection_position ON records (collection, position);
DROP INDEX records_position;
