//! docs/live.yaml says what the server does.
