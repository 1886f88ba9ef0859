//! What happens to users, from the request to the last consequence.

mod avatar;
mod mailed_links;
mod register;
