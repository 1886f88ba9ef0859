DELETE FROM checkpoints WHERE consumer = 'reactions';
DROP TABLE email_undeliverable;
DROP TABLE email_log;
