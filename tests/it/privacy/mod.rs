//! Personal data is where it is sealed, and nowhere else.

mod broker;
mod canary;
mod logs;
mod marker;
mod places;
