DROP FUNCTION take_gated_jobs(text, text, bigint, bigint, double precision, text);
DROP TABLE job_crons;
DROP TABLE job_queues;
DROP TABLE jobs;
