-- What has changed of somebody's files since a position: for live subscriptions that come back, and for what they have missed.
CREATE INDEX files_owner_position ON files (owner, position);
