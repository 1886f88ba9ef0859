-- Nobody asks for a document as a whole, so what is common among them helps no plan; and sorting a sample of them was most of what
-- ANALYZE costs, which runs every minute on a log that grows fast. What is asked of their fields has statistics of its own.
ALTER TABLE events ALTER COLUMN payload SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE commands ALTER COLUMN response SET STATISTICS 0;
ALTER TABLE snapshots ALTER COLUMN state SET STATISTICS 0;
ALTER TABLE collections ALTER COLUMN definition SET STATISTICS 0;
ALTER TABLE records ALTER COLUMN data SET STATISTICS 0;
