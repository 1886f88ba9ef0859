//! A worked extension of Tidemark: orders that are paid by card or on account, confirmed or cancelled by a saga.
//!
//! It is a crate like any other user's, and touches none of the workspace's. `docs/adding-a-feature.md` walks through it.

pub mod domain;
mod health;
pub mod http;
pub mod mails;
pub mod metrics;
pub mod payments;
pub mod read_model;
pub mod saga;
pub mod settings;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tidemark::{App, Extension};

use self::{read_model::Orders, saga::OrderReactions, settings::Settings};

/// What orders have in the log's database.
pub static MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The product with orders.
pub fn app() -> App {
    App::new("orders").with(extension())
}

/// Orders, for a program of one's own.
pub fn extension() -> Extension {
    Extension::new(settings::SECTION)
        .migrations(&MIGRATIONS)
        .permissions(&http::PERMISSIONS)
        .problems(&http::PROBLEMS)
        .routes(&http::ENDPOINTS, http::document)
        .data(Settings::read)
        .projection(Orders)
        .consumer(OrderReactions::settings(), OrderReactions)
        .jobs(saga::jobs)
        .mail(mails::CONFIRMED)
        .mail(mails::CANCELLED)
        .mail(mails::REFUNDED)
        .mail(mails::INVOICE)
}
