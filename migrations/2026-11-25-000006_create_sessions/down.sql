DROP TABLE totp_steps;
DROP TABLE sign_in_attempts;
DROP TABLE sessions;
