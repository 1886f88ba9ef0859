//! What happens to users, from the request to the last consequence.

mod mailed_links;
mod register;
