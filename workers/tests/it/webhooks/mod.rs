//! Webhooks, from the event to a server that takes it, and to one that does not.

mod delivery;
mod endings;
mod failures;
mod guard;
mod matching;
mod passed_over;
mod privacy;
mod replay;
mod scene;
mod tls;
mod troubles;
mod verdicts;
