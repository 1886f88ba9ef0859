DROP INDEX records_created;
